//===- CheckCode.cpp - LLVM IR and machine code ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM IR is imported into the LLVM dialect again and interpreted as that is.
//
//===----------------------------------------------------------------------===//

#include "Code.h"
#include "State.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace graphc;

namespace {
/// Lets the first so many passes run that LLVM can do without.
class LimitedPasses : public llvm::OptPassGate {
public:
  explicit LimitedPasses(unsigned limit) : limit(limit) {}
  bool isEnabled() const override { return true; }
  bool shouldRunPass(StringRef pass, StringRef unit) const override {
    if (++count == limit) {
      lastPass = pass.str();
      lastUnit = unit.str();
    }
    return count <= limit;
  }

  unsigned limit;
  mutable unsigned count = 0;
  mutable std::string lastPass, lastUnit;
};

struct Optimized {
  std::unique_ptr<llvm::Module> module;
  unsigned count;
  std::string lastPass, lastUnit;
};
} // namespace

static Optimized
optimizeUpTo(const llvm::Module &before, unsigned limit,
             llvm::function_ref<void(llvm::Module &)> optimize) {
  LimitedPasses passes(limit);
  llvm::LLVMContext &context = before.getContext();
  llvm::OptPassGate &usual = context.getOptPassGate();
  context.setOptPassGate(passes);
  std::unique_ptr<llvm::Module> module = llvm::CloneModule(before);
  optimize(*module);
  context.setOptPassGate(usual);
  return {std::move(module), passes.count, passes.lastPass, passes.lastUnit};
}

/// Runs LLVM IR; an unsupported error where that cannot be done.
static ProgramResult runLLVM(const llvm::Module &module, ModuleOp like,
                             const ProgramInputs &inputs) {
  OwningOpRef<ModuleOp> imported = importLLVM(module, like);
  if (imported)
    return runProgram(*imported, inputs, nullptr);
  ProgramResult result;
  result.error =
      interpreter::Error{nullptr, "LLVM IR that MLIR does not know", true};
  return result;
}

static bool isUnknown(const ProgramResult &result) {
  return result.error && result.error->isUnsupported;
}

/// Counts a check that was done, or why it was not; whether it found nothing.
static bool conclude(NumericCheck::State &state, const ProgramResult &result,
                     StringRef place) {
  if (isUnknown(result)) {
    ++state.skipped;
    if (state.reasonPass.empty()) {
      state.reasonPass = place.str();
      state.reason = result.error->message;
    }
    return true;
  }
  if (state.isWrong(result)) {
    state.hasFailed = true;
    return false;
  }
  ++state.checked;
  return true;
}

static void report(NumericCheck::State &state, ModuleOp module,
                   const ProgramResult &result, const llvm::Twine &text,
                   std::optional<Location> function, StringRef name) {
  InFlightDiagnostic diagnostic =
      emitError(module.getLoc())
      << text << (name.empty() ? "" : ", in function '@" + name.str() + "'");
  state.describeResult(diagnostic, result, module.getLoc());
  if (function)
    diagnostic.attachNote(*function) << "the function is for this";
  state.wrong.function = name.str();
  recordWrongNumber(state.wrong);
}

/// Whether there is nothing to check a stage by, or no wish to.
static bool isLeftOut(const NumericCheck::State &state, StringRef stage) {
  return !state.inputs || state.hasFailed || state.isStale ||
         !state.isWanted(stage);
}

bool NumericCheck::checkTranslation(ModuleOp module,
                                    const llvm::Module &translated) {
  if (isLeftOut(*state, "translate"))
    return !state->hasFailed;
  ProgramResult result = runLLVM(translated, module, *state->inputs);
  if (conclude(*state, result, "translate"))
    return true;
  report(*state, module, result,
         "stage 'translate' changes what the program computes", std::nullopt,
         "");
  return false;
}

bool NumericCheck::checkOptimization(
    ModuleOp module, const llvm::Module &before, const llvm::Module &after,
    llvm::function_ref<void(llvm::Module &)> optimize) {
  if (isLeftOut(*state, "translate"))
    return !state->hasFailed;
  ProgramResult result = runLLVM(after, module, *state->inputs);
  if (conclude(*state, result, "LLVM's passes"))
    return true;
  auto isWrong = [&](unsigned limit) {
    Optimized some = optimizeUpTo(before, limit, optimize);
    ProgramResult own = runLLVM(*some.module, module, *state->inputs);
    return !isUnknown(own) && state->isWrong(own);
  };
  // Right with `low` passes, wrong with `high`.
  unsigned low = 0, high = optimizeUpTo(before, ~0u, optimize).count;
  if (isWrong(0) || !isWrong(high)) {
    report(*state, module, result,
           "a pass of LLVM that cannot be left out changes what the program "
           "computes",
           std::nullopt, "");
    return false;
  }
  while (high - low > 1) {
    unsigned middle = low + (high - low) / 2;
    (isWrong(middle) ? high : low) = middle;
  }
  Optimized first = optimizeUpTo(before, high, optimize);
  ProgramResult own = runLLVM(*first.module, module, *state->inputs);
  InFlightDiagnostic diagnostic = emitError(module.getLoc())
                                  << "LLVM's pass '" << first.lastPass
                                  << "' changes what the program computes, on '"
                                  << first.lastUnit << "'";
  state->describeResult(diagnostic, own, module.getLoc());
  diagnostic.attachNote(module.getLoc())
      << "it is number " << high << " of the passes that run";
  recordWrongNumber(state->wrong);
  return false;
}

bool NumericCheck::checkCode(ModuleOp module, const llvm::Module &optimized,
                             const llvm::TargetMachine &machine) {
  if (isLeftOut(*state, "emit"))
    return !state->hasFailed;
  ProgramResult result;
  OwningOpRef<ModuleOp> imported;
  if (std::string why = whyNotOnHost(machine); !why.empty()) {
    result.error = interpreter::Error{nullptr, why, true};
  } else if (!(imported = importLLVM(optimized, module))) {
    result.error =
        interpreter::Error{nullptr, "LLVM IR that MLIR does not know", true};
  } else {
    result = runCompiled(optimized, machine, *imported, *state->inputs,
                         state->outputs, /*compiled=*/"");
  }
  if (conclude(*state, result, "emit"))
    return true;
  // One function after the other, on what the interpreter computes for it.
  std::string guilty;
  std::optional<Location> loc;
  for (auto function : imported->getOps<LLVM::LLVMFuncOp>()) {
    if (function.isExternal())
      continue;
    ProgramResult own =
        runCompiled(optimized, machine, *imported, *state->inputs,
                    state->outputs, function.getName());
    if (isUnknown(own) || !state->isWrong(own))
      continue;
    // A function that calls others has their errors, too.
    bool callsOthers = false;
    function.walk([&](LLVM::CallOp call) {
      auto callee =
          call.getCallee()
              ? imported->lookupSymbol<LLVM::LLVMFuncOp>(*call.getCallee())
              : LLVM::LLVMFuncOp();
      callsOthers |= callee && !callee.isExternal();
    });
    if (!guilty.empty() && callsOthers)
      continue;
    guilty = function.getName().str();
    loc = function.getLoc();
    if (!callsOthers)
      break;
  }
  report(*state, module, result,
         "stage 'emit' changes what the program computes: machine code "
         "computes something else than the LLVM IR that it is made of",
         loc, guilty);
  return false;
}
