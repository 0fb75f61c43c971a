//===- Boundary.h - Inputs, outputs and the signature -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_BOUNDARY_H
#define GRAPHC_LIB_IMPORT_BOUNDARY_H

#include "Importer.h"

#include "llvm/ADT/StringSet.h"

namespace graphc::aten {

/// A literal argument of the program and its attribute in the signature.
std::optional<std::pair<Item, mlir::Attribute>>
convertLiteral(const loader::Argument &literal, Emitter &e);

/// Makes the function, its arguments and its results, and writes the signature.
class Boundary {
public:
  explicit Boundary(Importer &importer);

  /// Declares symbols, the module and the function.
  bool makeInputs();
  /// Names for all inputs: arguments and constants.
  bool bindInputs(Scope &scope);
  /// The return, the write-backs and the module attribute.
  bool makeOutputs(Scope &scope);

private:
  struct Bound {
    TensorRef tensor;
    /// Index into signature.inputs; nothing for a weight that stays constant.
    std::optional<unsigned> input;
    /// The weight as it is, for one that turns out to be written.
    Value original;
  };

  bool bindUser(size_t index, Scope &scope);
  bool bindWeight(size_t index, Scope &scope);
  bool addOutput(const loader::Argument &argument,
                 const loader::OutputSpec &spec, Scope &scope);
  /// Makes a weight that the program writes an argument with an initial value.
  bool makeState(size_t index);
  bool addMutations();
  /// Conditions over sizes: checked at entry, and so granted to `ranges`.
  void addConstraints();
  /// A symbol of the inputs, with the range that the file records.
  void addSymbol(llvm::StringRef symbol);
  void addGuard(const loader::SymExpr &guard);
  /// Tells the ranges what follows from a condition that is checked at entry.
  void assumeHolds(const loader::SymExpr &condition);
  void collectUsedNames();

  /// The graph's type of recorded metadata, or null after an error.
  StridedTensorType convertType(const loader::TensorMeta &meta,
                                StringRef place);
  /// The weight's bytes as an attribute over the mapped file. Null after an
  /// error.
  mlir::ElementsAttr makeElements(const loader::Constant &constant,
                                  ArrayRef<int64_t> shape, bool packed);
  /// Whether a file gives the weight when the module is loaded.
  bool isExtern(size_t index) const;
  /// The attribute of such a weight, which the signature lists from then on.
  mlir::ElementsAttr makeExtern(const loader::Constant &constant);
  llvm::SmallVector<std::string, 0>
  findAliases(const loader::Constant &constant) const;
  /// A value with the weight's shape and strides.
  Value makeConstant(size_t index, Bound &bound);

  Importer &importer;
  Emitter &e;
  const loader::Program &program;
  const loader::Graph &graph;
  llvm::StringSet<> usedNames;
  std::vector<Bound> bound; ///< Parallel to program.inputs.
  std::map<const loader::Storage *, size_t> storages;
  llvm::SmallVector<Value> results;
};

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_BOUNDARY_H
