//===- SplitCopies.cpp - Copies from windows of a tensor ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SplitCopies.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Bytes that a step's offset may reach, in an i32.
static constexpr int64_t maxOffset = int64_t(1) << 30;

bool SplitCopies::matchSource(Value tensor) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  low.assign(rank, 0);
  paddedSizes.assign(rank, std::nullopt);
  if (auto pad = tensor.getDefiningOp<tensor::PadOp>()) {
    Value fill = pad.getConstantPaddingValue();
    if (!fill || !matchPattern(fill, m_AnyZeroFloat()))
      return false;
    tensor = pad.getSource();
    auto shape = cast<RankedTensorType>(tensor.getType()).getShape();
    for (int64_t dim = 0; dim < rank; ++dim) {
      std::optional<int64_t> before =
                                 getConstantIntValue(pad.getMixedLowPad()[dim]),
                             behind = getConstantIntValue(
                                 pad.getMixedHighPad()[dim]);
      if (before == 0 && behind == 0)
        continue;
      if (!before || *before < 0 || ShapedType::isDynamic(shape[dim]))
        return false;
      low[dim] = *before;
      paddedSizes[dim] = shape[dim];
    }
  }
  auto argument = dyn_cast<BlockArgument>(tensor);
  if (!argument)
    return false;
  buffer = lanes.getRegion().getOperand(argument.getArgNumber());
  return true;
}

/// Adds each term of `expr` to what it depends on.
static bool split(AffineExpr expr, ArrayRef<unsigned> depthDims,
                  AffineExpr &line, AffineExpr &depth) {
  if (expr.getKind() == AffineExprKind::Add) {
    auto sum = cast<AffineBinaryOpExpr>(expr);
    return split(sum.getLHS(), depthDims, line, depth) &&
           split(sum.getRHS(), depthDims, line, depth);
  }
  bool hasDepth = false, hasLine = false;
  expr.walk([&](AffineExpr inner) {
    if (auto dim = dyn_cast<AffineDimExpr>(inner))
      (llvm::is_contained(depthDims, dim.getPosition()) ? hasDepth : hasLine) =
          true;
  });
  if (hasDepth && hasLine)
    return false;
  AffineExpr &part = hasDepth ? depth : line;
  part = part + expr;
  return true;
}

bool SplitCopies::splitMap(AffineMap map) {
  AffineExpr zero = getAffineConstantExpr(0, builder.getContext());
  for (AffineExpr expr : map.getResults()) {
    ofLine.push_back(zero);
    ofDepth.push_back(zero);
    if (!split(expr, product.depth, ofLine.back(), ofDepth.back()))
      return false;
  }
  linalg::LinalgOp op = product.op;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (unsigned dim : product.depth) {
    if (ShapedType::isDynamic(ranges[dim]))
      return false;
    depthSizes.push_back(ranges[dim]);
  }
  return true;
}

/// Whether strides are known and offsets of steps fit.
bool SplitCopies::isSmall() {
  auto type = cast<MemRefType>(buffer.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  int64_t bytes = type.getElementTypeBitWidth() / 8, reach = 0;
  for (auto [dim, stride] : llvm::enumerate(strides)) {
    if (ShapedType::isDynamic(stride))
      return false;
    if (ofDepth[dim] == 0)
      continue;
    if (type.isDynamicDim(dim))
      return false;
    reach += type.getDimSize(dim) * stride * bytes;
  }
  int64_t steps = depth;
  for (int64_t size : depthSizes)
    steps *= size;
  return reach < maxOffset && steps < maxOffset;
}

std::optional<SplitCopies> SplitCopies::match(LaneEmitter &lanes,
                                              const Product &product,
                                              bool isLeft, int64_t depth) {
  linalg::LinalgOp op = product.op;
  OpOperand *operand =
      op.getDpsInputOperand(isLeft ? product.left : product.right);
  SplitCopies copies(lanes, product, depth);
  if (!copies.matchSource(operand->get()) ||
      !copies.splitMap(op.getMatchingIndexingMap(operand)) || !copies.isSmall())
    return std::nullopt;
  return copies;
}

SplitCopies::Line SplitCopies::getLine(ProductLoops::Indices indices) {
  linalg::LinalgOp op = product.op;
  lanes.setLanes(1);
  for (unsigned dim : product.depth)
    indices[dim] = LaneValue::uniform(lanes.constantIndex(0));
  SmallVector<LaneValue> at = lanes.apply(
      AffineMap::get(op.getNumLoops(), 0, ofLine, builder.getContext()),
      indices);
  Line line;
  SmallVector<Value> start;
  for (auto [dim, value] : llvm::enumerate(at)) {
    start.push_back(builder.createOrFold<arith::SubIOp>(
        loc(), lanes.materialize(value), lanes.constantIndex(low[dim])));
    if (paddedSizes[dim])
      line.starts.push_back(i32.toI32(start.back()));
  }
  line.pointer = getPointer(builder, loc(), buffer, start);
  return line;
}

/// `expr` on i32; no index is negative.
Value SplitCopies::evaluate(AffineExpr expr, ArrayRef<Value> steps) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return steps[dim.getPosition()];
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return i32.number(constant.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value left = evaluate(binary.getLHS(), steps),
        right = evaluate(binary.getRHS(), steps);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return i32.add(left, right);
  case AffineExprKind::Mul:
    return i32.mul(left, right);
  case AffineExprKind::Mod:
    return i32.rem(left, right);
  case AffineExprKind::CeilDiv:
    return i32.div(i32.add(left, i32.sub(right, i32.number(1))), right);
  default:
    return i32.div(left, right);
  }
}

