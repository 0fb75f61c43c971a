//===- InputTree.h - Where arguments of forward lie -------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_INPUTTREE_H
#define GRAPHC_LIB_LOADER_PT2_INPUTTREE_H

#include "Pt2/SchemaReader.h"
#include "graphc/Loader/Program.h"

#include <string>
#include <vector>

namespace graphc::loader {

/// The nested arguments of `forward`, whose leaves are the user's inputs of the
/// graph: `in_spec` of the root in `module_call_graph`, as torch's pytree
/// writes it. Where a file has none, the names of inputs are all that is known.
class InputTree {
public:
  InputTree(JsonValue exported, const Program &program);

  /// One step from an argument to what it holds: `[1]`, `['key']`.
  struct Step {
    bool isIndex = false;
    std::int64_t index = 0;
    std::string key;

    bool operator==(const Step &other) const {
      return isIndex == other.isIndex && index == other.index &&
             key == other.key;
    }
  };

  /// What the graph records of the input at `steps` of the argument `name`, or
  /// null for what is none, or is held by another container than a tuple, a
  /// list or a dictionary.
  const ValueMeta *find(std::string_view name,
                        const std::vector<Step> &steps) const;

private:
  struct Node {
    std::size_t firstLeaf = 0;
    /// Which child is meant; nothing in what is no container known here.
    std::vector<Step> keys;
    std::vector<Node> children;
  };
  static Node read(JsonValue spec, std::size_t &leaves);
  const ValueMeta *findByName(std::string_view name) const;

  const Program &program;
  /// Literals are null.
  std::vector<const ValueMeta *> inputs;
  /// The arguments, named by their keys.
  Node arguments;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_INPUTTREE_H
