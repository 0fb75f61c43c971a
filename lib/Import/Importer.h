//===- Importer.h - The walk over a program ---------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_IMPORTER_H
#define GRAPHC_LIB_IMPORT_IMPORTER_H

#include "Call.h"
#include "Generator.h"
#include "SizeConverter.h"

#include "graphc/Import/Import.h"
#include "graphc/Import/Signature.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace graphc::aten {

/// Names of one graph and what they stand for.
using Scope = llvm::StringMap<Item>;

/// Imports one program. The steps in order: refuse unsupported operators, make
/// the function and its inputs (Boundary.cpp), walk the nodes, return
/// (Boundary.cpp).
class Importer {
public:
  Importer(mlir::MLIRContext &context, const loader::Program &program,
           const ImportOptions &options);

  /// The module, or nothing with `errors` filled.
  mlir::OwningOpRef<mlir::ModuleOp> run();

  const ImportOptions &getOptions() const { return options; }
  /// What random numbers are drawn from without a seed of the program's.
  Generator &getGenerator() { return generator; }

  std::vector<loader::Error> errors;

  //===--------------------------------------------------------------------===//
  // For builders of control flow and symbols
  //===--------------------------------------------------------------------===//

  /// Imports graph `index` at the builder's place with `inputs` for its inputs;
  /// its outputs, or nothing after an error.
  std::optional<Item::List> importGraph(size_t index, ArrayRef<Item> inputs);
  const loader::Graph &getGraph(size_t index) { return program.graphs[index]; }
  /// A new data-dependent symbol, named as the first result of `node` is
  /// recorded to be, or its size `dim`, else freshly.
  std::string defineSymbol(const loader::Node &node, Ranges::Interval range,
                           size_t dim = 0);
  /// Emits run-time checks of the bounds that the file records for `symbol`, as
  /// far as `natural` does not imply them. What is derived from the bounds
  /// holds because of these.
  void assertRange(StringRef symbol, Ranges::Interval natural);
  /// A new symbol for the value of the 0-d i64 `tensor`.
  Item defineItem(const loader::Node &node, Value tensor);
  /// A 0-d value for a number, or the value of a tensor.
  Value materialize(const Item &item);
  /// The type that the file recorded, if types are to be compared and it has
  /// one that can be spelled.
  std::optional<StridedTensorType>
  getRecordedType(const loader::ValueMeta &meta);
  /// Whether a type is the recorded one, as far as elements can tell: strides
  /// of sizes of one and of empty tensors do not count.
  bool agreesWithRecorded(StridedTensorType type, StridedTensorType recorded);
  /// What an argument is that is not given; None without a default.
  Item getDefault(const Parameter &parameter);

private:
  friend class Boundary;
  friend class Generator;

  bool refuseUnsupported();
  bool importNode(const loader::Node &node, Scope &scope);
  bool importOperator(const loader::Node &node, Scope &scope);
  bool bindResults(const loader::Node &node, ArrayRef<Item> results,
                   Scope &scope);
  /// Gives results of `call` the strides that the file recorded, where operands
  /// in other orders than row-major are broadcast: there eager's kernels, and
  /// what export takes them apart into, differ in the order of the result.
  void layOutAsRecorded(Call &call);
  /// The strides of a result of `type` in the order of the recorded ones, if
  /// that is row-major, channels last or spelled in the sizes of `type`.
  std::optional<SmallVector<Expr>> getRecordedOrder(StridedTensorType type,
                                                    StridedTensorType recorded);
  /// Compares a result with what the file recorded.
  bool checkRecorded(const loader::Node &node, StringRef name,
                     const loader::ValueMeta &meta, const Item &item);
  std::optional<Item> convert(const loader::Argument &argument,
                              const Scope &scope, const loader::Node &node);
  bool bindArguments(Call &call, const Scope &scope);
  std::optional<Item> coerce(Item item, const Parameter &parameter);
  Item parseDefault(StringRef text, const Parameter &parameter);

  /// Records an error at a node. Returns false.
  bool fail(const loader::Node &node, StringRef errorClass,
            const llvm::Twine &message, std::vector<std::string> notes = {});
  bool fail(StringRef errorClass, const llvm::Twine &place,
            const llvm::Twine &message);
  /// Whether a node needs results of one that failed.
  bool needsFailed(const loader::Node &node) const;
  void noteFailed(const loader::Node &node);
  /// Turns a failure to build an op on the dtypes of `call` into a refusal.
  void blameDTypes(const Call &call);
  /// Turns a failure of the emitter into an error.
  bool flushFailure(const loader::Node &node);
  std::string describePlace(const loader::Node &node) const;
  mlir::Location getLocation(const loader::Node &node);

  mlir::MLIRContext &context;
  const loader::Program &program;
  const ImportOptions &options;
  mlir::OpBuilder builder;
  Ranges ranges;
  SizeConverter sizes;
  Emitter e;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  Signature signature;
  Generator generator;
  /// What MLIR said since the last node, for notes.
  std::vector<std::string> diagnostics;
  /// Results of nodes that failed.
  llvm::StringSet<> failedResults;
  unsigned depth = 0;
  unsigned freshSymbols = 0;
};

/// Imports `higher_order.*`, which have no schemas: Item::List of results, or
/// nothing after a failure of the emitter.
std::optional<Item::List> importHigherOrder(Importer &importer, Emitter &e,
                                            const loader::Node &node,
                                            ArrayRef<Item> arguments);
bool isSupportedHigherOrder(StringRef target);
/// `with_effects` calls an operator after what made its token. The operator
/// that a node calls, itself or so.
StringRef getCalledTarget(const loader::Node &node);
/// That call alone: what is imported is in order without tokens.
loader::Node withoutEffects(const loader::Node &node);

/// `_operator.*`, `math.*` and `torch.sym_*` on numbers, and getitem on lists.
std::optional<Item> importFunction(Importer &importer, Emitter &e,
                                   const loader::Node &node,
                                   ArrayRef<Item> arguments);
bool isSupportedFunction(StringRef target);
/// Their names, sorted.
std::vector<StringRef> supportedFunctions();
std::vector<StringRef> supportedHigherOrder();

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_IMPORTER_H
