//===- RandomOps.td - Random bits --------------------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_RANDOMOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_RANDOMOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_PhiloxOp : Graph_InferredOp<"philox", [Pure]> {
  let summary = "Random bits, a function of a seed, a call and a place";
  let description = [{
    Each element is half of a block of Philox4x32-10 (Salmon et al., "Parallel
    random numbers: as easy as 1, 2, 3", 2011): words 0 and 1 for `half` 0, else
    words 2 and 3, the first one below. The key's words are the lower and the
    upper half of `seed`, those of the counter are the halves of the element's
    place in row-major order, then those of `call`. `seed` and `call` have rank
    0.

    The importer makes it; a distribution is ordinary ops on the words. As the
    result follows from the operands alone, the op may be computed twice,
    anywhere and in any order.

    Example:

    ```mlir
    %bits = graph.philox %seed, %call [s0, 8] half 0 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<(s0)x8xi64>
    ```
  }];
  let arguments = (ins Graph_I64Tensor:$seed, Graph_I64Tensor:$call,
                       Graph_ExprArray:$shape,
                       ConfinedAttr<I64Attr, [IntMinValue<0>,
                                              IntMaxValue<1>]>:$half);
  let results = (outs Graph_I64Tensor:$result);
  let assemblyFormat = [{
    $seed `,` $call custom<ExprArray>($shape) `half` $half attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_RANDOMOPS_TD
