//===- TransposePlan.cpp - What kernels read across their results ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Transpose.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Sides below this waste more of a tile than it saves.
static constexpr int64_t minSide = 16;
/// Inputs that go through shared memory.
static constexpr unsigned maxInputs = 4;

std::optional<int64_t> TransposeEmitter::getStride(const Across &input,
                                                   unsigned dim) const {
  auto type = cast<MemRefType>(
      region->getOperand(input.argument.getArgNumber()).getType());
  auto [strides, offset] = type.getStridesAndOffset();
  (void)offset;
  for (auto [expr, stride] : llvm::zip_equal(input.map.getResults(), strides))
    if (expr == getAffineDimExpr(dim, input.map.getContext()))
      return stride;
  return std::nullopt;
}

std::optional<int64_t> TransposeEmitter::getResultStride(unsigned result,
                                                         unsigned dim) const {
  return getResultType(result).getStridesAndOffset().first[dim];
}

/// Results of one shape with neighbours along one dimension.
bool TransposeEmitter::findAlong() {
  auto type = getResultType(0);
  rank = type.getRank();
  std::optional<unsigned> found;
  for (unsigned dim = 0; dim < rank; ++dim)
    if (type.getDimSize(dim) != 1 && getResultStride(0, dim) == 1)
      found = dim;
  if (!found)
    return false;
  for (unsigned result = 0; result < region.getInits().size(); ++result)
    if (getResultType(result).getShape() != type.getShape() ||
        getResultStride(result, *found) != 1 ||
        // Of dynamic sizes only the first result is known to have the domain's.
        (result > 0 && !type.hasStaticShape()))
      return false;
  along.dims.push_back(*found);
  return true;
}

/// The inputs that are read at one place by every op, all over the domain.
bool TransposeEmitter::collectReads() {
  SmallVector<Across> reads;
  SmallPtrSet<Value, 4> elsewhere;
  for (Operation &op : region.getBody().front().without_terminator()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (isa<tensor::DimOp>(op)) // Asks for a size, and reads nothing.
      continue;
    if (!linalgOp) {
      elsewhere.insert(op.operand_begin(), op.operand_end());
      continue;
    }
    if (isa<linalg::FillOp>(op))
      continue;
    if (linalgOp.getNumReductionLoops() || linalgOp.getNumLoops() != rank)
      return false;
    op.walk([&](tensor::ExtractOp extract) {
      elsewhere.insert(extract.getTensor());
    });
    for (OpOperand &init : linalgOp.getDpsInitsMutable())
      if (!linalgOp.getMatchingIndexingMap(&init).isIdentity())
        return false;
    for (OpOperand *input : linalgOp.getDpsInputOperands()) {
      AffineMap map = linalgOp.getMatchingIndexingMap(input);
      auto argument = dyn_cast<BlockArgument>(input->get());
      if (!argument) {
        // What was computed may be read at one place only, too.
        if (isa<RankedTensorType>(input->get().getType()) && !map.isIdentity())
          return false;
        continue;
      }
      if (!isa<RankedTensorType>(argument.getType()))
        continue;
      auto *known = llvm::find_if(
          reads, [&](const Across &read) { return read.argument == argument; });
      if (known == reads.end())
        reads.push_back({argument, map, nullptr});
      else if (known->map != map)
        elsewhere.insert(argument);
    }
  }
  for (const Across &read : reads)
    if (!elsewhere.contains(read.argument) &&
        read.map.isProjectedPermutation() &&
        read.argument.getArgNumber() < numInputs)
      inputs.push_back(read);
  return true;
}

