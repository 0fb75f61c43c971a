//===- FxScript.h - Inputs and attributes of repro scripts -----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXSCRIPT_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXSCRIPT_H

#include "FxText/FxParser.h"

#include "graphc/Loader/Program.h"

#include <map>

namespace graphc::loader {

/// One entry of load_args, in the order of the parameters.
struct FxLoadedInput {
  enum class Kind {
    Tensor,     ///< meta and storage
    Symbol,     ///< symbol
    Literal,    ///< literal: a number, or None
    Unsupported ///< A generator or object: what
  } kind = Kind::Literal;
  TensorMeta meta;
  SymMeta symbol;
  Argument literal;
  std::string what;
  std::size_t storage = 0; ///< Index into FxLoadArgs::storages.
  unsigned line = 0;
};

struct FxLoadedStorage {
  std::string hash; ///< In the content store; empty for none.
  SymExpr bytes;
  unsigned line = 0;
};

struct FxLoadArgs {
  std::vector<FxLoadedStorage> storages;
  std::vector<FxLoadedInput> inputs;
};

/// Reads the lines below `def load_args(reader):`. Errors: `fx-syntax`,
/// `fx-name` for a storage that was never made, `bad-expression`, `bad-dtype`.
Result<FxLoadArgs> readLoadArgs(std::string_view text, const FxRegion &region);

/// What `__init__` says of `self.<name>`.
struct FxInitAttribute {
  /// Nothing for a sub-module, whose graph the text does not hold.
  std::optional<Constant> constant;
  bool isRounded = false; ///< Its text may have lost digits.
  unsigned line = 0;
};

/// Reads the lines below `def __init__`. Lines that are not understood make
/// their attribute a sub-module.
Result<std::map<std::string, FxInitAttribute>> readInit(std::string_view text,
                                                        const FxRegion &region);

/// A dtype written `torch.float32`.
std::optional<DType> fxDType(const FxExpr &expr);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXSCRIPT_H
