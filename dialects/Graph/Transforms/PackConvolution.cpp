//===- PackConvolution.cpp - Weights for channels last --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackConvolution.h"
#include "ConstantView.h"

#include <cmath>

using namespace mlir;
using namespace graphc::graph;

namespace {
/// y = x * scale + shift for each channel.
struct Affine {
  SmallVector<double> scale, shift;
};
} // namespace

/// Nothing unless all of the parameters are constants.
static std::optional<Affine> getAffine(BatchNormOp op) {
  auto get = [](Value value, size_t count,
                double absent) -> std::optional<SmallVector<double>> {
    if (!value)
      return SmallVector<double>(count, absent);
    std::optional<ConstantView> view = ConstantView::get(value);
    if (!view)
      return std::nullopt;
    return view->getVector();
  };
  std::optional<ConstantView> mean = ConstantView::get(op.getMean());
  if (!mean)
    return std::nullopt;
  SmallVector<double> means = mean->getVector();
  auto var = get(op.getVar(), means.size(), 0);
  auto weight = get(op.getWeight(), means.size(), 1);
  auto bias = get(op.getBias(), means.size(), 0);
  if (!var || !weight || !bias)
    return std::nullopt;
  Affine affine;
  for (size_t i = 0; i < means.size(); ++i) {
    double scale =
        (*weight)[i] / std::sqrt((*var)[i] + op.getEps().convertToDouble());
    affine.scale.push_back(scale);
    affine.shift.push_back((*bias)[i] - means[i] * scale);
  }
  return affine;
}

static Value buildVector(OpBuilder &builder, Location loc, FloatType type,
                         StringRef name, ArrayRef<double> values) {
  return buildConstant(builder, loc,
                       RankedTensorType::get(int64_t(values.size()), type),
                       name, [&](MutableArrayRef<char> bytes) {
                         for (auto [i, value] : llvm::enumerate(values))
                           storeFloat(bytes, type, i, value);
                       });
}

/// A name for what is made of `value`.
static std::string nameOf(Value value, StringRef suffix) {
  std::string name = "constant";
  if (auto loc = dyn_cast<NameLoc>(value.getLoc()))
    name = loc.getName().str();
  return name + suffix.str();
}

namespace {

/// Copies a weight [O, C/groups, kernel..] into another order. The innermost
/// output dimension is a tile of consecutive outputs of one group.
class WeightCopy {
public:
  WeightCopy(const ConstantView &source, ArrayRef<double> scale,
             int64_t outPerGroup, int64_t tile)
      : source(source), scale(scale), outPerGroup(outPerGroup), tile(tile) {
    for (int64_t dim = 2; dim < int64_t(source.shape.size()); ++dim)
      order.push_back(dim);
    order.push_back(1);
  }

  /// [tiles, kernel.., C/groups, tile]
  void run(MutableArrayRef<char> bytes) {
    switch (Type(source.elementType).getIntOrFloatBitWidth()) {
    case 16:
      return copyTiles<uint16_t>(bytes);
    case 32:
      return copyTiles<float>(bytes);
    default:
      return copyTiles<double>(bytes);
    }
  }

private:
  template <typename T>
  void copyTiles(MutableArrayRef<char> bytes) {
    int64_t to = 0;
    for (int64_t group = 0; group < source.shape[0]; group += outPerGroup)
      for (int64_t o = 0; o < outPerGroup; o += tile) {
        int64_t count = std::min(tile, outPerGroup - o);
        to = copy<T>(bytes, 0, (group + o) * source.strides[0], group + o,
                     count, to);
      }
  }

