//===- DeviceParts.h - Device modules in parts ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels know nothing of one another, so that threads can compile them; the
// assembler takes all of them as one text, which has the same bytes however
// many threads there were.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_DEVICEPARTS_H
#define GRAPHC_LIB_TARGET_NVPTX_DEVICEPARTS_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/IR/Module.h"

#include <string>
#include <vector>

namespace graphc::nvptx {

using DevicePart = mlir::OwningOpRef<mlir::gpu::GPUModuleOp>;

/// Moves what `device` (lowered to LLVM) defines to parts of `operations`
/// operations or a little more, in its order. Functions that use the same
/// definition, or one another, stay together; what is declared only, such as
/// the shared memory that a launch asks for, is in each part that uses it.
std::vector<DevicePart> divide(mlir::gpu::GPUModuleOp device,
                               std::int64_t operations);

/// Gives what LLVM has added to the module of `part`, such as tables for
/// switches, names that no other part has.
void renameAdded(llvm::Module &module, mlir::gpu::GPUModuleOp part);

/// One text of the PTX of all parts: one header, of the latest version, and
/// each declaration once.
std::string joinPTX(llvm::ArrayRef<std::string> parts);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_DEVICEPARTS_H
