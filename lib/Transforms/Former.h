//===- Former.h - Groups of ops that become kernels -------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_FORMER_H
#define GRAPHC_LIB_TRANSFORMS_FORMER_H

#include "DomainOrders.h"

#include "dialects/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SetVector.h"

namespace graphc {

/// Ops that become one kernel, in program order.
struct KernelGroup {
  /// Only pointwise consumers fuse into a product, whose elements are rows of
  /// their own.
  bool isProduct() const {
    return form == kernel::Form::Contraction ||
           form == kernel::Form::Convolution;
  }

  kernel::Form form;
  llvm::SmallVector<mlir::linalg::LinalgOp> ops;
  /// Loops of ops over the whole domain; row dimensions are the first
  /// `rowDims` of them. A group without reductions has no row dimensions yet.
  unsigned rank = 0;
  std::optional<unsigned> rowDims;
  /// Of the loops of ops over the whole domain.
  std::optional<DomainOrders> orders = std::nullopt;
};

/// One block's worth of grouping.
class Former {
public:
  Former(mlir::Block &block, mlir::RewriterBase &rewriter)
      : block(block), rewriter(rewriter) {}

  void run();

  unsigned numKernels = 0, numFused = 0, numMerged = 0, numGeneric = 0;

private:
  using Group = KernelGroup;
  /// Pairs of groups that do not become one.
  using Refused = llvm::SetVector<std::pair<Group *, Group *>>;

  // FormKernels.cpp
  bool join(mlir::linalg::LinalgOp op, Group &group);
  bool fits(mlir::linalg::LinalgOp op, Group &group);
  bool fitsOrder(mlir::linalg::LinalgOp op, Group &group,
                 llvm::ArrayRef<unsigned> order);
  std::optional<kernel::DomainOrder> matchOrder(mlir::linalg::LinalgOp op,
                                                Group &group);
  mlir::Operation *findHorizon(mlir::Operation *first);
  bool hasDetour(llvm::ArrayRef<mlir::linalg::LinalgOp> from,
                 llvm::ArrayRef<mlir::linalg::LinalgOp> to);
  std::optional<Group> open(mlir::linalg::LinalgOp op);

  // MergeGroups.cpp
  void mergeGroups();
  bool mergeOne(Refused &refused);
  bool merge(Group &group, Group &other);
  bool fitTogether(Group &merged);

  // BuildRegion.cpp
  void build(Group &group);

  mlir::Block &block;
  mlir::RewriterBase &rewriter;
  llvm::SmallVector<std::unique_ptr<Group>> groups;
  llvm::DenseMap<mlir::Operation *, Group *> groupOf;
};

/// Whether `loopA` of `a` and `loopB` of `b` surely make as many steps.
bool haveSameExtent(mlir::linalg::LinalgOp a, unsigned loopA,
                    mlir::linalg::LinalgOp b, unsigned loopB);

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_FORMER_H