  /// Copies dimensions from `depth` of the order on; returns the end.
  template <typename T>
  int64_t copy(MutableArrayRef<char> bytes, size_t depth, int64_t from,
               int64_t o, int64_t count, int64_t to) {
    if (depth < order.size()) {
      for (int64_t i = 0; i < source.shape[order[depth]]; ++i)
        to = copy<T>(bytes, depth + 1, from + i * source.strides[order[depth]],
                     o, count, to);
      return to;
    }
    const T *data = reinterpret_cast<const T *>(source.bytes.data());
    T *target = reinterpret_cast<T *>(bytes.data());
    for (int64_t i = 0; i < count; ++i) {
      int64_t place = from + i * source.strides[0];
      if (scale.empty())
        target[to + i] = data[place];
      else
        storeFloat(bytes, source.elementType, to + i,
                   source.at(place) * scale[o + i]);
    }
    return to + tile;
  }

  const ConstantView &source;
  ArrayRef<double> scale;
  int64_t outPerGroup, tile;
  SmallVector<int64_t> order;
};

} // namespace

/// Ops that bring a weight of `op` into the order of WeightCopy whenever the
/// program runs, or into [kernel.., C/groups, O] without a tile.
static Value buildPacking(OpBuilder &builder, ConvolutionOp op, Value weight,
                          int64_t tile) {
  Location loc = op.getLoc();
  SmallVector<int64_t> shape =
      *cast<StridedTensorType>(weight.getType()).getStaticShape();
  int64_t groups = op.getGroups(), outPerGroup = shape[0] / groups;
  auto exprs = [&](ArrayRef<int64_t> values) {
    return ExprArrayAttr::get(
        builder.getContext(), llvm::map_to_vector(values, [&](int64_t value) {
          return Expr::constant(builder.getContext(), value);
        }));
  };
  auto reshape = [&](ArrayRef<int64_t> sizes) {
    weight =
        tryBuild<ReshapeOp>(builder, loc, weight, exprs(sizes))->getResult();
    shape.assign(sizes.begin(), sizes.end());
  };
  // [O, C, kernel..], or [tiles, tile, C, kernel..].
  int64_t first = 0;
  if (tile) {
    int64_t tiles = llvm::divideCeil(outPerGroup, tile);
    if (int64_t missing = tiles * tile - outPerGroup) {
      SmallVector<int64_t> split{groups, outPerGroup};
      llvm::append_range(split, ArrayRef(shape).drop_front());
      reshape(split);
      SmallVector<int64_t> low(shape.size(), 0), high = low;
      high[1] = missing;
      weight =
          tryBuild<PadOp>(
              builder, loc, weight, exprs(low), exprs(high),
              cast<TypedAttr>(builder.getZeroAttr(
                  cast<StridedTensorType>(weight.getType()).getElementType())))
              ->getResult();
      shape.erase(shape.begin());
    }
    SmallVector<int64_t> tiled{groups * tiles, tile};
    llvm::append_range(tiled, ArrayRef(shape).drop_front());
    reshape(tiled);
    first = 1;
  }
  SmallVector<int64_t> perm;
  if (tile)
    perm.push_back(0);
  for (int64_t dim = first + 2; dim < int64_t(shape.size()); ++dim)
    perm.push_back(dim);
  perm.append({first + 1, first});
  return tryBuild<PermuteOp>(builder, loc, weight, perm)->getResult();
}

namespace {

/// What folding computes from values, as ops on constants without any: in
/// double precision, in the same order.
class LateFolding {
public:
  LateFolding(OpBuilder &builder, Operation *op)
      : builder(builder), loc(op->getLoc()), f64(builder.getF64Type()) {}

  /// The scale and shift of `norm`.
  std::pair<Value, Value> build(BatchNormOp norm) {
    Value eps = number(norm.getEps().convertToDouble());
    Value root = tryBuild<SqrtOp>(
                     builder, loc,
                     tryBuild<AddOp>(builder, loc, widen(norm.getVar()), eps)
                         ->getResult())
                     ->getResult();
    Value weight = norm.getWeight() ? widen(norm.getWeight()) : number(1);
    Value scale = tryBuild<DivOp>(builder, loc, weight, root)->getResult();
    Value moved = multiply(widen(norm.getMean()), scale);
    Value bias = norm.getBias() ? widen(norm.getBias()) : number(0);
    return {scale, tryBuild<SubOp>(builder, loc, bias, moved)->getResult()};
  }

