//===- AttentionOps.td - Attention -------------------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_ATTENTIONOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_ATTENTIONOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_AttentionOp : Graph_InferredOp<"attention", [Pure]> {
  let summary = "Scaled dot-product attention";
  let description = [{
    `softmax(scores + mask) * value` with `scores = query * key^T * scale` or,
    where there is a `softcap`, `softcap * tanh(scores / softcap)` of that,
    which lies between -softcap and softcap; over `[.., L, E]`,
    `[.., S, E]`, `[.., S, Ev]` of equal rank, at least 2. Leading dimensions
    agree, but for the last of them, the heads: key and value have equally many,
    and the query has a multiple of that. Neighbouring heads of the query then
    share one of key and value (grouped queries).
    A float mask, of the query's type or f32, is added, a bool mask keeps where
    true; it broadcasts to `[.., L, S]`. `causal` masks key positions after the
    query's, counted from the first. A fully masked row gives zeros, as in
    torch's attention, or NaN, as in its softmax, with `nan_rows`; without any
    keys both give zeros. `logsumexp` is f32, or f64 for f64.

    Example:

    ```mlir
    %out, %lse = graph.attention %q, %k, %v {scale = 0.125} : (!graph.tensor<1x8x16x64xf32>, !graph.tensor<1x8x32x64xf32>, !graph.tensor<1x8x32x64xf32>) -> (!graph.tensor<1x8x16x64xf32>, !graph.tensor<1x8x16xf32>)
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$query, Graph_FloatTensor:$key,
                       Graph_FloatTensor:$value, Optional<Graph_Tensor>:$mask,
                       UnitAttr:$causal, F64Attr:$scale,
                       OptionalAttr<F64Attr>:$softcap, UnitAttr:$nan_rows);
  let results = (outs Graph_FloatTensor:$result, Graph_FloatTensor:$logsumexp);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`mask` $mask^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_ATTENTIONOPS_TD
