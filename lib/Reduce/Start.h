//===- Start.h - Where to begin -------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_START_H
#define GRAPHC_LIB_REDUCE_START_H

#include "Query.h"
#include "Subject.h"

#include "graphc/Reduce/Reduce.h"

#include "llvm/Support/Error.h"

namespace graphc::reduce {

/// Something that fails, with the command that it fails under.
struct Start {
  std::unique_ptr<Subject> subject;
  Command command;
  /// The limits under which it fails so.
  QueryOptions queries;
  Signature signature;
  /// What it is, for people: `the imported graph`.
  std::string stage;
};

/// What a folder, a module or a program gives to begin with: of the forms of
/// the program that fail as it does, the earliest. `scratch` is a folder for
/// files.
llvm::Expected<Start> findStart(const ReduceOptions &options,
                                const QueryOptions &queries,
                                llvm::StringRef scratch,
                                mlir::MLIRContext &context);

/// Reads a module; the error says why not.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
readModule(llvm::StringRef path, mlir::MLIRContext &context);

/// Reads an earlier result: a module, a program's text or another file.
llvm::Expected<std::unique_ptr<Subject>>
readSubject(llvm::StringRef path, mlir::MLIRContext &context);

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_START_H