  /// Weight and bias of `op` with those multiplied in.
  std::pair<Value, Value> fold(ConvolutionOp op, BatchNormOp norm) {
    auto [scale, shift] = build(norm);
    auto type = cast<StridedTensorType>(op.getWeight().getType());
    Value bias = op.getBias() ? widen(op.getBias()) : number(0);
    bias = tryBuild<AddOp>(builder, loc, multiply(bias, scale), shift)
               ->getResult();
    SmallVector<Expr> sizes(type.getRank(),
                            Expr::constant(builder.getContext(), 1));
    sizes[0] = type.getDim(0);
    Value column =
        tryBuild<ReshapeOp>(builder, loc, scale,
                            ExprArrayAttr::get(builder.getContext(), sizes))
            ->getResult();
    Value weight = multiply(widen(op.getWeight()), column);
    return {narrow(weight, type.getElementType()),
            narrow(bias, type.getElementType())};
  }

  Value narrow(Value value, Type element) {
    if (cast<StridedTensorType>(value.getType()).getElementType() == element)
      return value;
    return tryBuild<CastOp>(builder, loc, value, TypeAttr::get(element))
        ->getResult();
  }

private:
  Value widen(Value value) { return narrow(value, f64); }
  Value multiply(Value a, Value b) {
    return tryBuild<MulOp>(builder, loc, a, b)->getResult();
  }
  Value number(double value) {
    auto elements =
        DenseElementsAttr::get(RankedTensorType::get({}, f64), value);
    return tryBuild<ConstantOp>(builder, loc, elements)->getResult();
  }

  OpBuilder &builder;
  Location loc;
  Type f64;
};

} // namespace

/// Whether all parameters of `norm` are constants, of which some have values
/// only when the program is loaded.
static bool isLate(BatchNormOp norm, ValueRange others = {}) {
  bool isAnyLate = false;
  SmallVector<Value> values(others);
  llvm::append_values(values, norm.getMean(), norm.getVar(), norm.getWeight(),
                      norm.getBias());
  for (Value value : values) {
    bool isLate = value && isConstantWithoutValues(value);
    if (value && !isLate && !ConstantView::get(value))
      return false;
    isAnyLate |= isLate;
  }
  return isAnyLate;
}

