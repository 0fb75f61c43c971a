//===- ExpandDivisions.cpp - Divisions that round to one side -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXEXPANDDIVISIONS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;

namespace {
struct NVPTXExpandDivisions
    : graphc::impl::NVPTXExpandDivisionsBase<NVPTXExpandDivisions> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
