//===- Faults.cpp - Errors of the compiler, on purpose -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Testing/Faults.h"

#include "Patterns.h"

#include "graphc/Support/FailureDump.h"
#include "graphc/Support/Pipeline.h"

#include "mlir/IR/Dialect.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

using namespace mlir;
using namespace graphc;

std::vector<const Fault *> graphc::listFaults() {
  std::vector<const Fault *> faults;
  for (ArrayRef<Fault> table :
       {failureFaults(), codeFaults(), numericFaults(), numericCodeFaults()})
    for (const Fault &fault : table)
      faults.push_back(&fault);
  return faults;
}

static StringRef kindName(Fault::Kind kind) {
  switch (kind) {
  case Fault::Kind::Failure:
    return "failure";
  case Fault::Kind::Crash:
    return "crash";
  case Fault::Kind::WrongNumber:
    return "wrong-number";
  }
  return "";
}

void graphc::printFaults(llvm::raw_ostream &os) {
  for (const Fault *fault : listFaults())
    os << fault->name << ' ' << kindName(fault->kind) << ' ' << fault->pass
       << ' ' << fault->description << '\n';
}

const Fault *graphc::findFault(StringRef name) {
  for (const Fault *fault : listFaults())
    if (fault->name == name)
      return fault;
  return nullptr;
}

std::string graphc::checkFaultName(StringRef name) {
  if (name.empty() || findFault(name))
    return "";
  std::vector<std::string> known;
  for (const Fault *fault : listFaults())
    known.push_back(fault->name.str());
  return ("no fault is named '" + name + "'" + suggestNames(name, known)).str();
}

//===----------------------------------------------------------------------===//
// Which fault a module has
//===----------------------------------------------------------------------===//

/// On the module.
static constexpr StringLiteral faultAttrName = "kernel.seeded_fault";

void graphc::markFault(ModuleOp module, StringRef name) {
  if (!name.empty())
    module->setAttr(faultAttrName, StringAttr::get(module.getContext(), name));
}

static const Fault *getFault(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  auto name =
      module ? module->getAttrOfType<StringAttr>(faultAttrName) : StringAttr();
  return name ? findFault(name.getValue()) : nullptr;
}

//===----------------------------------------------------------------------===//
// Passes with a fault
//===----------------------------------------------------------------------===//

namespace {
class Marker : public PassInstrumentation {
public:
  explicit Marker(StringRef name) : name(name) {}

  void runBeforePass(Pass *, Operation *op) override {
    // The first pass is one of the module, or the adaptor around those of
    // functions: nobody else looks at the module then.
    if (auto module = dyn_cast<ModuleOp>(op);
        module && !module->hasAttr(faultAttrName))
      markFault(module, name);
  }

private:
  std::string name;
};

/// What a pass has run on. Functions run on several threads.
class Runs {
public:
  bool isFirst(Operation *op) {
    auto symbol = op->getAttrOfType<StringAttr>("sym_name");
    std::lock_guard<std::mutex> lock(mutex);
    return known.insert(symbol ? symbol.getValue() : "").second;
  }

private:
  std::mutex mutex;
  llvm::StringSet<> known;
};

class Seeder : public PassInstrumentation {
public:
  explicit Seeder(std::shared_ptr<Runs> runs) : runs(std::move(runs)) {}

  void runAfterPass(Pass *pass, Operation *op) override {
    const Fault *fault = getFault(op);
    if (!fault || !fault->apply || pass->getArgument() != fault->pass ||
        !runs->isFirst(op))
      return;
    // A pass that makes invalid IR has failed, too.
    if (succeeded(fault->apply(op)) && succeeded(verify(op)))
      return;
    recordPassFailure(op, "seeded fault");
    signalPassFailure(pass);
  }

private:
  std::shared_ptr<Runs> runs;
};

/// A wrong pattern among the right ones of `canonicalize`.
class SeededPattern : public RewritePattern {
public:
  SeededPattern(MLIRContext *context, const Fault *fault)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/100, context),
        fault(fault) {
    setDebugName(fault->name);
  }

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (getFault(op) != fault || op->hasAttr(testing::doneAttrName))
      return failure();
    return fault->rewrite(rewriter, op);
  }

private:
  const Fault *fault;
};

/// Has nothing but canonicalizations.
class SeededDialect : public Dialect {
public:
  explicit SeededDialect(MLIRContext *context)
      : Dialect(getDialectNamespace(), context, TypeID::get<SeededDialect>()) {}
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SeededDialect)

  static constexpr StringLiteral getDialectNamespace() {
    return StringLiteral("graphc_seeded");
  }
  void getCanonicalizationPatterns(RewritePatternSet &patterns) const override {
    for (const Fault *fault : listFaults())
      if (fault->rewrite)
        patterns.add<SeededPattern>(patterns.getContext(), fault);
  }
};
} // namespace

void graphc::markFault(PassManager &pm, StringRef name) {
  if (!name.empty())
    pm.addInstrumentation(std::make_unique<Marker>(name));
}

void graphc::seedFaults(PassManager &pm, bool again) {
  static const auto runs = std::make_shared<Runs>();
  pm.getContext()->loadDialect<SeededDialect>();
  pm.addInstrumentation(
      std::make_unique<Seeder>(again ? std::make_shared<Runs>() : runs));
}

llvm::Error graphc::seedFault(StringRef stage, StringRef name,
                              llvm::Module &module) {
  const Fault *fault = findFault(name);
  if (!fault || fault->pass != stage)
    return llvm::Error::success();
  if (fault->applyToLLVM)
    return fault->applyToLLVM(module);
  for (llvm::Function &function : module)
    if (fault->change(function))
      break;
  return llvm::Error::success();
}

/// The function that a pass of LLVM ran on or in; null for a module.
static llvm::Function *getFunction(llvm::Any unit) {
  if (const auto **function = llvm::any_cast<const llvm::Function *>(&unit))
    return const_cast<llvm::Function *>(*function);
  if (const auto **loop = llvm::any_cast<const llvm::Loop *>(&unit))
    return (*loop)->getHeader()->getParent();
  return nullptr;
}

void graphc::seedFault(llvm::PassInstrumentationCallbacks &callbacks,
                       StringRef name) {
  const Fault *fault = findFault(name);
  if (!fault || !fault->pass.starts_with("llvm:"))
    return;
  callbacks.registerAfterPassCallback([fault, &callbacks, isDone = false](
                                          StringRef pass, llvm::Any unit,
                                          const auto &) mutable {
    llvm::Function *function = getFunction(unit);
    if (!isDone && function &&
        callbacks.getPassNameForClassName(pass) == fault->pass.drop_front(5))
      isDone = fault->change(*function);
  });
}
