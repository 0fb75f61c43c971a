//===- Kernel.td - Everything the kernel dialect defines ---*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_KERNEL_TD
#define GRAPHC_DIALECTS_KERNEL_IR_KERNEL_TD

include "dialects/Kernel/IR/DeviceOps.td"
include "dialects/Kernel/IR/KernelDialect.td"
include "dialects/Kernel/IR/KernelOps.td"

#endif // GRAPHC_DIALECTS_KERNEL_IR_KERNEL_TD
