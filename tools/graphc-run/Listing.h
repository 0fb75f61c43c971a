//===- Listing.h - What a module takes and returns --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_LISTING_H
#define GRAPHC_TOOLS_GRAPHC_RUN_LISTING_H

#include "graphc/Runtime/Runtime.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace graphc::run {

/// Prints the module's symbols, inputs, states, outputs and weights, a line
/// each.
void printModule(llvm::raw_ostream &os, const graphc_module &module);

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_LISTING_H
