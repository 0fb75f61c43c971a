//===- MathCode.cpp - Expanded functions, compiled and callable -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathCode.h"

#include "graphc/Pipelines/Registration.h"
#include "graphc/Target/CPU/Translate.h"
#include "graphc/Target/Codegen/Passes.h"
#include "graphc/Target/Machine.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::test;

struct MathCode::Implementation {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::vector<llvm::orc::ExecutorAddr> functions;
};

static std::string writeFunction(unsigned index, const VectorOp &op) {
  std::string operand =
      "    %{0} = vector.load %{0}s[%i] : memref<?x{1}>, vector<16x{1}>\n";
  static const char *const operands[] = {"", "", ", %b", ", %b, %a"};
  bool isCast = op.from != op.to;
  std::string body;
  body += llvm::formatv(operand.c_str(), "a", op.from);
  if (op.operands > 1)
    body += llvm::formatv(operand.c_str(), "b", op.from);
  body += llvm::formatv("    %r = {0} %a{1} : vector<16x{2}>{3}\n", op.name,
                        operands[op.operands], op.from,
                        isCast ? " to vector<16x" + op.to + ">" : "");
  return llvm::formatv(R"(
func.func @f{0}(%as: memref<?x{1}>, %bs: memref<?x{1}>, %rs: memref<?x{2}>,
                %n: index) {{
  %zero = arith.constant 0 : index
  %step = arith.constant 16 : index
  scf.for %i = %zero to %n step %step {{
{3}
    vector.store %r, %rs[%i] : memref<?x{2}>, vector<16x{2}>
  }
  return
})",
                       index, op.from, op.to, body);
}

static void lower(ModuleOp module, const Features &features) {
  PassManager pm(module.getContext());
  pm.addNestedPass<func::FuncOp>(
      createExpandMath({features.fma, features.rounding, features.half,
                        /*bfloat=*/false, features.libm}));
  pm.addPass(createCSEPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  if (failed(pm.run(module)))
    llvm::report_fatal_error("the passes fail");
}

MathCode::MathCode(const std::vector<VectorOp> &ops, const Features &features)
    : implementation(std::make_unique<Implementation>()) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  std::string text;
  for (auto [i, op] : llvm::enumerate(ops))
    text += writeFunction(i, op);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    llvm::report_fatal_error("the text is wrong");
  lower(*module, features);

  llvm::ExitOnError check;
  MachineDescription native = check(describeMachine("native"));
  auto machine = check(createTargetMachine(native, 2));
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  auto translated = check(translateToLLVM(*module, *llvmContext, *machine));
  optimizeLLVM(*translated, *machine, 2);
  implementation->jit =
      check(llvm::orc::LLJITBuilder()
                .setJITTargetMachineBuilder(
                    check(llvm::orc::JITTargetMachineBuilder::detectHost()))
                .create());
  llvm::orc::LLJIT &jit = *implementation->jit;
  translated->setDataLayout(jit.getDataLayout());
  check(jit.addIRModule({std::move(translated), std::move(llvmContext)}));
  for (unsigned i = 0; i < ops.size(); ++i)
    implementation->functions.push_back(
        check(jit.lookup("f" + std::to_string(i))));
}

MathCode::~MathCode() = default;

void MathCode::run(unsigned op, const void *a, const void *b, void *out,
                   int64_t count) const {
  // As memref<?xT> is passed: allocated, aligned, offset, size, stride.
  using Function =
      void (*)(const void *, const void *, int64_t, int64_t, int64_t,
               const void *, const void *, int64_t, int64_t, int64_t, void *,
               void *, int64_t, int64_t, int64_t, int64_t);
  implementation->functions[op].toPtr<Function>()(
      a, a, 0, count, 1, b, b, 0, count, 1, out, out, 0, count, 1, count);
}
