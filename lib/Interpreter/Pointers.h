//===- Pointers.h - Pointers as places in memory ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_INTERPRETER_POINTERS_H
#define GRAPHC_LIB_INTERPRETER_POINTERS_H

#include "Machine.h"

namespace graphc::interpreter {

/// A pointer to byte `offset` of `memory`.
inline Cell makePointer(Memory memory, int64_t offset) {
  Cell cell;
  cell.array.memory = std::move(memory);
  cell.array.offset = offset;
  return cell;
}

/// The pointer as a number, from which `fromAddress` makes it again. It is the
/// address on the host, so that alignment can be computed.
int64_t toAddress(Machine &machine, const Cell &pointer);
/// A pointer without memory for numbers that are no address of any.
Cell fromAddress(Machine &machine, int64_t address);
/// Writes an integer of some bytes; false after `fail`.
bool storeNumber(Machine &machine, const Cell &pointer, int64_t value,
                 int64_t bytes, mlir::Operation *op);

} // namespace graphc::interpreter

#endif // GRAPHC_LIB_INTERPRETER_POINTERS_H
