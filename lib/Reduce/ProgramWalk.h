//===- ProgramWalk.h - Over the arguments of programs -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_PROGRAMWALK_H
#define GRAPHC_LIB_REDUCE_PROGRAMWALK_H

#include "graphc/Loader/Program.h"

namespace graphc::reduce {

/// Calls `visit` on every argument in `argument`, itself too.
template <typename Arg, typename Visit>
void walk(Arg &argument, Visit visit) {
  visit(argument);
  if (auto *list = std::get_if<loader::ArgumentList>(&argument.value))
    for (auto &item : *list)
      walk(item, visit);
}

/// The same on every argument of a graph's nodes and on its outputs.
template <typename GraphT, typename Visit>
void walkArguments(GraphT &graph, Visit visit) {
  for (auto &node : graph.nodes)
    for (auto &named : node.arguments)
      walk(named.argument, visit);
  for (auto &output : graph.outputs)
    walk(output, visit);
}

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_PROGRAMWALK_H
