//===- ConvolutionOps.td - Convolutions --------------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_CONVOLUTIONOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_CONVOLUTIONOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_ConvolutionOp : Graph_InferredOp<"convolution", [Pure]> {
  let summary = "Convolution or its transpose over 1 to 3 dimensions";
  let description = [{
    `input` is `[N, C, spatial..]`, `weight` is `[O, C/groups, kernel..]`, for a
    transposed convolution `[C, O/groups, kernel..]`; `bias` is `[O]`. The lists
    have one entry per spatial dimension; `padding` is on both sides.

    With `channels_last`, which `graph-choose-layouts` sets, `input` and the
    result are `[N, spatial.., C]` and `weight` is `[kernel.., C/groups, O]`.
    With `out_channels` the weight is in tiles, `[tiles, kernel.., C/groups,
    tile]`: the `O/groups` outputs of each group fill whole tiles, the rest of
    the last of them is zero. No transposed convolution is either.

    Example:

    ```mlir
    %y = graph.convolution %x, %w bias %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 1>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>, !graph.tensor<4xf32>) -> !graph.tensor<1x4x8xf32>
    ```
  }];
  let arguments = (ins Graph_NumberTensor:$input, Graph_NumberTensor:$weight,
                       Optional<Graph_NumberTensor>:$bias,
                       DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding,
                       DenseI64ArrayAttr:$dilation, UnitAttr:$transposed,
                       DenseI64ArrayAttr:$output_padding, I64Attr:$groups,
                       DefaultValuedAttr<BoolAttr, "false">:$channels_last,
                       DefaultValuedAttr<I64Attr, "0">:$out_channels);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` $bias^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_CONVOLUTIONOPS_TD
