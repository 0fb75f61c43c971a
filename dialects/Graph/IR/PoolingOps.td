//===- PoolingOps.td - Pooling and resampling --------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_POOLINGOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_POOLINGOPS_TD

include "dialects/Graph/IR/GraphBase.td"

/// The trailing dimensions, one per list entry, are spatial; the ones before
/// them (one or two) are batch and channel. With `channels_last`, which
/// `graph-choose-layouts` sets, the channel is the last dimension instead and
/// there is a batch.
class Graph_PoolingOp<string mnemonic, list<Trait> traits = []>
    : Graph_InferredOp<mnemonic, traits # [Pure]> {
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_MaxPoolOp : Graph_PoolingOp<"max_pool"> {
  let summary = "Maximum over windows, with indices";
  let description = [{
    Padding counts as minus infinity; NaN propagates. `indices` are flat in the
    spatial plane of the input.

    Example:

    ```mlir
    %v, %i = graph.max_pool %x {dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding,
                       DenseI64ArrayAttr:$dilation, UnitAttr:$ceil_mode,
                       DefaultValuedAttr<BoolAttr, "false">:$channels_last);
  let results = (outs Graph_RealTensor:$values, Graph_I64Tensor:$indices);
}

def Graph_AvgPoolOp : Graph_PoolingOp<"avg_pool"> {
  let summary = "Mean over windows";
  let description = [{
    Divides by the elements of the window, padding included with
    `count_include_pad`, or by `divisor_override`.

    Example:

    ```mlir
    %y = graph.avg_pool %x {kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x4xf32>
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$padding,
                       UnitAttr:$ceil_mode, UnitAttr:$count_include_pad,
                       OptionalAttr<I64Attr>:$divisor_override,
                       DefaultValuedAttr<BoolAttr, "false">:$channels_last);
  let results = (outs Graph_RealTensor:$result);
}

def Graph_AdaptiveAvgPoolOp : Graph_PoolingOp<"adaptive_avg_pool"> {
  let summary = "Mean over windows that fit the output size";
  let description = [{
    Window `i` of `o` over size `n` is `[floor(i*n/o), ceil((i+1)*n/o))`.

    Example:

    ```mlir
    %y = graph.adaptive_avg_pool %x {output = #graph.exprs<[4]>} : (!graph.tensor<1x3x9xf32>) -> !graph.tensor<1x3x4xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_ExprArray:$output,
                       DefaultValuedAttr<BoolAttr, "false">:$channels_last);
  let results = (outs Graph_FloatTensor:$result);
}

def Graph_AdaptiveMaxPoolOp : Graph_PoolingOp<"adaptive_max_pool"> {
  let summary = "Maximum over windows that fit the output size, with indices";
  let description = [{
    Windows as `graph.adaptive_avg_pool`, indices as `graph.max_pool`.

    Example:

    ```mlir
    %v, %i = graph.adaptive_max_pool %x {output = #graph.exprs<[4]>} : (!graph.tensor<1x3x9xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_ExprArray:$output,
                       DefaultValuedAttr<BoolAttr, "false">:$channels_last);
  let results = (outs Graph_FloatTensor:$values, Graph_I64Tensor:$indices);
}

def Graph_ResizeOp : Graph_PoolingOp<"resize"> {
  let summary = "Resampling of the spatial dimensions";
  let description = [{
    torch's upsample ops. `linear` is bilinear over two dimensions, `cubic`
    bicubic. `scales`, one per spatial dimension, replace the ratio of sizes in
    the coordinate map when given.

    Example:

    ```mlir
    %y = graph.resize nearest %x {output = #graph.exprs<[16]>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x16xf32>
    ```
  }];
  let arguments = (ins Graph_ResizeModeAttr:$mode, Graph_RealTensor:$input,
                       Graph_ExprArray:$output, UnitAttr:$align_corners,
                       OptionalAttr<DenseF64ArrayAttr>:$scales,
                       DefaultValuedAttr<BoolAttr, "false">:$channels_last);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = [{
    $mode $input attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_POOLINGOPS_TD
