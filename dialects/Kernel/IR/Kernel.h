//===- Kernel.h - The kernel dialect ----------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_KERNEL_H
#define GRAPHC_DIALECTS_KERNEL_IR_KERNEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Kernel/IR/KernelDialect.h.inc"
#include "dialects/Kernel/IR/KernelEnums.h.inc"

#define GET_OP_CLASSES
#include "dialects/Kernel/IR/Kernel.h.inc"

namespace graphc::kernel {

/// Lets one-shot bufferization turn the operands of kernel.region into memrefs
/// and make kernel.check a user of no tensor.
void registerBufferizableOpInterfaceModels(mlir::DialectRegistry &registry);

/// Whether each result of `map` is a dimension, another one each, or 0, where a
/// size is 1. AffineMap::isProjectedPermutation() refuses more results than
/// dimensions.
bool isProjection(mlir::AffineMap map);

/// Emits `if (!condition) status[0] = code` for `check`, whose attribute `code`
/// has been set. `status` is a memref<1xi32>.
void lowerCheck(mlir::OpBuilder &builder, CheckOp check, mlir::Value condition,
                mlir::Value status);

} // namespace graphc::kernel

#endif // GRAPHC_DIALECTS_KERNEL_IR_KERNEL_H