SplitCopies::Step SplitCopies::getStep(Value from, Value at) {
  int64_t total = 1;
  for (int64_t size : depthSizes)
    total *= size;
  // Where a panel stays in one iteration of the outer loops, that is the same
  // for all threads.
  bool isUniform = depthSizes.back() % depth == 0;
  Value rest = i32.toI32(from);
  if (!isUniform)
    rest = i32.add(rest, at);
  Step step;
  if (total % depth != 0)
    step.isThere = builder.createOrFold<arith::CmpIOp>(
        loc(), arith::CmpIPredicate::ult, rest, i32.number(total));
  linalg::LinalgOp op = product.op;
  SmallVector<Value> steps(op.getNumLoops());
  for (auto [dim, size] :
       llvm::reverse(llvm::zip_equal(product.depth, depthSizes))) {
    bool isOuter = dim == product.depth.front();
    steps[dim] = isOuter ? rest : i32.rem(rest, size);
    rest = isOuter ? rest : i32.div(rest, size);
    if (isUniform && dim == product.depth.back())
      steps[dim] = i32.add(steps[dim], at);
  }
  auto type = cast<MemRefType>(buffer.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  step.offset = i32.number(0);
  for (auto [dim, expr] : llvm::enumerate(ofDepth)) {
    Value index = evaluate(expr, steps);
    step.offset = i32.add(step.offset, i32.mul(index, strides[dim] * bytes));
    if (paddedSizes[dim])
      step.starts.push_back(index);
  }
  return step;
}

SplitCopies::Line SplitCopies::getLine(ProductLoops &loops,
                                       ArrayRef<unsigned> dims,
                                       ProductLoops::Indices indices,
                                       Value line, Value numLines) {
  Value isThere = builder.createOrFold<arith::CmpIOp>(
      loc(), arith::CmpIPredicate::ult, line, numLines);
  loops.expand(dims,
               builder.createOrFold<arith::SelectOp>(loc(), isThere, line,
                                                     lanes.constantIndex(0)),
               indices);
  return getLine(indices);
}

Value SplitCopies::isInside(const Line &line, const Step &step) {
  Value isThere = step.isThere;
  unsigned next = 0;
  for (std::optional<int64_t> size : paddedSizes) {
    if (!size)
      continue;
    // As unsigned numbers, negative indices are beyond every size.
    Value inside = builder.createOrFold<arith::CmpIOp>(
        loc(), arith::CmpIPredicate::ult,
        i32.add(line.starts[next], step.starts[next]), i32.number(*size));
    isThere = isThere
                  ? builder.createOrFold<arith::AndIOp>(loc(), isThere, inside)
                  : inside;
    ++next;
  }
  return isThere;
}

void SplitCopies::copy(Value to, const Line &line, const Step &step) {
  Value isThere = isInside(line, step), valid;
  if (isThere)
    valid = builder.createOrFold<arith::SelectOp>(
        loc(), isThere, i32.number(pieceBytes), i32.number(0));
  // Nothing is read where no byte is valid.
  copyAsync(builder, loc(), to,
            advance(builder, loc(), line.pointer, step.offset), pieceBytes,
            valid);
}

/// What is not there is read from the beginning of the buffer and then zero.
Value SplitCopies::read(const Line &line, const Step &step, VectorType type) {
  Value isThere = isInside(line, step);
  Value from = advance(builder, loc(), line.pointer, step.offset);
  if (isThere) {
    SmallVector<Value> start(cast<MemRefType>(buffer.getType()).getRank(),
                             lanes.constantIndex(0));
    from = arith::SelectOp::create(builder, loc(), isThere, from,
                                   getPointer(builder, loc(), buffer, start));
  }
  Value piece = LLVM::LoadOp::create(
      builder, loc(), type,
      LLVM::AddrSpaceCastOp::create(
          builder, loc(), LLVM::LLVMPointerType::get(builder.getContext(), 1),
          from),
      pieceBytes);
  if (!isThere)
    return piece;
  return arith::SelectOp::create(
      builder, loc(), isThere, piece,
      arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type)));
}
