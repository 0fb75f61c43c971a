//===- DomainOrder.cpp - Which loop runs over what of a kernel ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/IR/DomainOrder.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::kernel;

static constexpr StringLiteral orderAttrName = "kernel.order";

DomainOrder kernel::getIdentityOrder(unsigned loops) {
  return llvm::to_vector(llvm::seq(0u, loops));
}

bool kernel::isIdentityOrder(ArrayRef<unsigned> order) {
  return llvm::equal(order, llvm::seq<unsigned>(0, order.size()));
}

DomainOrder kernel::getDomainOrder(Operation *op, unsigned loops) {
  auto order =
      op ? op->getAttrOfType<DenseI64ArrayAttr>(orderAttrName) : nullptr;
  if (!order || order.size() != loops)
    return getIdentityOrder(loops);
  return llvm::map_to_vector(order.asArrayRef(), [](int64_t dim) {
    return static_cast<unsigned>(dim);
  });
}

bool kernel::hasValidDomainOrder(Operation *op) {
  Attribute attribute = op->getAttr(orderAttrName);
  auto order = dyn_cast_or_null<DenseI64ArrayAttr>(attribute);
  if (!order)
    return !attribute;
  SmallVector<int64_t> dims(order.asArrayRef());
  llvm::sort(dims);
  return llvm::equal(dims, llvm::seq<int64_t>(0, dims.size()));
}

void kernel::setDomainOrder(Operation *op, ArrayRef<unsigned> order) {
  if (isIdentityOrder(order)) {
    op->removeAttr(orderAttrName);
    return;
  }
  SmallVector<int64_t> dims(order.begin(), order.end());
  op->setAttr(orderAttrName, DenseI64ArrayAttr::get(op->getContext(), dims));
}
