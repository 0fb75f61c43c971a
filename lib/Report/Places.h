//===- Places.h - Where IR comes from, by number ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REPORT_PLACES_H
#define GRAPHC_LIB_REPORT_PLACES_H

#include "dialects/Graph/IR/Expr.h"
#include "graphc/Report/Report.h"

#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace graphc::report {

/// Numbers the places of a report, each once.
class Places {
public:
  explicit Places(Report &report) : report(report) {}

  /// The node of that name; made if there is none.
  unsigned getNode(llvm::StringRef name);
  /// Adds a node, or what is known of it.
  void addNode(Node node);
  /// The names of a location are nodes, a fused one is in a module.
  unsigned getPlace(mlir::Location location);
  unsigned getPlace(const Place &place);

private:
  Report &report;
  llvm::DenseMap<mlir::Attribute, unsigned> known;
  llvm::StringMap<unsigned> nodes, keys;
};

/// IR as text. Every operation is on lines of its own.
struct PrintedIR {
  std::string text;
  /// The line of each operation, from 0.
  llvm::DenseMap<mlir::Operation *, unsigned> lines;
};

/// Prints `op` and what is in it, without values of large constants. IR that is
/// not known to be valid is printed in generic form if it is not.
PrintedIR printIR(mlir::Operation *op, bool isValid);

/// The lines of a text as numbers, those that are too long cut.
Text makeText(Report &report, llvm::StringRef text);

/// The same with the place of every line.
Text makeText(Report &report, Places &places, const PrintedIR &printed,
              mlir::Operation *root);

/// Where each function and each kernel region of `module` stands.
void listRanges(const PrintedIR &printed, const Text &text,
                mlir::Operation *module, Places &places, Stage &stage);

/// Pictures of the functions of `module`: operations and what they read.
void addGraphs(const PrintedIR &printed, mlir::Operation *module,
               Places &places, Stage &stage);

/// The kernels of a module behind `kernel-to-buffers`, and its memory.
void addKernels(Report &report, mlir::Operation *module, Places &places);
void addMemory(Report &report, mlir::Operation *module, Places &places);

/// An expression as `Buffer` has it.
llvm::json::Value toJson(graph::Expr expr);

/// Inputs, outputs and symbols.
void addSignature(Report &report, mlir::Operation *module);

} // namespace graphc::report

#endif // GRAPHC_LIB_REPORT_PLACES_H
