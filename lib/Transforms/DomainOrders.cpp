//===- DomainOrders.cpp - Ops of a kernel in several orders ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DomainOrders.h"

#include "KernelForms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using kernel::DomainOrder;
using linalg::LinalgOp;

/// Elements of a row, across which neighbours lie, that a block of threads or
/// the cache of a processor surely keeps from one reduction to the next.
static constexpr int64_t maxKept = 768;

std::optional<DomainOrder>
DomainOrders::match(LinalgOp op,
                    function_ref<bool(Operation *)> isMember) const {
  constexpr unsigned unknown = ~0u;
  DomainOrder order(rank, unknown);
  SmallVector<bool> isTaken(rank, false);
  auto assign = [&](unsigned loop, unsigned dim) {
    if (order[loop] == dim)
      return true;
    if (order[loop] != unknown || isTaken[dim])
      return false;
    order[loop] = dim;
    isTaken[dim] = true;
    return true;
  };
  if (isMember(op))
    for (auto [loop, dim] : llvm::enumerate(get(op)))
      assign(loop, dim);
  for (OpOperand *input : op.getDpsInputOperands()) {
    Operation *producer = input->get().getDefiningOp();
    if (!producer || !isMember(producer))
      continue;
    AffineMap map = op.getMatchingIndexingMap(input);
    unsigned results = map.getNumResults();
    if (!map.isProjectedPermutation() ||
        (results != rank && results != rowDims))
      return std::nullopt;
    DomainOrder read =
        results == rank ? get(producer) : kernel::getIdentityOrder(results);
    for (auto [i, dim] : llvm::enumerate(read))
      if (!assign(map.getDimPosition(i), dim))
        return std::nullopt;
  }
  unsigned next = 0;
  for (unsigned &dim : order) {
    if (dim != unknown)
      continue;
    while (isTaken[next])
      ++next;
    dim = next++;
  }
  return order;
}

void DomainOrders::add(LinalgOp op, ArrayRef<unsigned> order,
                       ArrayRef<LinalgOp> members) {
  if (op.getNumReductionLoops() && !rowDims) {
    rowDims = op.getNumParallelLoops();
    DomainOrder moved(rank);
    for (auto [loop, dim] : llvm::enumerate(order))
      moved[dim] = loop;
    for (LinalgOp member : members)
      orders[member] = kernel::toLoops<unsigned>(get(member), moved);
    return;
  }
  if (op.getNumLoops() == rank && !kernel::isIdentityOrder(order))
    orders[op] = DomainOrder(order);
}

AffineMap DomainOrders::getDomainMap(Operation *op, AffineMap map) const {
  SmallVector<AffineExpr> dims;
  for (unsigned dim : get(op))
    dims.push_back(getAffineDimExpr(dim, map.getContext()));
  return map.replaceDimsAndSymbols(dims, {}, rank, 0);
}

/// The dimension of the domain that the last dimension longer than 1 of
/// `operand` runs along, where that is of all of the domain.
static std::optional<unsigned> getLastDim(LinalgOp op, OpOperand *operand,
                                          ArrayRef<unsigned> order) {
  AffineMap map = op.getMatchingIndexingMap(operand);
  if (!map.isPermutation())
    return std::nullopt;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (AffineExpr expr : llvm::reverse(map.getResults())) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    if (ranges[loop] != 1)
      return order[loop];
  }
  return std::nullopt;
}

unsigned DomainOrders::getContiguousDim(ArrayRef<LinalgOp> members) const {
  std::optional<unsigned> made;
  for (LinalgOp op : members) {
    if (op.getNumLoops() != rank)
      continue;
    DomainOrder order = get(op);
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<RankedTensorType>(operand.get().getType()))
        continue;
      std::optional<unsigned> dim = getLastDim(op, &operand, order);
      Operation *producer = operand.get().getDefiningOp();
      bool isOutside =
          op.isDpsInput(&operand) && llvm::none_of(members, [&](LinalgOp op) {
            return op.getOperation() == producer;
          });
      if (dim && isOutside)
        return *dim;
      if (dim && !made)
        made = dim;
    }
  }
  return made.value_or(rank ? rank - 1 : 0);
}

bool graphc::isWorthJoining(LinalgOp op, ArrayRef<unsigned> order,
                            const DomainOrders &orders,
                            ArrayRef<LinalgOp> members, unsigned rowDims) {
  // Stored along what the others read along, and that is across rows. Else the
  // order is changed better by itself.
  unsigned along = orders.getContiguousDim(members);
  return along < rowDims &&
         getLastDim(op, op.getDpsInitOperand(0), order) == along;
}

/// Ops that only change the type of what they read.
static bool isConversion(LinalgOp op) {
  return llvm::all_of(op.getBlock()->without_terminator(),
                      [](Operation &inner) {
                        return isa<arith::ExtFOp, arith::TruncFOp,
                                   arith::SIToFPOp, arith::UIToFPOp>(inner);
                      });
}

bool graphc::isWorthReducing(LinalgOp op, ArrayRef<LinalgOp> members) {
  // What has its neighbours along another dimension than the result is read
  // better by itself.
  for (LinalgOp member : members)
    for (OpOperand *input : member.getDpsInputOperands()) {
      AffineMap map = member.getMatchingIndexingMap(input);
      if (map.isPermutation() && !map.isIdentity())
        return false;
    }
  // Nothing is stored of it, or it is soon made again.
  auto isInner = [&](Operation *user) {
    return user == op || llvm::any_of(members, [&](LinalgOp member) {
             return member.getOperation() == user;
           });
  };
  bool isStored = llvm::any_of(members, [&](LinalgOp member) {
    return !llvm::all_of(member->getUsers(), isInner);
  });
  if (!isStored || llvm::all_of(members, isConversion))
    return true;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t kept = 1;
  for (int64_t size : ArrayRef(ranges).drop_front(op.getNumParallelLoops())) {
    if (ShapedType::isDynamic(size) || size > maxKept)
      return false;
    kept *= size;
  }
  return kept <= maxKept;
}
