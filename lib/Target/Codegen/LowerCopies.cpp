//===- LowerCopies.cpp - Copies as kernels --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/Codegen/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc {
#define GEN_PASS_DEF_LOWERCOPIES
#include "graphc/Target/Codegen/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
struct LowerCopies : graphc::impl::LowerCopiesBase<LowerCopies> {
  void runOnOperation() override {
    SmallVector<memref::CopyOp> copies;
    getOperation()->walk([&](memref::CopyOp op) { copies.push_back(op); });
    for (memref::CopyOp copy : copies) {
      // Parts of a concatenation may have been made in their places.
      if (copy.getSource() == copy.getTarget())
        copy.erase();
      else
        lower(copy);
    }
  }

  static void lower(memref::CopyOp copy) {
    OpBuilder builder(copy);
    Location loc = copy.getLoc();
    auto type = cast<MemRefType>(copy.getTarget().getType());
    auto region = kernel::RegionOp::create(
        builder, loc, TypeRange(), "copy", kernel::Form::Pointwise,
        copy.getSource(), copy.getTarget(), /*schedule=*/nullptr);
    int64_t rank = type.getRank();
    region->setAttr("row_dims", builder.getI64IntegerAttr(rank ? rank - 1 : 0));
    region->setAttr("domain_rank", builder.getI64IntegerAttr(rank));
    Block *body = builder.createBlock(&region.getBody());
    for (Value operand : region.getOperands()) {
      auto memref = cast<MemRefType>(operand.getType());
      body->addArgument(
          RankedTensorType::get(memref.getShape(), memref.getElementType()),
          loc);
    }
    AffineMap identity = builder.getMultiDimIdentityMap(rank);
    SmallVector<utils::IteratorType> parallel(rank,
                                              utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        builder, loc, body->getArgument(1).getType(), body->getArgument(0),
        body->getArgument(1), ArrayRef<AffineMap>{identity, identity}, parallel,
        [](OpBuilder &nested, Location nestedLoc, ValueRange values) {
          linalg::YieldOp::create(nested, nestedLoc, values[0]);
        });
    kernel::YieldOp::create(builder, loc, generic.getResult(0));
    copy.erase();
  }
};
} // namespace
