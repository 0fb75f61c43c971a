//===- Convolution.cpp - Convolutions and their transposes ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

namespace {

/// A convolution over already padded input. Loops: n, group, o, spatial..,
/// c, kernel..; a group of one is no loop.
struct DirectConvolution {
  Tensor input;   ///< [N, groups, C/groups, spatial..] or without groups
  Operand weight; ///< reads [groups, O/groups, C/groups, kernel..]
  SmallVector<Expr> outputSpatial, kernel;
  SmallVector<int64_t> stride, dilation;
  Expr groups, outPerGroup, inPerGroup;
  bool isGrouped;

  Tensor build(LinalgBuilder &b, Type sumType) const;
};

Tensor DirectConvolution::build(LinalgBuilder &b, Type sumType) const {
  int64_t numSpatial = kernel.size(), numGroups = isGrouped ? 1 : 0;
  // Positions of the loops.
  int64_t o = 1 + numGroups, spatial = o + 1, c = spatial + numSpatial;
  int64_t k = c + 1, numLoops = k + numSpatial;
  SmallVector<Expr> domain{input.shape[0]};
  if (isGrouped)
    domain.push_back(groups);
  domain.push_back(outPerGroup);
  llvm::append_range(domain, outputSpatial);
  domain.push_back(inPerGroup);
  llvm::append_range(domain, kernel);

  SmallVector<AffineExpr> inputExprs{b.getAffineDimExpr(0)};
  if (isGrouped)
    inputExprs.push_back(b.getAffineDimExpr(1));
  inputExprs.push_back(b.getAffineDimExpr(c));
  for (int64_t i = 0; i < numSpatial; ++i)
    inputExprs.push_back(b.getAffineDimExpr(spatial + i) * stride[i] +
                         b.getAffineDimExpr(k + i) * dilation[i]);
  SmallVector<int64_t> weightDims;
  if (isGrouped)
    weightDims.push_back(1);
  weightDims.append({o, c});
  for (int64_t i = 0; i < numSpatial; ++i)
    weightDims.push_back(k + i);

  Operand x = b.read(input);
  x.map = AffineMap::get(numLoops, 0, inputExprs, b.getContext());
  return b.reduce(
      domain, llvm::to_vector(llvm::seq<int64_t>(c, numLoops)),
      {x, LinalgBuilder::through(weight, b.select(numLoops, weightDims))},
      {sumType, getNumber(sumType, 0)},
      [](ScalarBuilder &at, ArrayRef<Value> args) {
        return at.add(args[2], at.mul(args[0], args[1]));
      });
}

/// A convolution with channels last. Loops: n, spatial.., o, kernel.., and c
/// unless each group has one input channel. Groups are no loop: the channel
/// that is read and the tile of the weight follow from o. On devices they are,
/// before o, where they have several input channels: many products of matrices.
class ChannelsLastConvolution {
public:
  ChannelsLastConvolution(graph::ConvolutionOp op, LinalgBuilder &b,
                          bool device)
      : op(op), b(b), type(cast<graph::StridedTensorType>(op.getType())),
        weightType(cast<graph::StridedTensorType>(op.getWeight().getType())),
        spatialRank(type.getRank() - 2), device(device) {
    int64_t first = op.getOutChannels() ? 1 : 0;
    kernel = llvm::to_vector(weightType.getShape().slice(first, spatialRank));
    inPerGroup = weightType.getDim(first + spatialRank);
    isDepthwise = inPerGroup == 1 && op.getGroups() != 1;
    hasGroupLoop = device && op.getGroups() != 1 && !isDepthwise;
    o = spatialRank + 1 + hasGroupLoop;
    k = o + 1;
    c = k + spatialRank;
    numLoops = isDepthwise ? c : c + 1;
  }

