//===- OpenShapes.cpp - Whole vectors of sizes known at run time ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenShapes.h"

#include "../Codegen/Reductions.h"
#include "../Codegen/Strides.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// More elements than this are not counted in 32 bits, even with threads behind
/// the last one.
static constexpr int64_t maxShort = int64_t(1) << 31;

static bool isOpen(Value size) { return !constantOf(size); }

OpenShapes::OpenShapes(OpBuilder &builder, kernel::RegionOp region,
                       ValueRange sizes, unsigned vectorDim, AffineMap domain)
    : math(builder, region.getLoc()), builder(builder), sizes(sizes),
      vectorDim(vectorDim) {
  unsigned rank = sizes.size();
  if (!domain)
    domain = AffineMap::getMultiDimIdentityMap(rank, builder.getContext());
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumLoops() != rank)
      continue;
    for (OpOperand *input : linalgOp.getDpsInputOperands())
      if (auto argument = dyn_cast<BlockArgument>(input->get()))
        add(region.getOperand(argument.getArgNumber()),
            linalgOp.getMatchingIndexingMap(input)
                .compose(getLoopMap(linalgOp))
                .compose(domain));
  }
  for (auto [init, value] :
       llvm::zip_equal(region.getInits(), region.getYieldedValues()))
    add(init, getDomainMap(value, rank).compose(domain));
}

/// Vectors are of neighbours in a buffer of stride 1 along the dimension.
void OpenShapes::add(Value buffer, AffineMap map) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type || type.getRank() != map.getNumResults())
    return;
  auto [strides, offset] = type.getStridesAndOffset();
  bool isOpen = ShapedType::isDynamic(offset) ||
                llvm::any_of(strides, ShapedType::isDynamic);
  AffineExpr along = getAffineDimExpr(vectorDim, map.getContext());
  for (auto [expr, stride] : llvm::zip_equal(map.getResults(), strides))
    if (expr == along && stride == 1 && isOpen)
      buffers.insert(buffer);
}

/// True when a type does not tell whether `width` divides a stride.
static bool isStrideOpen(MemRefType type, int64_t dim, int64_t width) {
  return ShapedType::isDynamic(type.getStridesAndOffset().first[dim]) &&
         getStrideFactors(type)[dim] % width != 0;
}

bool OpenShapes::isCertain(int64_t width) const {
  if (width == 1)
    return true;
  return !isOpen(sizes[vectorDim]) && llvm::all_of(buffers, [&](Value buffer) {
    auto type = cast<MemRefType>(buffer.getType());
    if (ShapedType::isDynamic(type.getStridesAndOffset().second))
      return false;
    return llvm::none_of(llvm::seq<int64_t>(type.getRank()), [&](int64_t dim) {
      return isStrideOpen(type, dim, width);
    });
  });
}

SmallVector<Value> OpenShapes::getOpenStrides(Value buffer, int64_t width) {
  auto type = cast<MemRefType>(buffer.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  SmallVector<Value> open;
  auto isUnknown = [&](int64_t dim) { return isStrideOpen(type, dim, width); };
  if (type.getLayout().isIdentity()) {
    Value stride = math.constant(1);
    for (int64_t dim = type.getRank() - 1; dim > 0; --dim) {
      Value size = type.isDynamicDim(dim)
                       ? math.fold<memref::DimOp>(buffer, dim)
                       : math.constant(type.getDimSize(dim));
      stride = math.fold<arith::MulIOp>(stride, size);
      if (isUnknown(dim - 1))
        open.push_back(stride);
    }
    return open;
  }
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, math.loc(), buffer);
  for (auto [dim, value] : llvm::enumerate(metadata.getStrides()))
    if (isUnknown(dim))
      open.push_back(value);
  if (ShapedType::isDynamic(offset))
    open.push_back(metadata.getOffset());
  return open;
}

Value OpenShapes::emitCheck(int64_t width) {
  Value zero = math.constant(0), divisor = math.constant(width);
  SmallVector<Value> multiples = {sizes[vectorDim]};
  for (Value buffer : buffers)
    llvm::append_range(multiples, getOpenStrides(buffer, width));
  // All bits of all remainders.
  Value rest = zero;
  for (Value value : multiples)
    rest = math.fold<arith::OrIOp>(rest,
                                   math.fold<arith::RemUIOp>(value, divisor));
  Value isWhole =
      math.fold<arith::CmpIOp>(arith::CmpIPredicate::eq, rest, zero);
  Value isShort = math.fold<arith::CmpIOp>(
      arith::CmpIPredicate::ult, math.multiply(sizes), math.constant(maxShort));
  return math.fold<arith::AndIOp>(isWhole, isShort);
}

void OpenShapes::assume(LaneEmitter &lanes, int64_t width) const {
  for (Value buffer : buffers)
    lanes.assumeStrides(buffer, width);
}

void nvptx::emitEither(OpBuilder &builder, Location loc, Value condition,
                       function_ref<void()> whenTrue,
                       function_ref<void()> whenFalse) {
  if (std::optional<int64_t> known = constantOf(condition))
    return *known ? whenTrue() : whenFalse();
  auto branch =
      scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  whenTrue();
  builder.setInsertionPoint(branch.elseBlock()->getTerminator());
  whenFalse();
}
