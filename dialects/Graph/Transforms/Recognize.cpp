//===- Recognize.cpp - Rebuild composite ops from their parts -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "Matchers.h"
#include "dialects/Graph/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace graphc::graph {
#define GEN_PASS_DEF_RECOGNIZE
#include "dialects/Graph/Transforms/Passes.h.inc"
} // namespace graphc::graph

using namespace mlir;
using namespace graphc::graph;

namespace {
struct Recognize : graphc::graph::impl::RecognizeBase<Recognize> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateRecognizeActivation(set);
    populateRecognizeNormalization(set);
    populateAbsorbParameters(set);
    populateRecognizeAttention(set);
    populateSimplifyMasks(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    int64_t before = countComposites();
    // Not reaching a fixed point leaves a correct program.
    (void)applyPatternsGreedily(getOperation(), patterns);
    numRecognized += countComposites() - before;
  }

private:
  int64_t countComposites() {
    int64_t count = 0;
    getOperation()->walk([&](Operation *op) {
      count += isa<SoftmaxOp, LogSoftmaxOp, LayerNormOp, RmsNormOp, BatchNormOp,
                   GeluOp, SiluOp, SigmoidOp, AttentionOp>(op);
    });
    return count;
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
