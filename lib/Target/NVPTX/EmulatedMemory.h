//===- EmulatedMemory.h - Memory of emulated kernels ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a GPU does about memory and the processor of a test does not: see
// lib/Emulator/Emulator.h.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_EMULATEDMEMORY_H
#define GRAPHC_LIB_TARGET_NVPTX_EMULATEDMEMORY_H

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace graphc::nvptx {

/// Shared memory becomes the emulator's, of the thread that runs a block: what
/// launches ask for, and what `kernels` have besides. Each gets
/// `int32_t emulate_shared_<name>`, the bytes that it has in any case, and
/// `int32_t emulate_parts_<name>[]`, how many variables those are and, for
/// each, where it lies and its size. `int32_t emulate_block_shared` is how many
/// bytes a block may have in all, `sharedBytes`.
llvm::Error replaceSharedMemory(llvm::Module &module,
                                llvm::ArrayRef<std::string> kernels,
                                int64_t sharedBytes);

/// Loads and stores of 8 bytes and more call `emulator_misaligned` where the
/// address is not aligned as they say.
void checkAlignments(llvm::Module &module);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_EMULATEDMEMORY_H
