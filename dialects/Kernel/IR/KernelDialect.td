//===- KernelDialect.td - The kernel dialect ---------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_KERNELDIALECT_TD
#define GRAPHC_DIALECTS_KERNEL_IR_KERNELDIALECT_TD

include "mlir/IR/OpBase.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::graphc::kernel";
  let summary = "Fused computations that become one function each";
  let description = [{
    The last IR that every target shares. A `kernel.region` holds one fused
    computation; its form names the scheduler of a target that lowers it, and
    its schedule says how. Forming a region knows no target.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::LLVM::LLVMDialect"];
}

#endif // GRAPHC_DIALECTS_KERNEL_IR_KERNELDIALECT_TD
