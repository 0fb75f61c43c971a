//===- Import.h - Saved programs to the graph dialect -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_IMPORT_IMPORT_H
#define GRAPHC_IMPORT_IMPORT_H

#include "graphc/Loader/Program.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace graphc {

struct ImportOptions {
  /// Compare every inferred type with the one that the file recorded; a
  /// difference is `shape-mismatch`.
  bool checkRecordedTypes = true;
  /// Parameters and persistent buffers become constants without values, which
  /// a weights file gives by name when the module is loaded (ExternWeight.h).
  bool externWeights = false;
};

/// What importProgram made: a module, or at least one error.
struct ImportResult {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// Operators that are not supported come together, one error per class.
  std::vector<loader::Error> errors;

  explicit operator bool() const { return errors.empty(); }
};

/// Translates `program` into a module `@<modelName>` with the attribute of
/// graphc/Import/Signature.h and one function `@main` over `graph` ops.
///
/// Weights become `graph.constant`s whose resource blobs point at the program's
/// storages; the blobs share ownership of the mapped file, so the module stays
/// valid after `program` is gone. Loads the dialects it needs.
ImportResult importProgram(mlir::MLIRContext &context,
                           const loader::Program &program,
                           const ImportOptions &options = {});

/// The supported overloads, sorted: `aten.add.Tensor`, `prims.iota.default`.
std::vector<std::string> listOps();

} // namespace graphc

#endif // GRAPHC_IMPORT_IMPORT_H
