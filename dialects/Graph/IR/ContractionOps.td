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

#endif // GRAPHC_DIALECTS_GRAPH_IR_CONTRACTIONOPS_TD