  Tensor build() {
    SmallVector<Expr> domain = splitChannels(type.getShape());
    llvm::append_range(domain, kernel);
    if (!isDepthwise)
      domain.push_back(inPerGroup);
    Type sumType = getAccumulatorType(type.getElementType());
    Tensor sum = b.reduce(
        domain, llvm::to_vector(llvm::seq<int64_t>(k, numLoops)),
        {readInput(), LinalgBuilder::through(readWeight(), getWeightMap())},
        {sumType, getNumber(sumType, 0)},
        [](ScalarBuilder &at, ArrayRef<Value> args) {
          return at.add(args[2], at.mul(args[0], args[1]));
        });
    sum = b.reshape(sum, type.getShape());
    if (!op.getBias())
      return b.cast(sum, type.getElementType());
    Operand bias = LinalgBuilder::through(
        b.read(op.getBias()), b.select(type.getRank(), type.getRank() - 1));
    return b.pointwise(type.getShape(), {b.read(sum), bias},
                       type.getElementType(),
                       [](ScalarBuilder &at, ArrayRef<Value> args) {
                         return at.add(args[0], args[1]);
                       });
  }

private:
  AffineExpr dim(int64_t position) { return b.getAffineDimExpr(position); }

  static SmallVector<Expr> permute(AffineMap map, ArrayRef<Expr> sizes) {
    SmallVector<Expr> permuted;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      permuted.push_back(sizes[map.getDimPosition(i)]);
    return permuted;
  }

  /// Outputs per group, when there are groups.
  int64_t getOutPerGroup() {
    return *type.getDim(type.getRank() - 1).getConstant() /
           int64_t(op.getGroups());
  }

  /// `shape`, whose last dimension becomes groups and what each has where
  /// groups are a loop.
  SmallVector<Expr> splitChannels(ArrayRef<Expr> shape) {
    SmallVector<Expr> split(shape);
    if (hasGroupLoop) {
      Expr groups = b.expr(op.getGroups());
      split.back() = split.back().floorDiv(groups);
      split.insert(split.end() - 1, groups);
    }
    return split;
  }

  /// Whether the input is an argument of the program, `source`, seen with
  /// channels last, as it lies in the caller's memory.
  bool isInOrder(const Tensor &source) {
    auto argument = dyn_cast<BlockArgument>(source.value);
    Operation *parent = argument ? argument.getOwner()->getParentOp() : nullptr;
    return isa_and_nonnull<FunctionOpInterface>(parent) &&
           cast<graph::StridedTensorType>(op.getInput().getType())
               .isContiguous();
  }

  /// Whether the input is brought into the order in which tensor cores want it
  /// before: channels in pieces of 16 bytes. Images whose channels are no such
  /// pieces are copied later on, in another way.
  bool isCopied(const Tensor &input, const Tensor &source,
                AffineMap permutation) {
    if (!device || permutation.isIdentity() || isInOrder(source))
      return false;
    std::optional<int64_t> channels = input.shape.back().getConstant();
    return hasGroupLoop || (input.elementType.isIntOrFloat() &&
                            input.elementType.getIntOrFloatBitWidth() == 16 &&
                            channels && *channels % 8 == 0);
  }

  /// What `value` is a permutation of, and the map from the dimensions of
  /// `value` to those of that.
  std::pair<Tensor, AffineMap> lookThroughPermutation(Value value) {
    Operand operand = b.read(value);
    Tensor source = b.tensor(value);
    if (!operand.tensor || !operand.map.isPermutation())
      return {source, b.getMultiDimIdentityMap(source.shape.size())};
    source.value = operand.tensor;
    source.shape = permute(operand.map, source.shape);
    return {source, operand.map};
  }

