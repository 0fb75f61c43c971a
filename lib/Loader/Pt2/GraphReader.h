//===- GraphReader.h - Graphs of the exporter's schema -------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_GRAPHREADER_H
#define GRAPHC_LIB_LOADER_PT2_GRAPHREADER_H

#include "Pt2/Values.h"

#include <unordered_set>

namespace graphc::loader {

/// Reads graphs with all that hangs from them into Program::graphs. Every use
/// of a value is checked to name an earlier one of the same graph.
class GraphReader {
public:
  GraphReader(SchemaReader &json, ValueTypes &types, Program &program,
              std::size_t maxNodes)
      : json(json), types(types), program(program), maxNodes(maxNodes) {}

  /// Appends the graph and returns its index; sub-graphs follow it.
  std::size_t read(JsonValue object, std::string name);

  /// An argument outside any graph, such as one of the signature: names are
  /// not checked.
  Argument plainArgument(JsonValue value);

private:
  /// What one graph knows of its values.
  struct Scope {
    std::unordered_map<std::string_view, JsonValue> tensors, ints, bools,
        floats;
    std::unordered_set<std::string_view> defined;
  };
  using Table = std::unordered_map<std::string_view, JsonValue>;

  void readTable(JsonValue graph, const char *key, Table &table);
  void readInputs(JsonValue graph, Graph &out);
  void readNode(JsonValue object, Node &node);
  void readSource(JsonValue object, SourceInfo &source);
  NodeResult readResult(JsonValue value);
  NodeResult readTensor(JsonValue object);
  NodeResult readOptionalTensor(JsonValue value);
  NodeResult readSymbolic(JsonValue value, const Table &table,
                          SymMeta::Kind kind);
  template <typename Read>
  NodeResult readList(JsonValue list, Read read);

  Argument argument(JsonValue value);
  Argument listArgument(const SchemaReader::Union &found);
  Argument symbolicArgument(JsonValue value, const char *unionName);
  Argument graphArgument(JsonValue value);
  Argument optionalTensorArgument(JsonValue value);
  Argument dictArgument(JsonValue object);
  Argument customObject(JsonValue value);
  template <typename Read>
  Argument listOf(JsonValue list, Read read);

  /// Adds a name to the scope (`graph-name` when it is there).
  std::string define(JsonValue text);
  /// Checks that a name is in the scope (`graph-name`).
  ValueRef use(JsonValue text);
  ValueMeta tensorMeta(std::string_view name);
  ValueMeta symbolicMeta(const Table &table, std::string_view name,
                         SymMeta::Kind kind);

  SchemaReader &json;
  ValueTypes &types;
  Program &program;
  std::size_t maxNodes;
  std::size_t nodeCount = 0;
  std::size_t depth = 0;
  Scope *scope = nullptr; ///< Null outside graphs.
};

/// `aten.add.Tensor` of `torch.ops.aten.add.Tensor`; other targets unchanged.
std::string_view plainTarget(std::string_view target);

/// Fills in what the texts of a node's metadata say. `stackTrace` is Python's
/// with the newest frame last; frames inside torch itself count only when there
/// are no others.
void readStackTrace(std::string_view stackTrace, SourceInfo &source);
/// `modules` is entries `key,path,type` joined by `;`, the innermost last.
void readModuleStack(std::string_view modules, SourceInfo &source);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_GRAPHREADER_H
