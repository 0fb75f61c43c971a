//===- FxOutline.h - Blocks of a Python-like text --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXOUTLINE_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXOUTLINE_H

#include "FxText/FxLexer.h"

#include <map>
#include <optional>
#include <vector>

namespace graphc::loader {

/// A class of the text with the functions that matter.
struct FxClass {
  std::string name; ///< Any text: `Repro`, `<lambda>`; empty outside classes.
  unsigned indent = 0;
  std::optional<std::size_t> parent; ///< Index of the enclosing class.
  std::optional<FxRegion> forward;   ///< From its `def` line on.
  std::optional<FxRegion> init;      ///< The lines below `def __init__`.
};

/// What a reader finds by looking at lines alone.
struct FxOutline {
  std::vector<FxClass> classes; ///< In order; a bare `forward` has its own.
  std::size_t root = 0;         ///< The class whose `forward` is the program.
  std::optional<FxRegion> loadArgs; ///< The lines below `def load_args`.
  /// `load_args._version = <text>`.
  std::string loadArgsVersion;
  unsigned loadArgsVersionLine = 0;
  /// Lines `NAME = NUMBER` above the first import.
  std::vector<std::pair<std::string, std::string>> hints;
  /// Lines `from M import A [as B]`, `import M`, outside blocks.
  std::vector<std::string> imports;
  std::string torchVersion;
  /// The directory that `save_dir='...'` names; empty for none.
  std::string saveDir;

  /// Classes with a `forward` by the class that they are nested in directly and
  /// their name.
  std::map<std::pair<std::size_t, std::string>, std::size_t> nested;
};

/// Reads the outline of a whole text. Errors: `input-kind` without a `forward`,
/// `limit` for class nesting beyond 64.
Result<FxOutline> outlineFxText(std::string_view text);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXOUTLINE_H
