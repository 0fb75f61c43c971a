//===- ControlFlowOps.td - Structured control flow ---------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_CONTROLFLOWOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_CONTROLFLOWOPS_TD

include "dialects/Graph/IR/GraphBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Graph_YieldOp : Graph_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["CondOp", "WhileOp"]>]> {
  let summary = "The results of a region";
  let description = [{
    Example:

    ```mlir
    graph.yield %a : !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$values);
  let assemblyFormat = "($values^ `:` qualified(type($values)))? attr-dict";
  let builders = [OpBuilder<(ins), [{}]>];
}

def Graph_CondOp : Graph_Op<"cond", [
    SingleBlockImplicitTerminator<"YieldOp">, RecursiveMemoryEffects,
    RecursivelySpeculatable]> {
  let summary = "One of two computations";
  let description = [{
    Runs `thenRegion` when the 0-d bool `predicate` is true, else `elseRegion`.
    Both capture what they read and yield values of the result types.

    Example:

    ```mlir
    %r = graph.cond %p then {
      graph.yield %a : !graph.tensor<4xf32>
    } else {
      graph.yield %b : !graph.tensor<4xf32>
    } : (!graph.tensor<i1>) -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins Graph_BoolTensor:$predicate);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let regions = (region SizedRegion<1>:$thenRegion,
                        SizedRegion<1>:$elseRegion);
  let assemblyFormat = [{
    $predicate `then` $thenRegion `else` $elseRegion attr-dict `:`
    functional-type(operands, results)
  }];
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Graph_WhileOp : Graph_Op<"while", [
    SingleBlockImplicitTerminator<"YieldOp">, RecursiveMemoryEffects]> {
  let summary = "A loop that runs while a condition holds";
  let description = [{
    Both regions take the carried values as block arguments. `condRegion` yields
    one 0-d bool, `bodyRegion` the next carried values. Types do not change from
    one iteration to the next. Captures are allowed.

    Example:

    ```mlir
    %r = graph.while %i cond {
    ^bb0(%c: !graph.tensor<i64>):
      %more = graph.compare lt %c, %n : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i1>
      graph.yield %more : !graph.tensor<i1>
    } body {
    ^bb0(%c: !graph.tensor<i64>):
      %d = graph.add %c, %one : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i64>
      graph.yield %d : !graph.tensor<i64>
    } : (!graph.tensor<i64>) -> !graph.tensor<i64>
    ```
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inits);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let regions = (region SizedRegion<1>:$condRegion,
                        SizedRegion<1>:$bodyRegion);
  let assemblyFormat = [{
    ($inits^)? `cond` $condRegion `body` $bodyRegion attr-dict `:`
    functional-type(operands, results)
  }];
  let hasRegionVerifier = 1;
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_CONTROLFLOWOPS_TD
