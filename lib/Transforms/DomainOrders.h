//===- DomainOrders.h - Ops of a kernel in several orders ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops of ops that are to become one kernel, each in an order of its own
// over the same domain (see dialects/Kernel/IR/DomainOrder.h). What an op reads
// of the others tells its order.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_DOMAINORDERS_H
#define GRAPHC_LIB_TRANSFORMS_DOMAINORDERS_H

#include "dialects/Kernel/IR/DomainOrder.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc {

class DomainOrders {
public:
  /// Of `rank` dimensions, the first `rowDims` of which are not reduced;
  /// unknown while nothing is.
  DomainOrders(unsigned rank, std::optional<unsigned> rowDims)
      : rank(rank), rowDims(rowDims) {}

  kernel::DomainOrder get(mlir::Operation *op) const {
    auto order = orders.find(op);
    return order == orders.end() ? kernel::getIdentityOrder(rank)
                                 : order->second;
  }

  /// The loop of `op`, a member, that runs over dimension `dim`.
  unsigned getLoop(mlir::Operation *op, unsigned dim) const {
    kernel::DomainOrder order = get(op);
    return llvm::find(order, dim) - order.begin();
  }

  /// The order that `op`, which has as many loops, reads members in; nothing if
  /// it reads one in a way that has none, or two in different ones. Of a member
  /// it is the one that it has.
  std::optional<kernel::DomainOrder>
  match(mlir::linalg::LinalgOp op,
        llvm::function_ref<bool(mlir::Operation *)> isMember) const;

  /// `op` becomes a member in `order`. If it is the first reduction, the domain
  /// is in the order of its loops from now on.
  void add(mlir::linalg::LinalgOp op, llvm::ArrayRef<unsigned> order,
           llvm::ArrayRef<mlir::linalg::LinalgOp> members);

  /// Those of `other`, over the same domain, are members, too.
  void merge(const DomainOrders &other) {
    orders.insert(other.orders.begin(), other.orders.end());
  }

  /// From the domain to what `op`, a member, reads by `map`.
  mlir::AffineMap getDomainMap(mlir::Operation *op, mlir::AffineMap map) const;

  /// The dimension of the domain along which what `members` read of other
  /// tensors, or make, has its neighbours.
  unsigned
  getContiguousDim(llvm::ArrayRef<mlir::linalg::LinalgOp> members) const;

private:
  unsigned rank;
  std::optional<unsigned> rowDims;
  /// None for the order of the domain.
  llvm::DenseMap<mlir::Operation *, kernel::DomainOrder> orders;
};

/// Whether `op`, which computes elements and reads rows or elements of
/// `members` in another order than theirs, is better computed with them.
bool isWorthJoining(mlir::linalg::LinalgOp op, llvm::ArrayRef<unsigned> order,
                    const DomainOrders &orders,
                    llvm::ArrayRef<mlir::linalg::LinalgOp> members,
                    unsigned rowDims);

/// Whether `op`, which reduces what `members` compute across their last
/// dimension, is better computed with them than from their results.
bool isWorthReducing(mlir::linalg::LinalgOp op,
                     llvm::ArrayRef<mlir::linalg::LinalgOp> members);

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_DOMAINORDERS_H
