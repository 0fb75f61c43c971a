//===- Passes.td - Passes for tests of graphc --------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TESTING_PASSES_TD
#define GRAPHC_TESTING_PASSES_TD

include "mlir/Pass/PassBase.td"

def SeedFault : Pass<"graphc-seed-fault"> {
  let summary = "Fail, crash or miscompile where the IR has a certain pattern";
  let description = [{
    Stands in for an error of the pass before it. `--seed-fault=NAME` of graphc
    and graphc-opt puts it behind the pass that the fault names. The faults are
    those of `lib/Testing`; docs/Testing.md tells how to add one. Where the
    pattern is missing, nothing happens.

    ```mlir
    // graphc-opt --graphc-seed-fault="fault=graph-chained-mul"
    %1 = graph.mul %0, %0 : ...
    %2 = graph.mul %1, %0 : ...  // error: seeded fault 'graph-chained-mul'
    ```
  }];
  let options = [Option<"fault", "fault", "std::string", /*default=*/"",
                        "The name of the fault">];
}

#endif // GRAPHC_TESTING_PASSES_TD
