//===- Values.h - Types, sizes and enums of the exporter ------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_PT2_VALUES_H
#define GRAPHC_LIB_LOADER_PT2_VALUES_H

#include "Pt2/SchemaReader.h"

#include "graphc/Loader/Program.h"

#include <unordered_map>

namespace graphc::loader {

/// Reads types and numbers of a record, sharing equal expressions. Collects the
/// hints of bare symbols.
class ValueTypes {
public:
  explicit ValueTypes(SchemaReader &json) : json(json) {}

  /// `what` names the tensor in messages (`value 'x'`).
  TensorMeta tensor(JsonValue object, const std::string &what);
  /// SymInt, SymFloat or SymBool.
  SymMeta symbolic(JsonValue value, SymMeta::Kind kind);

  // Enums are the exporter's own numbers: `bad-dtype`, `bad-enum`.
  DType dtype(JsonValue number);
  LayoutValue layout(JsonValue number);
  MemoryFormatValue memoryFormat(JsonValue number);
  std::string device(JsonValue object);

  /// The expression of a text; `at` is where it stands.
  SymExpr expression(std::string_view text, JsonValue at);

  /// Values seen while tracing, by symbol.
  std::map<std::string, double> hints;

private:
  std::vector<SymExpr> sizes(JsonValue object, const char *key,
                             const std::string &what);
  SymExpr size(JsonValue value);
  SymExpr integerExpr(std::int64_t value);
  std::optional<double> hint(JsonValue expr);

  SchemaReader &json;
  std::unordered_map<std::string_view, SymExpr> expressions;
  std::unordered_map<std::int64_t, SymExpr> integers;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_PT2_VALUES_H
