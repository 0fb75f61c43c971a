//===- Describer.h - Turns a signature into an interface --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_ARTEFACT_DESCRIBER_H
#define GRAPHC_LIB_TARGET_ARTEFACT_DESCRIBER_H

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Import/Signature.h"
#include "graphc/Target/Interface.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace graphc {

/// Reads a module once; errors are those of the module.
class Describer {
public:
  explicit Describer(mlir::ModuleOp module) : module(module) {}
  mlir::FailureOr<Interface> describe();

private:
  mlir::LogicalResult fail(const llvm::Twine &message);
  mlir::LogicalResult readSymbols();
  mlir::LogicalResult readInputs();
  mlir::LogicalResult readInput(const Signature::Input &input);
  mlir::LogicalResult readState(const Signature::Input &input);
  mlir::LogicalResult readOutputs();
  mlir::LogicalResult readOutput(const Signature::Output &output);
  mlir::LogicalResult readResult(unsigned result, mlir::Type type,
                                 int32_t output);
  mlir::LogicalResult readMutations();
  mlir::LogicalResult readConstraints();
  mlir::LogicalResult readCodeAttributes();
  mlir::LogicalResult readKernels(mlir::ArrayAttr table);
  mlir::LogicalResult readExternWeights();
  mlir::LogicalResult readExternUses(mlir::ArrayAttr values,
                                     llvm::ArrayRef<int64_t> loaded,
                                     std::vector<int32_t> &uses);
  mlir::FailureOr<int32_t> findExternWeight(llvm::StringRef name);
  mlir::LogicalResult checkSymbols();

  mlir::FailureOr<InterfaceExpr> encode(mlir::Attribute attr);
  mlir::FailureOr<InterfaceExpr> encode(graph::Expr expr);
  mlir::LogicalResult encode(graph::Expr expr, InterfaceExpr &result,
                             int depth);
  mlir::LogicalResult encodeSizes(llvm::ArrayRef<graph::Expr> sizes,
                                  std::vector<InterfaceExpr> &result);
  mlir::FailureOr<InterfaceType> describeType(mlir::Type type);
  mlir::FailureOr<InterfaceTensor> describeTensor(llvm::StringRef name,
                                                  Signature::Kind kind,
                                                  mlir::Type type,
                                                  mlir::Attribute expr);
  std::optional<unsigned> findMutation(unsigned result) const;
  bool isDataDependent(graph::Expr expr) const;
  bool isBounded(graph::Expr size) const;

  mlir::ModuleOp module;
  Signature signature;
  Interface interface;
  llvm::StringMap<unsigned> symbolIndices;
  llvm::StringSet<> usedSymbols;
  /// For each input of the signature where its data is, if it has any.
  llvm::SmallVector<std::optional<graphc_place>> inputPlaces;
};

/// How elements of this type are passed; nothing for types that are not.
std::optional<DLDataType> findDtype(mlir::Type elementType);

} // namespace graphc

#endif // GRAPHC_LIB_TARGET_ARTEFACT_DESCRIBER_H
