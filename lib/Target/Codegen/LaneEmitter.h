//===- LaneEmitter.h - Elements of a kernel, many at a time -----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_LANEEMITTER_H
#define GRAPHC_LIB_TARGET_CODEGEN_LANEEMITTER_H

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace graphc::codegen {

/// A value in every lane of a vector: the same scalar in all of them
/// (`stride` 0), an index that grows by `stride` from lane to lane, or a
/// vector.
struct LaneValue {
  mlir::Value scalar;
  std::int64_t stride = 0;
  mlir::Value vector;
  /// `scalar` is known to be a multiple of this (indices only).
  std::int64_t multipleOf = 1;

  static LaneValue uniform(mlir::Value value, std::int64_t multipleOf = 1) {
    return {value, 0, {}, multipleOf};
  }
  bool isUniform() const { return !vector && stride == 0; }
  bool operator==(const LaneValue &other) const {
    return scalar == other.scalar && stride == other.stride &&
           vector == other.vector;
  }
};

/// Emits the code that computes elements of the tensors in the body of a
/// bufferized kernel.region, `lanes` of them at a time.
///
/// A tensor is computed where it is used: evaluating an element of a
/// linalg.generic evaluates the elements of its operands that it reads, down to
/// loads from the operands of the region. An element of a reduction is a loop
/// over all that it combines. What a scheduler wants to compute only once, or
/// with others, it stores with `remember`.
class LaneEmitter {
public:
  LaneEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
              std::int64_t lanes)
      : builder(builder), region(region), lanes(lanes) {}

  /// Buffers start at multiples of so many bytes; accesses then say how they
  /// are aligned. Without it vectors are aligned like their elements.
  void setBufferAlignment(std::int64_t bytes) { bufferAlignment = bytes; }

  /// The strides of `buffer` that its type does not tell are multiples of
  /// `elements`.
  void assumeStrides(mlir::Value buffer, std::int64_t elements) {
    assumedStrides[buffer] = elements;
  }
  void clearAssumedStrides() { assumedStrides.clear(); }

  std::int64_t getLanes() const { return lanes; }
  void setLanes(std::int64_t newLanes) { lanes = newLanes; }

  /// The number of lanes that take part, an index; null for all. Others compute
  /// something harmless. The mask is made at once, where it dominates all uses.
  void setActive(mlir::Value count);

  /// Element `indices` of `tensor`, or nothing when the body holds an op that
  /// cannot be computed lane by lane (see `isSupported`).
  LaneValue evaluate(mlir::Value tensor, llvm::ArrayRef<LaneValue> indices);

  /// Computes the results of the scalar body of `op` at `iteration`;
  /// `accumulators` stand for the init operands.
  llvm::SmallVector<LaneValue>
  evaluateBody(mlir::linalg::LinalgOp op, llvm::ArrayRef<LaneValue> iteration,
               llvm::ArrayRef<LaneValue> accumulators);

  /// `value`, which the scalar body of `op` computes of its inputs alone, at
  /// `iteration`.
  LaneValue evaluateInBody(mlir::linalg::LinalgOp op, mlir::Value value,
                           llvm::ArrayRef<LaneValue> iteration);

  /// Element `indices` of `tensor` is `value` from here on.
  void remember(mlir::Value tensor, llvm::ArrayRef<LaneValue> indices,
                LaneValue value);
  /// Redirects reads of `tensor` to a buffer that holds it; `rank` leading
  /// indices are dropped.
  void redirect(mlir::Value tensor, mlir::Value buffer, unsigned dropped);
  bool isRedirected(mlir::Value tensor) const {
    return redirected.contains(tensor);
  }
  /// Every read of `tensor` gives `value` until `clearOverrides`, whatever its
  /// indices: the scheduler is at the one position that they mean.
  void override(mlir::Value tensor, LaneValue value) {
    overridden[tensor] = value;
  }
  void clearOverrides() { overridden.clear(); }
  /// Forgets what was computed since `mark`; loops call it on their way out,
  /// because values inside do not dominate what follows.
  std::size_t mark() const { return memo.size(); }
  void forget(std::size_t position) { memo.resize(position); }

  /// Loops and branches whose bodies forget on their way out. `initial` goes
  /// through the first as what is carried.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, mlir::Value step,
       mlir::ValueRange initial,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body);
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, std::int64_t step,
       mlir::ValueRange initial,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body) {
    return loop(begin, end, constantIndex(step), initial, body);
  }
  void loop(mlir::Value begin, mlir::Value end, std::int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  void branch(mlir::Value condition, llvm::function_ref<void()> whenTrue,
              llvm::function_ref<void()> whenFalse = nullptr);

  /// Stores active lanes of `value` at `indices` of `buffer`.
  void store(LaneValue value, mlir::Value buffer,
             llvm::ArrayRef<LaneValue> indices);
  LaneValue load(mlir::Value buffer, llvm::ArrayRef<LaneValue> indices);
  /// Stores what the region yields at `at`, where the result of `op` is
  /// `value`.
  void storeYields(mlir::linalg::LinalgOp op, mlir::Value value,
                   llvm::ArrayRef<LaneValue> at);

  /// Fetches into the cache what `evaluate` will read of buffers.
  void prefetch(mlir::Value tensor, llvm::ArrayRef<LaneValue> indices);
  /// Fetches the line of `buffer` where `indices` begin.
  void prefetchAt(mlir::Value buffer, llvm::ArrayRef<LaneValue> indices,
                  bool isWrite);

  /// The vector (a scalar when there is one lane) that `value` stands for.
  mlir::Value materialize(LaneValue value);
  mlir::Type laneType(mlir::Type elementType) const;
  /// Active lanes as a mask, or null for all.
  mlir::Value getMask() const { return mask; }

  /// Size of dimension `dim` of a tensor in the body.
  mlir::Value getSize(mlir::Value tensor, unsigned dim);
  /// A value of the body that is no tensor, outside of it.
  mlir::Value getScalar(mlir::Value value);
  /// `map` applied to `indices`.
  llvm::SmallVector<LaneValue> apply(mlir::AffineMap map,
                                     llvm::ArrayRef<LaneValue> indices);
  mlir::Value constantIndex(std::int64_t value);
  mlir::OpBuilder &getBuilder() { return builder; }
  kernel::RegionOp getRegion() { return region; }

  /// True when every op of the body can be computed in vectors.
  static bool canVectorize(kernel::RegionOp region);

private:
  struct Memo {
    mlir::Value tensor;
    llvm::SmallVector<LaneValue> indices;
    LaneValue value;
  };

  LaneValue evaluateExpr(mlir::AffineExpr expr,
                         llvm::ArrayRef<LaneValue> indices);
  LaneValue evaluateOp(mlir::Operation *op,
                       llvm::function_ref<LaneValue(mlir::Value)> lookup);
  LaneValue evaluateInput(mlir::linalg::LinalgOp op, mlir::OpOperand *input,
                          llvm::ArrayRef<LaneValue> iteration);
  void emitCheck(kernel::CheckOp check, LaneValue condition);
  LaneValue evaluateIndexOp(mlir::Operation *op,
                            llvm::ArrayRef<LaneValue> operands);
  LaneValue evaluateUncached(mlir::Value tensor,
                             llvm::ArrayRef<LaneValue> indices);
  LaneValue evaluatePad(mlir::tensor::PadOp pad,
                        llvm::ArrayRef<LaneValue> indices);
  /// Emits the loops of a reduction for the result at `indices`.
  LaneValue evaluateReduction(mlir::linalg::LinalgOp op, unsigned result,
                              llvm::ArrayRef<LaneValue> indices);
  /// The loops of `dims`, from outer to inner, through which `values` go.
  llvm::SmallVector<LaneValue>
  reduce(mlir::linalg::LinalgOp op, llvm::ArrayRef<unsigned> dims,
         llvm::SmallVectorImpl<LaneValue> &iteration,
         llvm::ArrayRef<LaneValue> values);
  /// Where each lane is: itself, but the last active one for those behind it.
  llvm::SmallVector<mlir::Value> getPositions();
  /// `indices` in the lane at `position`.
  llvm::SmallVector<mlir::Value> getLane(llvm::ArrayRef<LaneValue> indices,
                                         mlir::Value position);
  mlir::Value extractLane(mlir::Value vector, mlir::Value position);
  bool putNeighboursLast(mlir::Value &buffer,
                         llvm::SmallVectorImpl<LaneValue> &indices);
  /// Of the element at `indices`; none when nothing is known.
  llvm::MaybeAlign getAlignment(mlir::MemRefType type, std::int64_t assumed,
                                llvm::ArrayRef<LaneValue> indices);
  LaneValue add(LaneValue a, LaneValue b);
  LaneValue multiply(LaneValue a, LaneValue b);
  LaneValue divide(LaneValue a, std::int64_t divisor, bool remainder);
  LaneValue divide(LaneValue a, mlir::Value divisor, bool remainder);
  mlir::Value indexVector(LaneValue value);
  mlir::Location loc() { return region.getLoc(); }

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  std::int64_t lanes;
  std::int64_t bufferAlignment = 0;
  llvm::DenseMap<mlir::Value, std::int64_t> assumedStrides;
  mlir::Value active, mask;
  /// Loads only fetch; what is computed with them is not used.
  bool isPrefetching = false;
  llvm::SmallVector<Memo> memo;
  llvm::DenseMap<mlir::Value, std::pair<mlir::Value, unsigned>> redirected;
  llvm::DenseMap<mlir::Value, LaneValue> overridden;
  mlir::IRMapping scalars;
};

/// The constant value of an index, if it is one.
std::optional<std::int64_t> constantOf(mlir::Value value);

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_LANEEMITTER_H