  /// The padded input. A permutation in front of it is read through, so that
  /// the layout changes where the input is read anyway.
  Operand readInput() {
    auto [source, permutation] = lookThroughPermutation(op.getInput());
    Tensor input = b.tensor(op.getInput());
    if (isCopied(input, source, permutation)) {
      source = copy(input.shape, b.read(op.getInput()), input.elementType);
      permutation = b.getMultiDimIdentityMap(source.shape.size());
    }
    if (hasGroupLoop)
      std::tie(source, permutation) = splitLast(source, permutation);
    SmallVector<Expr> padding(source.shape.size(), b.expr(0));
    for (int64_t i = 0; i < spatialRank; ++i)
      padding[1 + i] = b.expr(op.getPadding()[i]);
    padding = permute(permutation, padding);
    Operand x = b.read(
        b.pad(source, padding, padding, getNumber(source.elementType, 0)));
    SmallVector<AffineExpr> exprs{dim(0)};
    for (int64_t i = 0; i < spatialRank; ++i)
      exprs.push_back(dim(1 + i) * op.getStride()[i] +
                      dim(k + i) * op.getDilation()[i]);
    if (hasGroupLoop)
      exprs.push_back(dim(o - 1));
    if (op.getGroups() == 1 || hasGroupLoop)
      exprs.push_back(dim(c));
    else if (isDepthwise)
      exprs.push_back(dim(o).floorDiv(getOutPerGroup()));
    else
      exprs.push_back(dim(o).floorDiv(getOutPerGroup()) *
                          *inPerGroup.getConstant() +
                      dim(c));
    x.map =
        permutation.compose(AffineMap::get(numLoops, 0, exprs, b.getContext()));
    return x;
  }

  /// The weight is read too often for it to be in another order.
  Operand readWeight() {
    Operand weight = b.read(op.getWeight());
    if (!op.getOutChannels() && hasGroupLoop)
      return splitOutputs();
    if (!op.getOutChannels() || weight.map.isIdentity())
      return weight;
    return b.read(
        copy(weightType.getShape(), weight, weightType.getElementType()));
  }

  /// A weight without tiles.
  Operand splitOutputs() {
    auto [source, permutation] = lookThroughPermutation(op.getWeight());
    auto [split, map] = splitLast(source, permutation);
    Operand weight = b.read(split);
    weight.map = map;
    return weight;
  }

  /// `source`, whose last dimension as `permutation` has it becomes groups and
  /// what each has.
  std::pair<Tensor, AffineMap> splitLast(Tensor source, AffineMap permutation) {
    unsigned last = permutation.getNumDims() - 1;
    unsigned place = *permutation.getResultPosition(dim(last));
    Expr groups = b.expr(op.getGroups());
    SmallVector<Expr> shape = source.shape;
    shape[place] = shape[place].floorDiv(groups);
    shape.insert(shape.begin() + place, groups);
    SmallVector<AffineExpr> exprs(permutation.getResults());
    exprs.insert(exprs.begin() + place + 1, dim(last + 1));
    return {b.reshape(source, shape),
            AffineMap::get(last + 2, 0, exprs, b.getContext())};
  }

  Tensor copy(ArrayRef<Expr> shape, const Operand &source, Type elementType) {
    return b.pointwise(
        shape, {source}, elementType,
        [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
  }

  AffineMap getWeightMap() {
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < spatialRank; ++i)
      exprs.push_back(dim(k + i));
    exprs.push_back(isDepthwise ? b.getAffineConstantExpr(0) : dim(c));
    if (!op.getOutChannels()) {
      if (hasGroupLoop)
        exprs.push_back(dim(o - 1));
      exprs.push_back(dim(o));
    } else {
      int64_t tile = *weightType.getDim(weightType.getRank() - 1).getConstant();
      AffineExpr group = b.getAffineConstantExpr(0), inGroup = dim(o);
      if (hasGroupLoop) {
        group = dim(o - 1);
      } else if (op.getGroups() != 1) {
        group = dim(o).floorDiv(getOutPerGroup());
        inGroup = dim(o) % getOutPerGroup();
      }
      exprs.insert(exprs.begin(),
                   group * llvm::divideCeil(getOutPerGroup(), tile) +
                       inGroup.floorDiv(tile));
      exprs.push_back(inGroup % tile);
      // Of a loop that is as long as a tile, both are known.
      if (hasGroupLoop && getOutPerGroup() == tile) {
        exprs.front() = group;
        exprs.back() = inGroup;
      }
    }
    return AffineMap::get(numLoops, 0, exprs, b.getContext());
  }

  graph::ConvolutionOp op;
  LinalgBuilder &b;
  graph::StridedTensorType type, weightType;
  int64_t spatialRank, o, k, c, numLoops = 0;
  bool device, hasGroupLoop = false;
  SmallVector<Expr> kernel;
  Expr inPerGroup;
  bool isDepthwise = false;
};

template <bool device>
struct ConvolutionConversion : GraphPattern<graph::ConvolutionOp> {
  using GraphPattern<graph::ConvolutionOp>::GraphPattern;

