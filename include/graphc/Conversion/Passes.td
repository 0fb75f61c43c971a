//===- Passes.td - Conversions between dialects ------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_CONVERSION_PASSES_TD
#define GRAPHC_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertGraphToLinalg : Pass<"convert-graph-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower every graph op to linalg on builtin tensors";
  let description = [{
    `!graph.tensor` becomes `tensor`: bool elements become `i8` holding 0 or 1,
    unsigned integers lose their sign, and strides are gone, since a value has
    no layout. `@main` gets one leading index argument per symbol of the
    module's signature (or, without one, of the argument types, in order of
    appearance), marked `graphc.symbol`; sizes are computed from these.

    Data-parallel ops become `linalg.generic`. Views that a generic can read
    through (transposes, broadcasts, unit dimensions) and splat constants end up
    in its indexing maps and its body. What linalg cannot say (sorting, scans,
    scattering) becomes `scf` loops over `tensor.insert`. With `device` they are
    such that threads can share them: sorting is `kernel.sort`, and what is
    scattered is sorted by its places first, unless there are so many updates
    that each place can look for its last one. Composite ops are
    sequences of these; the ops of one attention carry the same
    `graphc.group = N : i64`, and the first one `graphc.attention` too.
    Conditions that only the run can tell become `kernel.check`, and indices
    behind them are clamped.

    Fails when a graph op is left over.

    ```mlir
    %1 = graph.relu %0 : !graph.tensor<(s0)x4xf32>
    // becomes
    %e = tensor.empty(%s0) : tensor<?x4xf32>
    %1 = linalg.generic {...} ins(%0 : tensor<?x4xf32>) outs(%e) { ... }
    ```
  }];
  let options = [
    Option<"device", "device", "bool", "false",
           "For a device, whose many threads share sorts and scatters">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
    "::graphc::kernel::KernelDialect",
  ];
}

#endif // GRAPHC_CONVERSION_PASSES_TD