/// Leaves the inputs that have neighbours along one other dimension, the one
/// of the most bytes.
void TransposeEmitter::chooseAcross() {
  SmallVector<std::optional<unsigned>> unit;
  SmallVector<int64_t> bytes(rank, 0);
  for (const Across &input : inputs) {
    std::optional<unsigned> found;
    for (unsigned dim = 0; dim < rank; ++dim)
      if (getStride(input, dim) == 1 && constantOf(sizes[dim]) != 1)
        found = dim;
    // One that is the same for all neighbours in the results is read once.
    if (found && (*found == along.dims[0] || !getStride(input, along.dims[0])))
      found = std::nullopt;
    Type element = getElementTypeOrSelf(input.argument.getType());
    if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8)
      found = std::nullopt;
    unit.push_back(found);
    if (found)
      bytes[*found] += element.getIntOrFloatBitWidth();
  }
  unsigned best = llvm::max_element(bytes) - bytes.begin();
  SmallVector<Across> chosen;
  for (auto [input, dim] : llvm::zip_equal(inputs, unit))
    if (dim == best && chosen.size() < maxInputs)
      chosen.push_back(input);
  inputs = std::move(chosen);
  across.dims.push_back(best);
}

/// Adds dimensions that continue the last one in memory.
void TransposeEmitter::extend(
    Side &of, ArrayRef<unsigned> taken,
    function_ref<std::optional<int64_t>(unsigned)> strideOf) {
  int64_t next = 1;
  for (bool found = true; found;) {
    found = false;
    std::optional<int64_t> size = constantOf(sizes[of.dims.back()]);
    if (!size)
      break;
    next *= *size;
    for (unsigned dim = 0; dim < rank && !found; ++dim)
      if (!llvm::is_contained(taken, dim) &&
          !llvm::is_contained(of.dims, dim) && constantOf(sizes[dim]) &&
          strideOf(dim) == next) {
        of.dims.push_back(dim);
        found = true;
      }
  }
  of.size = constant(1);
  for (unsigned dim : of.dims)
    of.size = fold<arith::MulIOp>(of.size, sizes[dim]);
}

/// Words of 4 bytes at once, as far as they are all there.
void TransposeEmitter::chooseWidths() {
  int64_t bytes = 8;
  for (const Across &input : inputs)
    bytes = std::min<int64_t>(
        bytes,
        getElementTypeOrSelf(input.argument.getType()).getIntOrFloatBitWidth() /
            8);
  int64_t width = bytes < 4 && LaneEmitter::canVectorize(region) ? 2 : 1;
  edge = tileSide * width;
  auto divides = [&](const Side &of) {
    std::optional<int64_t> size = constantOf(sizes[of.dims[0]]);
    return size ? *size % width == 0 : isOpenWhole;
  };
  if (divides(across))
    across.width = width;
  if (divides(along))
    along.width = width;
}

bool TransposeEmitter::isLarge(const Side &of) const {
  std::optional<int64_t> size = constantOf(of.size);
  return !size || *size >= minSide;
}

bool TransposeEmitter::plan() {
  numInputs = region.getInputs().size();
  if (region.getInits().empty() || !findAlong() || !collectReads() ||
      inputs.empty())
    return false;
  Value result = region->getOperand(numInputs);
  for (unsigned dim = 0; dim < rank; ++dim)
    sizes.push_back(getResultType(0).isDynamicDim(dim)
                        ? fold<memref::DimOp>(result, dim)
                        : constant(getResultType(0).getDimSize(dim)));
  chooseAcross();
  if (inputs.empty())
    return false;
  extend(across, along.dims, [&](unsigned dim) -> std::optional<int64_t> {
    std::optional<int64_t> stride = getStride(inputs[0], dim);
    for (const Across &input : inputs)
      if (getStride(input, dim) != stride)
        return std::nullopt;
    return stride;
  });
  extend(along, across.dims, [&](unsigned dim) -> std::optional<int64_t> {
    std::optional<int64_t> stride = getResultStride(0, dim);
    for (unsigned i = 0; i < region.getInits().size(); ++i)
      if (getResultStride(i, dim) != stride)
        return std::nullopt;
    return stride;
  });
  chooseWidths();
  return isLarge(along) && isLarge(across);
}