  LogicalResult lower(graph::ConvolutionOp op,
                      LinalgBuilder &b) const override {
    if (op.getChannelsLast()) {
      b.rewriter.replaceOp(
          op, ChannelsLastConvolution(op, b, device).build().value);
      return success();
    }
    auto type = cast<graph::StridedTensorType>(op.getType());
    auto weightType = cast<graph::StridedTensorType>(op.getWeight().getType());
    DirectConvolution conv;
    conv.groups = b.expr(op.getGroups());
    conv.isGrouped = op.getGroups() != 1;
    conv.outPerGroup = type.getDim(1).floorDiv(op.getGroups());
    conv.outputSpatial = llvm::to_vector(type.getShape().drop_front(2));
    conv.kernel = llvm::to_vector(weightType.getShape().drop_front(2));
    conv.dilation = llvm::to_vector(op.getDilation());
    conv.stride = llvm::to_vector(op.getStride());
    if (op.getTransposed())
      prepareTransposed(op, conv, b);
    else
      prepare(op, conv, b);
    Tensor sum = conv.build(b, getAccumulatorType(type.getElementType()));
    b.rewriter.replaceOp(op, finish(op, sum, type, b).value);
    return success();
  }

private:
  /// `tensor` with dimension `dim` split into groups and the rest.
  static Tensor split(LinalgBuilder &b, const Tensor &tensor, int64_t dim,
                      const DirectConvolution &conv) {
    if (!conv.isGrouped)
      return tensor;
    SmallVector<Expr> shape = tensor.shape;
    shape[dim] = shape[dim].floorDiv(conv.groups);
    shape.insert(shape.begin() + dim, conv.groups);
    return b.reshape(tensor, shape);
  }

  static Tensor padSpatial(LinalgBuilder &b, const Tensor &input,
                           ArrayRef<Expr> low, ArrayRef<Expr> high) {
    Expr zero = b.expr(0);
    SmallVector<Expr> before{zero, zero}, after{zero, zero};
    llvm::append_range(before, low);
    llvm::append_range(after, high);
    return b.pad(input, before, after, getNumber(input.elementType, 0));
  }

  static void prepare(graph::ConvolutionOp op, DirectConvolution &conv,
                      LinalgBuilder &b) {
    SmallVector<Expr> padding = llvm::map_to_vector(
        op.getPadding(), [&](int64_t count) { return b.expr(count); });
    Tensor input = b.tensor(op.getInput());
    conv.inPerGroup = input.shape[1].floorDiv(op.getGroups());
    conv.input = split(b, padSpatial(b, input, padding, padding), 1, conv);
    conv.weight = conv.isGrouped
                      ? b.read(split(b, b.tensor(op.getWeight()), 0, conv))
                      : b.read(op.getWeight());
  }

