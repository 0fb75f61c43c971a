//===- Passes.td - Passes that replays need ----------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_PASSES_TD
#define GRAPHC_SUPPORT_PASSES_TD

include "mlir/Pass/PassBase.td"

def FillElidedConstants
    : Pass<"graphc-fill-elided-constants", "::mlir::ModuleOp"> {
  let summary = "Give constants whose values were left out zeros for values";
  let description = [{
    The `before.mlir` of a failure holds no values of large constants, only
    their types: `dense_resource<__elided__>` for inline values, a key without a
    resource for weights. Passes read values, so a replay runs this pass first.
    Afterwards no constant lacks its values; weights are zero pages that take no
    memory until they are written.

    ```mlir
    // Before
    arith.constant dense_resource<__elided__> : tensor<1024x64xf32>
    // After
    arith.constant dense<0.0> : tensor<1024x64xf32>
    ```
  }];
  let statistics = [Statistic<"numFilled", "filled",
                              "Number of resources that got zeros">];
}

#endif // GRAPHC_SUPPORT_PASSES_TD
