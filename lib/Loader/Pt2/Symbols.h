//===- Symbols.h - Ranges, guards and uses of symbols --------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_SYMBOLS_H
#define GRAPHC_LIB_LOADER_PT2_SYMBOLS_H

#include "Pt2/Values.h"

namespace graphc::loader {

/// Fills Program::symbols and constraints from the range constraints and from
/// the symbols that types of `program` use. `symbol-unbound` for a size symbol
/// that occurs in no input.
void readSymbols(SchemaReader &json, ValueTypes &types, JsonValue exported,
                 Program &program);

/// Fills Program::guards with those of `guards_code` that are conditions over
/// sizes and numbers of inputs; skips all others.
void readGuards(SchemaReader &json, JsonValue exported, Program &program);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_SYMBOLS_H
