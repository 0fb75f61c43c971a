//===- Reducer.h - The search for a smaller module ------------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_REDUCER_H
#define GRAPHC_LIB_REDUCE_REDUCER_H

#include "Query.h"
#include "Reductions.h"

#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

namespace graphc::reduce {

/// As queries read it: generic, with the values of small constants.
std::string printModule(mlir::ModuleOp module);

/// Applies reductions to a module as long as one of them leaves it failing as
/// before. Whatever is found is saved at once.
class Reducer {
public:
  using Save = llvm::function_ref<llvm::Error(llvm::StringRef text)>;
  Reducer(QueryRunner &queries, Signature wanted, Save save, bool verbose)
      : queries(queries), wanted(std::move(wanted)), save(save),
        verbose(verbose) {}

  llvm::Error run(mlir::OwningOpRef<mlir::ModuleOp> &module);

private:
  struct Candidate {
    mlir::OwningOpRef<mlir::ModuleOp> module;
    std::string text;
    unsigned first, last;
  };
  /// One way, at ever fewer places at a time.
  llvm::Expected<bool> tryReduction(const Reduction &reduction);
  /// Valid, and not tried before; nothing otherwise.
  std::optional<Candidate> make(const Reduction &reduction, unsigned first,
                                unsigned last);

  QueryRunner &queries;
  Signature wanted;
  Save save;
  bool verbose;
  mlir::OwningOpRef<mlir::ModuleOp> best;
  unsigned bestOps = 0;
  llvm::StringSet<> tried;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_REDUCER_H
