//===- CreationOps.td - Constants and other sources --------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_CREATIONOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_CREATIONOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_ConstantOp : Graph_InferredOp<"constant",
    [Pure, ConstantLike]> {
  let summary = "A tensor of known values";
  let description = [{
    Weights are `dense_resource`, whose bytes stay where the file was mapped, in
    row-major order; a resource of bool holds one byte per element. A transposed
    weight is a constant and a `graph.permute`.

    Example:

    ```mlir
    %w = graph.constant dense<1.0> : tensor<4xf32> : () -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $value attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_FullOp : Graph_InferredOp<"full", [Pure]> {
  let summary = "A tensor of one value";
  let description = [{
    `value` has rank 0.

    Example:

    ```mlir
    %b = graph.full %a [s0, 8] : (!graph.tensor<f32>) -> !graph.tensor<(s0)x8xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$value, Graph_ExprArray:$shape);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $value custom<ExprArray>($shape) attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_IotaOp : Graph_InferredOp<"iota", [Pure]> {
  let summary = "A tensor of its own indices along a dimension";
  let description = [{
    Example:

    ```mlir
    %b = graph.iota [s0, 8] dim 1 : () -> !graph.tensor<(s0)x8xi64>
    ```
  }];
  let arguments = (ins Graph_ExprArray:$shape, I64Attr:$dim);
  let results = (outs Graph_I64Tensor:$result);
  let assemblyFormat = [{
    custom<ExprArray>($shape) `dim` $dim attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_CREATIONOPS_TD
