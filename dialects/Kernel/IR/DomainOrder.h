//===- DomainOrder.h - Which loop runs over what of a kernel ---*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The domain of a region's reductions is in the order of their loops: what is
// kept, then what is reduced. An elementwise op beside a reduction along
// another dimension than the last has its loops in the order of its result,
//
//   max:   (n, w, c) -> (n, w)      of x[n, c, w]
//   x-max: (n, c, w) -> (n, c, w)   loops 0, 2, 1 of the domain
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_DOMAINORDER_H
#define GRAPHC_DIALECTS_KERNEL_IR_DOMAINORDER_H

#include "mlir/IR/Operation.h"

namespace graphc::kernel {

/// The dimension of its region's domain that each loop of an op over all of
/// it runs over.
using DomainOrder = llvm::SmallVector<unsigned>;

/// The order of an op of `loops` loops, as they are where nothing else is set.
DomainOrder getDomainOrder(mlir::Operation *op, unsigned loops);
void setDomainOrder(mlir::Operation *op, llvm::ArrayRef<unsigned> order);
/// Whether what is set, if anything, has each dimension once.
bool hasValidDomainOrder(mlir::Operation *op);

DomainOrder getIdentityOrder(unsigned loops);
bool isIdentityOrder(llvm::ArrayRef<unsigned> order);

/// What is in the order of the domain, in the order of an op's loops.
template <typename T>
llvm::SmallVector<T> toLoops(llvm::ArrayRef<unsigned> order,
                             llvm::ArrayRef<T> domain) {
  llvm::SmallVector<T> loops;
  for (unsigned dim : order)
    loops.push_back(domain[dim]);
  return loops;
}

} // namespace graphc::kernel

#endif // GRAPHC_DIALECTS_KERNEL_IR_DOMAINORDER_H
