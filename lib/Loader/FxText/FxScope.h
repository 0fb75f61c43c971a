//===- FxScope.h - One graph while it is read ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXSCOPE_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXSCOPE_H

#include "FxText/FxGraph.h"

namespace graphc::loader {

struct FxGraphReader::Scope {
  Scope(FxModule &module, const BindInputs *bind)
      : module(module), bind(bind), parser(module.text(), module.region()) {}

  FxModule &module;
  const BindInputs *bind; ///< Null in sub-graphs.
  FxParser parser;
  Graph graph;
  std::vector<FxParameter> parameters;
  /// `def forward(self, args_list)` with one `next(args_iter)` per parameter.
  bool isBoxed = false;
  bool headerDone = false;
  bool returned = false;
  std::map<std::string, Binding> names;
  /// Names of values, which are unique while names of the text may come again.
  std::set<std::string> valueNames;
  std::map<std::string, unsigned> suffixes;
  std::map<std::string, Binding> attributes;
  /// Constants that this graph uses, with the names they have in it.
  std::map<std::size_t, std::string> constants;

  std::string uniqueName(const std::string &name) {
    std::string unique = name;
    while (!valueNames.insert(unique).second)
      unique = name + "__" + std::to_string(++suffixes[name]);
    return unique;
  }

  Error located(Error error) const {
    std::string prefix = module.place();
    if (!prefix.empty())
      error.place = error.place.empty() ? prefix : prefix + ": " + error.place;
    return error;
  }
  Error errorAt(const char *errorClass, const FxExpr &expr, std::string message,
                std::string help = {}) const {
    return located(parser.errorAt(errorClass, expr.line, expr.column,
                                  std::move(message), std::move(help)));
  }
  Error errorAt(const char *errorClass, const FxStatement &statement,
                std::string message, std::string help = {}) const {
    return located(parser.errorAt(errorClass, statement.line, statement.column,
                                  std::move(message), std::move(help)));
  }
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXSCOPE_H
