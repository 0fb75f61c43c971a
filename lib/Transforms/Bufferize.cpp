//===- Bufferize.cpp - Tensors between kernels become memrefs -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"

namespace graphc {
#define GEN_PASS_DEF_BUFFERIZE
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
struct Bufferize : graphc::impl::BufferizeBase<Bufferize> {
  void runOnOperation() override {
    bufferization::OneShotBufferizationOptions options;
    options.bufferAlignment = 64;
    // The bodies of kernels describe; only their operands are storage.
    options.opFilter.denyOperation([](Operation *op) {
      return op->getParentOfType<kernel::RegionOp>() != nullptr;
    });
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotBufferize(getOperation(), options,
                                                  state)))
      signalPassFailure();
  }
};
} // namespace