FailureOr<PackedWeights> graphc::graph::packConvolution(OpBuilder &builder,
                                                        ConvolutionOp op,
                                                        BatchNormOp norm,
                                                        int64_t lanes) {
  auto type = cast<StridedTensorType>(op.getWeight().getType());
  auto shape = type.getStaticShape();
  if (op.getTransposed() || op.getChannelsLast() || !shape ||
      !isa<FloatType>(type.getElementType()))
    return failure();
  // A weight that is rounded again errs in the same way at every pixel: where
  // pixels are averaged that stays, other than the rounding of each.
  if (norm && type.getElementType().getIntOrFloatBitWidth() < 32)
    return failure();
  int64_t groups = op.getGroups(), out = (*shape)[0];
  int64_t outPerGroup = out / groups, inPerGroup = (*shape)[1];
  std::optional<ConstantView> weight = ConstantView::get(op.getWeight());
  std::optional<Affine> affine;
  SmallVector<double> bias(out, 0.0);
  if (norm && isLate(norm, {op.getWeight(), op.getBias()})) {
    weight.reset();
  } else if (norm) {
    affine = getAffine(norm);
    if (!affine || !weight)
      return failure();
    if (op.getBias()) {
      std::optional<ConstantView> view = ConstantView::get(op.getBias());
      if (!view)
        return failure();
      bias = view->getVector();
    }
    for (int64_t i = 0; i < out; ++i)
      bias[i] = bias[i] * affine->scale[i] + affine->shift[i];
  }

  SmallVector<int64_t> kernel(shape->begin() + 2, shape->end());
  bool isDepthwise = groups != 1 && inPerGroup == 1;
  int64_t tile = isDepthwise ? out : outPerGroup <= lanes ? lanes : 2 * lanes;
  if (!weight) {
    PackedWeights late{op.getWeight(), op.getBias(), isDepthwise ? 0 : out};
    if (norm)
      std::tie(late.weight, late.bias) =
          LateFolding(builder, op).fold(op, norm);
    late.weight =
        buildPacking(builder, op, late.weight, isDepthwise ? 0 : tile);
    if (!late.weight)
      return failure();
    return late;
  }
  SmallVector<int64_t> packedShape(kernel);
  packedShape.append({inPerGroup, tile});
  if (!isDepthwise)
    packedShape.insert(packedShape.begin(),
                       groups * llvm::divideCeil(outPerGroup, tile));
  WeightCopy copy(*weight,
                  affine ? ArrayRef<double>(affine->scale) : ArrayRef<double>(),
                  isDepthwise ? out : outPerGroup, tile);
  PackedWeights packed;
  packed.weight =
      buildConstant(builder, op.getWeight().getLoc(),
                    RankedTensorType::get(packedShape, weight->elementType),
                    nameOf(op.getWeight(), ".packed"),
                    [&](MutableArrayRef<char> bytes) { copy.run(bytes); });
  packed.bias = norm ? buildVector(builder, op.getLoc(), weight->elementType,
                                   nameOf(op.getWeight(), ".bias"), bias)
                     : op.getBias();
  packed.outChannels = isDepthwise ? 0 : out;
  if (!packed.weight)
    return failure();
  return packed;
}

FailureOr<std::pair<Value, Value>>
graphc::graph::buildAffine(OpBuilder &builder, BatchNormOp op) {
  Location loc = op.getLoc();
  auto input = cast<StridedTensorType>(op.getInput().getType());
  FloatType type = input.getElementType().isF64() ? builder.getF64Type()
                                                  : builder.getF32Type();
  if (std::optional<Affine> affine = getAffine(op))
    return std::pair(buildVector(builder, loc, type,
                                 nameOf(op.getMean(), ".scale"), affine->scale),
                     buildVector(builder, loc, type,
                                 nameOf(op.getMean(), ".shift"),
                                 affine->shift));
  if (isLate(op)) {
    LateFolding folding(builder, op);
    auto [scale, shift] = folding.build(op);
    return std::pair(folding.narrow(scale, type), folding.narrow(shift, type));
  }
  auto widen = [&](Value value) -> Value {
    if (!value ||
        cast<StridedTensorType>(value.getType()).getElementType() == Type(type))
      return value;
    return tryBuild<CastOp>(builder, loc, value, TypeAttr::get(type))
        ->getResult();
  };
  Value mean = widen(op.getMean()), var = widen(op.getVar());
  Value weight = widen(op.getWeight()), bias = widen(op.getBias());
  auto scalar = DenseElementsAttr::get(
      RankedTensorType::get({}, type),
      builder.getFloatAttr(type, op.getEps().convertToDouble()).getValue());
  Value eps = tryBuild<ConstantOp>(builder, loc, scalar)->getResult();
  Value sum = tryBuild<AddOp>(builder, loc, var, eps)->getResult();
  Value scale = tryBuild<RsqrtOp>(builder, loc, sum)->getResult();
  if (weight)
    scale = tryBuild<MulOp>(builder, loc, scale, weight)->getResult();
  Value moved = tryBuild<MulOp>(builder, loc, mean, scale)->getResult();
  Value shift = bias ? tryBuild<SubOp>(builder, loc, bias, moved)->getResult()
                     : tryBuild<NegOp>(builder, loc, moved)->getResult();
  return std::pair(scale, shift);
}
