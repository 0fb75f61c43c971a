//===- ConvolutionShape.cpp - What a convolution reads --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionShape.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc::cpu;
using graphc::kernel::RegionOp;
using linalg::LinalgOp;

int64_t ConvolutionShape::xStride(unsigned dim) const {
  auto [strides, offset] = xType.getStridesAndOffset();
  (void)offset;
  return ShapedType::isDynamic(strides[dim]) ? -1 : strides[dim];
}

/// The value of a linear expression where `dim` is 1 and all else 0.
static std::optional<int64_t> coefficient(AffineExpr expr, unsigned dim,
                                          unsigned numDims) {
  SmallVector<AffineExpr> zeros(numDims,
                                getAffineConstantExpr(0, expr.getContext()));
  zeros[dim] = getAffineConstantExpr(1, expr.getContext());
  auto value = dyn_cast<AffineConstantExpr>(expr.replaceDims(zeros));
  return value ? std::optional(value.getValue()) : std::nullopt;
}

static bool isLinear(AffineExpr expr) {
  bool isLinear = true;
  expr.walk([&](AffineExpr inner) {
    AffineExprKind kind = inner.getKind();
    isLinear &= kind == AffineExprKind::Add || kind == AffineExprKind::Mul ||
                kind == AffineExprKind::DimId ||
                kind == AffineExprKind::Constant;
  });
  return isLinear;
}

/// Looks through padding of windows with zeros; false for any other producer.
static bool findInput(ConvolutionShape &shape, Value x) {
  if (auto pad = x.getDefiningOp<tensor::PadOp>()) {
    Value value = pad.getConstantPaddingValue();
    if (!value || !(matchPattern(value, m_AnyZeroFloat()) ||
                    matchPattern(value, m_Zero())))
      return false;
    shape.pad = pad;
    x = pad.getSource();
  }
  shape.xTensor = x;
  return isa<BlockArgument>(x);
}

/// Sorts the dimensions of x into batch, windows and the channel.
static bool readInputMap(ConvolutionShape &shape, AffineMap map) {
  unsigned parallel = shape.op.getNumParallelLoops();
  unsigned numLoops = shape.op.getNumLoops();
  unsigned out = parallel - 1;
  unsigned channel = shape.isDepthwise ? out : numLoops - 1;
  unsigned numWindows = numLoops - parallel - (shape.isDepthwise ? 0 : 1);
  if (numWindows == 0 || out < numWindows)
    return false;
  unsigned numBatch = out - numWindows;
  shape.batch.assign(numBatch, ~0u);
  shape.windows.assign(numWindows, {~0u, 1, 1, 1});
  bool hasChannel = false;
  for (auto [xDim, expr] : llvm::enumerate(map.getResults())) {
    SmallVector<unsigned> dims;
    for (unsigned dim = 0; dim < numLoops; ++dim)
      if (expr.isFunctionOfDim(dim))
        dims.push_back(dim);
    if (expr.isFunctionOfDim(channel)) {
      if (hasChannel)
        return false;
      hasChannel = true;
      shape.xChannel = xDim;
    } else if (dims.size() == 1 && dims[0] < numBatch &&
               isa<AffineDimExpr>(expr)) {
      shape.batch[dims[0]] = xDim;
    } else if (dims.size() == 2 && dims[0] >= numBatch && dims[0] < out &&
               dims[1] == dims[0] - numBatch + parallel && isLinear(expr)) {
      std::optional<int64_t> stride = coefficient(expr, dims[0], numLoops);
      std::optional<int64_t> dilation = coefficient(expr, dims[1], numLoops);
      if (!stride || !dilation || *stride < 1 || *dilation < 1)
        return false;
      shape.windows[dims[0] - numBatch] = {unsigned(xDim), *stride, *dilation,
                                           1};
    } else {
      return false;
    }
  }
  return hasChannel && !llvm::is_contained(shape.batch, ~0u) &&
         llvm::none_of(shape.windows,
                       [](auto &window) { return window.xDim == ~0u; });
}

/// Whether no result of the map of x is a channel to sum over.
static bool isDepthwiseMap(LinalgOp op, AffineMap map) {
  unsigned out = op.getNumParallelLoops() - 1, last = op.getNumLoops() - 1;
  return llvm::none_of(map.getResults(), [&](AffineExpr expr) {
    return expr.isFunctionOfDim(last) &&
           llvm::none_of(llvm::seq(out), [&](unsigned dim) {
             return expr.isFunctionOfDim(dim);
           });
  });
}

static bool checkDepthwise(ConvolutionShape &shape, AffineMap xMap,
                           AffineMap wMap) {
  MLIRContext *context = xMap.getContext();
  unsigned parallel = shape.op.getNumParallelLoops();
  unsigned numLoops = shape.op.getNumLoops();
  AffineExpr o = getAffineDimExpr(parallel - 1, context);
  SmallVector<AffineExpr> exprs;
  for (unsigned dim = parallel; dim < numLoops; ++dim)
    exprs.push_back(getAffineDimExpr(dim, context));
  exprs.append({getAffineConstantExpr(0, context), o});
  return xMap.getResult(shape.xChannel) == o &&
         wMap == AffineMap::get(numLoops, 0, exprs, context);
}

