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

def Recognize : Pass<"graph-recognize"> {
  let summary = "Rebuild composite ops from the parts they arrive in";
  let description = [{
    Inductor's graphs hold softmax, log_softmax, layer, RMS and batch norm,
    gelu, silu, sigmoid and attention taken apart. Where nothing but the
    result is used, the parts become the op again: in any order of operands,
    with numbers as constants of any shape, with sizes kept or inserted
    later, and with the casts to and from f32 that narrow floats get.

    The op is at least as exact as its parts: roundings between them may
    disappear and products with numbers may be done elsewhere. NaN, infinities
    and signed zeros stay, except where scores of a row overflow all together.

    Masks of attention that are known are dropped (all true, all zero), become
    `causal`, or the bool that a choice between 0 and -inf asks; keys and
    values that are repeated for groups of heads are used as they are.

    Wants canonical IR without common subexpressions; leaves dead ops behind
    only where something else uses them.

    Example:

    ```mlir
    %max = graph.reduce max %x dims [1] keepdim : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x1xf32>
    %y = graph.sub %x, %max : (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>) -> !graph.tensor<4x8xf32>
    %e = graph.exp %y : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
    %sum = graph.reduce sum %e dims [1] keepdim : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x1xf32>
    %z = graph.div %e, %sum : (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>) -> !graph.tensor<4x8xf32>
    ```

    becomes

    ```mlir
    %z = graph.softmax %x dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let statistics = [
    Statistic<"numRecognized", "num-recognized",
              "Composite ops more than before">,
  ];
}

def SimplifyIndexing : Pass<"graph-simplify-indexing"> {
  let summary = "Turn indexing by positions into slices";
  let description = [{
    Programs index with what counts: positions of tokens into a table, the rows
    and columns of a mask into itself. Where the indices of adjacent dimensions
    are an iota or a constant that grows by one, each along its own dimension
    and surely in range, the elements are a slice in another shape.

    Example:

    ```mlir
    %0 = graph.iota [8] dim 0 : () -> !graph.tensor<8xi64>
    %1 = graph.index %table[%0] dims [0] : (!graph.tensor<512x64xf32>, !graph.tensor<8xi64>) -> !graph.tensor<8x64xf32>
    ```

    becomes

    ```mlir
    %1 = graph.slice %table dim 0 from 0 to 8 step 1 : (!graph.tensor<512x64xf32>) -> !graph.tensor<8x64xf32>
    ```
  }];
  let statistics = [
    Statistic<"numSlices", "num-slices", "Indexed reads that became slices">,
  ];
}

def ChooseLayouts : Pass<"graph-choose-layouts", "::mlir::ModuleOp"> {
  let summary = "Put channels last around convolutions";
  let description = [{
    Convolutions become `channels_last`, and so does what follows them:
    elementwise ops, pooling, resizing, reductions, concatenation, padding,
    slices, normalisation with given statistics. Between the two layouts stands a
    `graph.permute`, which cancels against another one, against a permutation of
    the program or, at the latest, is how a kernel reads its input; types of what
    leaves the module stay. An argument that lies in memory with channels last is
    seen so from the start, where there are convolutions. Constant weights are
    laid out anew in tiles of output channels, with a batch normalisation behind
    the convolution multiplied in.

    Transposed convolutions and integers stay as they are.

    Example:

    ```mlir
    %0 = graph.convolution %x, %w {...} : (!graph.tensor<1x3x8x8xf32>, !graph.tensor<4x3x1x1xf32>) -> !graph.tensor<1x4x8x8xf32>
    // becomes
    %w2 = graph.constant dense_resource<w.packed> : tensor<1x1x1x3x16xf32> : () -> !graph.tensor<1x1x1x3x16xf32>
    %1 = graph.permute %x [0, 2, 3, 1] : ...
    %2 = graph.convolution %1, %w2 {channels_last = true, out_channels = 4, ...} : ...
    %3 = graph.permute %2 [0, 3, 1, 2] : ...
    ```
  }];
  let options = [
    Option<"lanes", "lanes", "int64_t", "16",
           "Single-precision lanes of a vector register">,
  ];
  let statistics = [
    Statistic<"numConverted", "num-converted", "Ops put channels last">,
    Statistic<"numFolded", "num-folded", "Normalisations folded into weights">,
  ];
}

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_PASSES_TD
