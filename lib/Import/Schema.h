//===- Schema.h - ATen operator signatures ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// AtenSchemas.txt, embedded at build time, in ATen's own syntax. It supplies
// argument names, kinds and defaults, and is the list of what is supported.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_SCHEMA_H
#define GRAPHC_LIB_IMPORT_SCHEMA_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace graphc::aten {

/// What a schema says of an argument's or result's type, lists and optionals
/// aside. SymInt is Int.
enum class Kind {
  Tensor,
  Int,
  Float,
  Bool,
  Scalar,
  String,
  ScalarType,
  Layout,
  Device,
  MemoryFormat,
  Generator
};

struct Parameter {
  llvm::StringRef name;
  Kind kind = Kind::Tensor;
  bool isList = false;
  bool isOptional = false;        ///< `T?`, `T[]?`
  bool elementIsOptional = false; ///< `T?[]`
  bool isKeywordOnly = false;
  bool isWritten = false; ///< `Tensor(a!)`
  /// N of `int[N]`: one number stands for N equal ones.
  std::optional<unsigned> listSize;
  /// As written; nothing when the argument is required.
  std::optional<llvm::StringRef> defaultText;
};

struct Schema {
  std::string name;     ///< `aten.add.Tensor`
  llvm::StringRef text; ///< The line, for messages.
  llvm::SmallVector<Parameter> parameters;
  llvm::SmallVector<Parameter> results;

  /// The number of leading parameters that are not `out`s of an out variant.
  unsigned getNumInputs() const;
  /// An out variant: its keyword-only written parameters.
  bool isOut() const { return getNumInputs() != parameters.size(); }
  /// `add_`, `_foreach_add_`: writes its first parameter.
  bool isInPlace() const {
    return !parameters.empty() && parameters.front().isWritten;
  }
};

/// Parses one line; nothing when it is not of the grammar.
std::optional<Schema> parseSchema(llvm::StringRef line);

/// The schema of a supported overload, or null.
const Schema *findSchema(llvm::StringRef name);

/// The overload without side effects that takes the same inputs as `schema`, an
/// in-place or out variant: `aten.add.Tensor` for `aten.add_.Tensor`. Null for
/// none.
const Schema *findFunctional(const Schema &schema);

/// Names of all supported overloads, sorted.
std::vector<llvm::StringRef> allSchemaNames();

/// True when PyTorch 2.13 has the overload, supported or not.
bool isKnownOverload(llvm::StringRef name);

/// Up to `limit` existing overloads with names close to `name`.
std::vector<llvm::StringRef> findNearNames(llvm::StringRef name,
                                           unsigned limit);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_SCHEMA_H
