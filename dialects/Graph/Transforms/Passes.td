//===- Passes.td - Passes over the graph dialect -----------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PASSES_TD
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def BoundSymbols : Pass<"graph-bound-symbols", "::mlir::ModuleOp"> {
  let summary = "Find upper bounds of data-dependent sizes";
  let description = [{
    Memory is asked for before a run, when the sizes that ops define are not
    known yet. This leaves an upper bound of each on the module as
    `graph.bounds`: the number of elements that `graph.nonzero` and
    `graph.masked_select` look at, and what a `graph.assert` on the symbol
    allows. Symbols without one are left out.

    Example:

    ```mlir
    module attributes {graph.bounds = {u0 = #graph.expr<4*s0>}} {
      func.func @main(%x: !graph.tensor<(s0)x4xf32>) -> !graph.tensor<(u0)x2xi64> {
        %0 = graph.nonzero %x symbol "u0" : (!graph.tensor<(s0)x4xf32>) -> !graph.tensor<(u0)x2xi64>
        return %0 : !graph.tensor<(u0)x2xi64>
      }
    }
    ```
  }];
  let statistics = [Statistic<"numBounds", "num-bounds", "Bounds found">];
}

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PASSES_TD
