//===- ContractionOps.td - Matrix products -----------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_CONTRACTIONOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_CONTRACTIONOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_MatmulOp : Graph_InferredOp<"matmul", [Pure]> {
  let summary = "Batched matrix product";
  let description = [{
    `[B.., M, K]` by `[B.., K, N]` of equal rank, at least 2; batch dimensions
    broadcast. Transposed operands are `graph.permute`, bias and scale are
    elementwise ops. f16 and bf16 accumulate in f32.

    Example:

    ```mlir
    %c = graph.matmul %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<8x2xf32>) -> !graph.tensor<4x2xf32>
    ```
  }];
  let arguments = (ins Graph_NumberTensor:$lhs, Graph_NumberTensor:$rhs);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_GroupedMatmulOp : Graph_InferredOp<"grouped_matmul", [Pure]> {
  let summary = "Matrix products of groups whose sizes are data";
  let description = [{
    Group e is what lies in [ends[e - 1], ends[e]) of one dimension, the first
    begins at 0. Ends do not descend and are at most the dimension's size, which
    is checked at run time. By the ranks of the operands, in groups are

    | lhs | rhs | groups | result |
    |---|---|---|---|
    | `[M, K]` | `[E, K, N]` | rows of lhs and of the result | `[M, N]` |
    | `[E, M, K]` | `[K, N]` | columns of rhs and of the result | `[M, N]` |
    | `[M, K]` | `[K, N]` | what is summed up | `[E, M, N]` |

    What lies behind the last group is 0 in the result. f16 and bf16 accumulate
    in f32.

    Example: tokens in the order of their experts.

    ```mlir
    %y = graph.grouped_matmul %x, %w, %ends
        : (!graph.tensor<18x64xf32>, !graph.tensor<4x64x32xf32>, !graph.tensor<4xi32>)
        -> !graph.tensor<18x32xf32>
    ```
  }];
  let arguments = (ins Graph_NumberTensor:$lhs, Graph_NumberTensor:$rhs,
                       Graph_IntTensor:$ends);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` $ends attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_CONTRACTIONOPS_TD
