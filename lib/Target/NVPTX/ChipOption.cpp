//===- ChipOption.cpp - The chips that a pass is for ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChipOption.h"

#include "graphc/Support/ErrorCode.h"

using namespace mlir;
using namespace graphc;

FailureOr<std::vector<Chip>> nvptx::readChips(Operation *op,
                                              llvm::StringRef option) {
  llvm::Expected<std::vector<Chip>> chips = parseChips(option);
  if (!chips)
    return withCode("unsupported-target", op->emitError())
           << llvm::toString(chips.takeError());
  return std::move(*chips);
}
