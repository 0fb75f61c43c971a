//===- SortingOps.td - Sort and topk -----------------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_SORTINGOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_SORTINGOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_SortOp : Graph_InferredOp<"sort", [Pure]> {
  let summary = "Sorting along a dimension";
  let description = [{
    NaN counts as largest. `indices` say where each value came from; they are
    always stable, `stable` records that the program asked for it.

    Example:

    ```mlir
    %v, %i = graph.sort %a dim 1 {descending} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>)
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, I64Attr:$dim,
                       UnitAttr:$descending, UnitAttr:$stable);
  let results = (outs Graph_RealTensor:$values, Graph_I64Tensor:$indices);
  let assemblyFormat = [{
    $input `dim` $dim attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_TopkOp : Graph_InferredOp<"topk", [Pure]> {
  let summary = "The k largest or smallest elements along a dimension";
  let description = [{
    Without `largest` the smallest ones. NaN counts as largest.

    Example:

    ```mlir
    %v, %i = graph.topk %a k 2 dim 1 {largest, sorted} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x2xf32>, !graph.tensor<4x2xi64>)
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, Graph_Expr:$k, I64Attr:$dim,
                       UnitAttr:$largest, UnitAttr:$sorted);
  let results = (outs Graph_RealTensor:$values, Graph_I64Tensor:$indices);
  let assemblyFormat = [{
    $input `k` custom<Expr>($k) `dim` $dim attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_SORTINGOPS_TD