  /// As a convolution of stride 1 over the input with `stride - 1` zeros
  /// between its elements and a margin of `dilation * (kernel - 1) - padding`
  /// around; the kernel is mirrored. A negative margin crops.
  static void prepareTransposed(graph::ConvolutionOp op,
                                DirectConvolution &conv, LinalgBuilder &b) {
    Tensor input = b.tensor(op.getInput());
    Expr zero = b.expr(0), one = b.expr(1);
    conv.inPerGroup = input.shape[1].floorDiv(op.getGroups());
    SmallVector<Expr> shape(input.shape.begin(), input.shape.begin() + 2);
    SmallVector<Expr> insertAt{zero, zero}, steps{one, one};
    SmallVector<Expr> cropAt{zero, zero}, cropped = shape;
    int64_t numSpatial = conv.kernel.size();
    for (int64_t i = 0; i < numSpatial; ++i) {
      Expr reach = (conv.kernel[i] - 1) * op.getDilation()[i];
      Expr margin = reach - op.getPadding()[i];
      Expr spread = (input.shape[2 + i] - 1) * op.getStride()[i] + 1;
      Expr low = margin.max(zero);
      Expr needed = conv.outputSpatial[i] + reach;
      Expr crop = (-margin).max(zero);
      insertAt.push_back(low);
      steps.push_back(b.expr(op.getStride()[i]));
      cropAt.push_back(crop);
      cropped.push_back(needed);
      shape.push_back((low + spread).max(crop + needed));
    }
    Tensor zeros =
        b.filled(shape, input.elementType, getNumber(input.elementType, 0));
    Tensor spread = b.insert(input, zeros, insertAt, steps);
    SmallVector<Expr> unit(shape.size(), one);
    conv.input = split(b, b.slice(spread, cropAt, cropped, unit), 1, conv);
    conv.stride.assign(numSpatial, 1);
    conv.weight = readMirrored(op, conv, b);
  }

  /// The weight [C, O/groups, kernel..] as [groups, O/groups, C/groups,
  /// kernel..] with its kernel mirrored.
  static Operand readMirrored(graph::ConvolutionOp op,
                              const DirectConvolution &conv, LinalgBuilder &b) {
    Tensor source = split(b, b.tensor(op.getWeight()), 0, conv);
    SmallVector<Expr> shape = source.shape;
    int64_t first = conv.isGrouped ? 1 : 0, rank = shape.size();
    std::swap(shape[first], shape[first + 1]);
    Tensor mirrored = b.pointwise(
        shape, {}, source.elementType, [&](ScalarBuilder &at, ArrayRef<Value>) {
          SmallVector<Value> indices;
          for (int64_t dim = 0; dim < rank; ++dim) {
            Value index = at.op<linalg::IndexOp>(dim);
            if (dim > first + 1)
              index = at.sub(b.index(at, shape[dim] - 1), index);
            indices.push_back(index);
          }
          std::swap(indices[first], indices[first + 1]);
          return loadElement(at, source, indices);
        });
    return b.read(mirrored);
  }

  /// Joins the groups and adds the bias.
  static Tensor finish(graph::ConvolutionOp op, const Tensor &sum,
                       graph::StridedTensorType type, LinalgBuilder &b) {
    Tensor joined = b.reshape(sum, type.getShape());
    if (!op.getBias())
      return b.cast(joined, type.getElementType());
    Operand bias = LinalgBuilder::through(b.read(op.getBias()),
                                          b.select(type.getRank(), 1));
    return b.pointwise(type.getShape(), {b.read(joined), bias},
                       type.getElementType(),
                       [](ScalarBuilder &at, ArrayRef<Value> args) {
                         return at.add(args[0], args[1]);
                       });
  }
};

} // namespace

void graphc::populateConvolutionPatterns(const TypeConverter &converter,
                                         SymbolValues &symbols,
                                         RewritePatternSet &patterns) {
  patterns.add<ConvolutionConversion</*device=*/false>>(
      converter, patterns.getContext(), symbols);
}

void graphc::populateDeviceConvolutionPatterns(const TypeConverter &converter,
                                               SymbolValues &symbols,
                                               RewritePatternSet &patterns) {
  patterns.add<ConvolutionConversion</*device=*/true>>(
      converter, patterns.getContext(), symbols);
}
