//===- Bisect.cpp - Which rewrite of a pass it is -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bisect.h"

#include "mlir/IR/Action.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include <limits>

using namespace mlir;
using namespace graphc;

namespace {
/// One run of the pass with a limit on applications of patterns.
class LimitedRun {
public:
  LimitedRun(ModuleOp before, StringRef pipeline,
             const std::function<void(PassManager &)> &watch, unsigned limit);

  OwningOpRef<ModuleOp> module;
  bool succeeded = false;
  unsigned count = 0;
  /// The last attempt that was allowed.
  std::optional<Rewrite> last;

private:
  void handle(llvm::function_ref<void()> apply, const tracing::Action &action,
              unsigned limit);
};
} // namespace

LimitedRun::LimitedRun(ModuleOp before, StringRef pipeline,
                       const std::function<void(PassManager &)> &watch,
                       unsigned limit)
    : module(before.clone()) {
  MLIRContext *context = before.getContext();
  PassManager pm(context);
  // What it has to say was said the first time.
  ScopedDiagnosticHandler quiet(context,
                                [](Diagnostic &) { return success(); });
  if (failed(parsePassPipeline(pipeline, pm, llvm::nulls())))
    return;
  if (watch)
    watch(pm);
  context->registerActionHandler(
      [&](llvm::function_ref<void()> apply, const tracing::Action &action) {
        handle(apply, action, limit);
      });
  succeeded = mlir::succeeded(pm.run(*module));
  context->registerActionHandler(nullptr);
}

void LimitedRun::handle(llvm::function_ref<void()> apply,
                        const tracing::Action &action, unsigned limit) {
  if (action.getTag() != "apply-pattern")
    return apply();
  ++count;
  if (count > limit)
    return;
  if (count == limit) {
    std::string text;
    llvm::raw_string_ostream os(text);
    action.print(os);
    Rewrite rewrite{text, "", module->getLoc(), count, 0};
    for (IRUnit unit : action.getContextIRUnits())
      if (auto *op = llvm::dyn_cast_if_present<Operation *>(unit)) {
        rewrite.op = op->getName().getStringRef().str();
        rewrite.loc = op->getLoc();
      }
    last = rewrite;
  }
  apply();
}

std::optional<Rewrite>
graphc::findRewrite(ModuleOp before, StringRef pipeline,
                    const std::function<void(PassManager &)> &watch,
                    llvm::function_ref<bool(ModuleOp)> isWrong) {
  LimitedRun all(before, pipeline, watch, std::numeric_limits<unsigned>::max());
  if (!all.succeeded || all.count == 0 || !isWrong(*all.module))
    return std::nullopt;
  LimitedRun none(before, pipeline, watch, 0);
  if (!none.succeeded || isWrong(*none.module))
    return std::nullopt;
  // Right with `low` attempts, wrong with `high`.
  unsigned low = 0, high = all.count;
  while (high - low > 1) {
    unsigned middle = low + (high - low) / 2;
    LimitedRun some(before, pipeline, watch, middle);
    if (!some.succeeded)
      return std::nullopt;
    (isWrong(*some.module) ? high : low) = middle;
  }
  LimitedRun first(before, pipeline, watch, high);
  if (first.last)
    first.last->total = all.count;
  return first.last;
}
