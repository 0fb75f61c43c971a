//===- PackConvolution.h - Weights for channels last ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PACKCONVOLUTION_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PACKCONVOLUTION_H

#include "dialects/Graph/IR/Graph.h"

namespace graphc::graph {

struct PackedWeights {
  mlir::Value weight, bias;
  /// As in graph.convolution.
  std::int64_t outChannels = 0;
};

/// Weight and bias of `op`, which has channels first, for channels last.
/// Weights are laid out anew in tiles of one or two times `lanes` outputs:
/// constants once, with `norm`, if there is one, multiplied in; others by ops
/// in front. Fails when that is not possible, or would round a weight.
mlir::FailureOr<PackedWeights> packConvolution(mlir::OpBuilder &builder,
                                               ConvolutionOp op,
                                               BatchNormOp norm,
                                               std::int64_t lanes);

/// The scale and shift that `op` amounts to, `[C]`, in the type that it is
/// computed in.
mlir::FailureOr<std::pair<mlir::Value, mlir::Value>>
buildAffine(mlir::OpBuilder &builder, BatchNormOp op);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PACKCONVOLUTION_H