/// The maps of x's channel and of the weight for what is known of `shape`.
static bool checkGroups(ConvolutionShape &shape, AffineMap xMap,
                        AffineMap wMap) {
  MLIRContext *context = xMap.getContext();
  unsigned parallel = shape.op.getNumParallelLoops();
  unsigned numLoops = shape.op.getNumLoops();
  AffineExpr o = getAffineDimExpr(parallel - 1, context);
  AffineExpr c = getAffineDimExpr(numLoops - 1, context);
  AffineExpr group = getAffineConstantExpr(0, context), inGroup = o;
  if (shape.groups != 1) {
    group = o.floorDiv(shape.outPerGroup);
    inGroup = o % shape.outPerGroup;
  }
  AffineExpr channel = group * shape.inPerGroup + c;
  SmallVector<AffineExpr> exprs;
  if (shape.isTiled)
    exprs.push_back(group * llvm::divideCeil(shape.outPerGroup, shape.tile) +
                    inGroup.floorDiv(shape.tile));
  for (unsigned dim = parallel; dim < numLoops; ++dim)
    exprs.push_back(getAffineDimExpr(dim, context));
  exprs.push_back(shape.isTiled ? inGroup % shape.tile : o);
  return simplifyAffineExpr(xMap.getResult(shape.xChannel), numLoops, 0) ==
             simplifyAffineExpr(channel, numLoops, 0) &&
         simplifyAffineMap(wMap) ==
             simplifyAffineMap(AffineMap::get(numLoops, 0, exprs, context));
}

/// Outputs per group as the channel that is read says.
static int64_t readGroups(ConvolutionShape &shape, AffineExpr channel,
                          int64_t outputs) {
  int64_t perGroup = outputs;
  if (channel.isFunctionOfDim(shape.op.getNumParallelLoops() - 1))
    perGroup = 1;
  channel.walk([&](AffineExpr inner) {
    if (inner.getKind() == AffineExprKind::FloorDiv)
      if (auto divisor = dyn_cast<AffineConstantExpr>(
              cast<AffineBinaryOpExpr>(inner).getRHS()))
        perGroup = divisor.getValue();
  });
  return perGroup;
}

std::optional<ConvolutionShape> ConvolutionShape::get(RegionOp region) {
  ConvolutionShape shape;
  for (Operation &candidate : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(candidate);
    if (!linalgOp || linalgOp.getNumReductionLoops() == 0)
      continue;
    if (shape.op)
      return std::nullopt;
    shape.op = linalgOp;
  }
  if (!shape.op || shape.op.getNumDpsInputs() != 2 ||
      shape.op.getNumDpsInits() != 1)
    return std::nullopt;
  OpOperand *x = shape.op.getDpsInputOperand(0);
  OpOperand *w = shape.op.getDpsInputOperand(1);
  AffineMap xMap = shape.op.getMatchingIndexingMap(x);
  AffineMap wMap = shape.op.getMatchingIndexingMap(w);
  if (shape.op.getNumParallelLoops() == 0)
    return std::nullopt;
  shape.isDepthwise = isDepthwiseMap(shape.op, xMap);
  if (!findInput(shape, x->get()) || !isa<BlockArgument>(w->get()) ||
      !readInputMap(shape, xMap))
    return std::nullopt;
  auto bufferOf = [&](Value tensor) {
    return region.getOperand(cast<BlockArgument>(tensor).getArgNumber());
  };
  shape.xBuffer = bufferOf(shape.xTensor);
  shape.wBuffer = bufferOf(w->get());
  shape.xType = cast<MemRefType>(shape.xBuffer.getType());
  if (shape.pad) {
    // Only windows are padded.
    auto isPadded = [&](unsigned dim) {
      return !isZeroInteger(shape.pad.getMixedLowPad()[dim]) ||
             !isZeroInteger(shape.pad.getMixedHighPad()[dim]);
    };
    if (isPadded(shape.xChannel) || llvm::any_of(shape.batch, isPadded))
      return std::nullopt;
  }

  auto wType = cast<MemRefType>(shape.wBuffer.getType());
  auto result = cast<RankedTensorType>(shape.op->getResult(0).getType());
  int64_t outputs = result.getShape().back();
  unsigned numWindows = shape.windows.size();
  if (!wType.hasStaticShape() || !wType.getLayout().isIdentity() ||
      ShapedType::isDynamic(outputs))
    return std::nullopt;
  shape.isTiled = wType.getRank() == numWindows + 3;
  if (!shape.isTiled && wType.getRank() != numWindows + 2)
    return std::nullopt;
  ArrayRef<int64_t> sizes = wType.getShape().drop_front(shape.isTiled ? 1 : 0);
  for (auto [window, size] : llvm::zip(shape.windows, sizes))
    window.kernel = size;
  shape.inPerGroup = sizes[numWindows];
  shape.tile = sizes[numWindows + 1];
  if (shape.isDepthwise) {
    shape.groups = outputs;
    if (shape.isTiled || !checkDepthwise(shape, xMap, wMap))
      return std::nullopt;
    return shape;
  }
  shape.outPerGroup =
      readGroups(shape, xMap.getResult(shape.xChannel), outputs);
  if (shape.outPerGroup < 1 || outputs % shape.outPerGroup)
    return std::nullopt;
  shape.groups = outputs / shape.outPerGroup;
  shape.isUnsigned =
      shape.op.getBlock()
          ->walk([](arith::ExtUIOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  if (!checkGroups(shape, xMap, wMap))
    return std::nullopt;
  return shape;
}
