//===- Evaluators.h - One table per family ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REFERENCE_EVALUATORS_H
#define GRAPHC_LIB_REFERENCE_EVALUATORS_H

#include "graphc/Reference/Reference.h"

#include "llvm/ADT/StringMap.h"

namespace graphc::reference {

using Operands = llvm::ArrayRef<const Tensor *>;
/// Fills in `results`, which have their shapes and hold zeros. False when the
/// values are such that there is no result.
using Evaluator = bool (*)(mlir::Operation *op, Operands operands,
                           llvm::MutableArrayRef<Tensor> results);
using Evaluators = llvm::StringMap<Evaluator>;

/// Adds an evaluator that gets the op as what it is.
template <typename OpTy,
          bool (*evaluate)(OpTy, Operands, llvm::MutableArrayRef<Tensor>)>
void add(Evaluators &evaluators) {
  evaluators[OpTy::getOperationName()] =
      [](mlir::Operation *op, Operands operands,
         llvm::MutableArrayRef<Tensor> results) {
        return evaluate(llvm::cast<OpTy>(op), operands, results);
      };
}

void addElementwise(Evaluators &evaluators);
void addContraction(Evaluators &evaluators);
void addCreation(Evaluators &evaluators);
void addIndexing(Evaluators &evaluators);
void addReduction(Evaluators &evaluators);
void addView(Evaluators &evaluators);

/// Ops that constant folding leaves alone, since `countSteps` does not know
/// their work, or since they make much out of nothing.
void addAttention(Evaluators &evaluators);
void addConvolution(Evaluators &evaluators);
void addNormalization(Evaluators &evaluators);
void addPooling(Evaluators &evaluators);
void addRandom(Evaluators &evaluators);
void addScatter(Evaluators &evaluators);
void addSorting(Evaluators &evaluators);
void addSpecialFunctions(Evaluators &evaluators);
/// Views of memory: as_strided and bitcast.
void addMemoryViews(Evaluators &evaluators);

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

using Index = llvm::SmallVector<int64_t, 6>;

/// The place of `linear` in a row-major tensor of `shape`.
Index delinearize(int64_t linear, llvm::ArrayRef<int64_t> shape);
int64_t linearize(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape);
/// Where an operand of `shape` is read for the place `index` of a result that
/// it broadcasts to.
int64_t broadcastIndex(llvm::ArrayRef<int64_t> index,
                       llvm::ArrayRef<int64_t> shape);
/// Copies one element; both have the same kind of elements.
void copyElement(Tensor &to, int64_t toIndex, const Tensor &from,
                 int64_t fromIndex);

/// The shape of an indexed tensor; nothing if the indices do not broadcast.
std::optional<llvm::SmallVector<int64_t>>
getIndexedShape(llvm::ArrayRef<int64_t> dims, Operands indices,
                llvm::ArrayRef<int64_t> inputShape);
/// Where in the input the place `result` of an indexed tensor lies; nothing if
/// an index is out of range. Negative ones count from the end when `wraps`.
std::optional<int64_t> locateIndexed(llvm::ArrayRef<int64_t> dims,
                                     Operands indices, bool wraps,
                                     llvm::ArrayRef<int64_t> inputShape,
                                     llvm::ArrayRef<int64_t> result);

} // namespace graphc::reference

#endif // GRAPHC_LIB_REFERENCE_EVALUATORS_H
