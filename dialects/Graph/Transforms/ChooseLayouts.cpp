//===- ChooseLayouts.cpp - Channels last around convolutions --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ops are visited in order. A value [N, C, spatial..] may have a twin, the same
// with channels last. A convolution is made to compute the twin of its result
// from that of its input; ops behind it follow, as long as they have a form
// with channels last. Each old result becomes a permutation of the new one,
// which dies when all its users have followed. Arguments that lie in memory
// with channels last have a twin to begin with, where there are convolutions.
//
//===----------------------------------------------------------------------===//

#include "ChannelsLast.h"
#include "PackConvolution.h"
#include "dialects/Graph/IR/Layout.h"
#include "dialects/Graph/Transforms/Passes.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include "llvm/ADT/TypeSwitch.h"

namespace graphc::graph {
#define GEN_PASS_DEF_CHOOSELAYOUTS
#include "dialects/Graph/Transforms/Passes.h.inc"
} // namespace graphc::graph

using namespace mlir;
using namespace graphc::graph;

static StridedTensorType typeOf(Value value) {
  return cast<StridedTensorType>(value.getType());
}

namespace {

class Chooser {
public:
  Chooser(MLIRContext *context, int64_t lanes)
      : twins(context), builder(twins.builder), lanes(lanes) {}

  void run(FunctionOpInterface function);
  void run(Region &region, ChannelsLastTwins::Map outer);
  void clean() { twins.clean(); }

  unsigned numConverted = 0, numFolded = 0;

private:
  bool visit(Operation *op);
  bool convert(ConvolutionOp op);
  bool convert(BatchNormOp op);
  bool convert(PermuteOp op);
  bool convert(ReshapeOp op);
  bool convert(ReduceOp op);
  bool convert(ContiguousOp op);
  bool convert(CatOp op);
  bool convert(PadOp op);
  bool convert(SliceOp op);
  bool convertElementwise(Operation *op);
  template <typename PoolOp>
  bool convertPool(PoolOp op, int64_t spatialRank);

  void finish(Operation *op, Operation *rebuilt);

  ChannelsLastTwins twins;
  OpBuilder &builder;
  int64_t lanes;
};

} // namespace

void Chooser::finish(Operation *op, Operation *rebuilt) {
  for (auto [old, twin] :
       llvm::zip_equal(op->getResults(), rebuilt->getResults()))
    twins.finish(old, twin);
  twins.markDead(op);
  ++numConverted;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

bool Chooser::convert(ConvolutionOp op) {
  // A normalisation behind constant weights is part of them.
  BatchNormOp norm;
  if (op->hasOneUse())
    norm = dyn_cast<BatchNormOp>(*op->user_begin());
  if (norm && norm->getBlock() != op->getBlock())
    norm = {};
  FailureOr<PackedWeights> packed = packConvolution(builder, op, norm, lanes);
  if (failed(packed) && norm)
    packed = packConvolution(builder, op, norm = {}, lanes);
  if (failed(packed))
    return false;
  Value input = twins.get(op.getInput());
  FailureOr<ConvolutionOp> built = tryBuild<ConvolutionOp>(
      builder, op.getLoc(), input, packed->weight, packed->bias, op.getStride(),
      op.getPadding(), op.getDilation(), /*transposed=*/false,
      op.getOutputPadding(), op.getGroups(), /*channels_last=*/true,
      packed->outChannels);
  if (failed(built))
    return false;
  twins.markDead(op);
  ++numConverted;
  if (norm) {
    twins.markDead(norm);
    ++numFolded;
  }
  twins.finish(norm ? norm.getResult() : op.getResult(), built->getResult());
  return true;
}

/// y = x * scale + shift, in single precision at least.
bool Chooser::convert(BatchNormOp op) {
  Value x = twins.lookup(op.getInput());
  if (!x)
    return false;
  FailureOr<std::pair<Value, Value>> affine = buildAffine(builder, op);
  if (failed(affine))
    return false;
  Type type = typeOf(affine->first).getElementType();
  auto cast = [&](Value value, Type to) -> Value {
    if (typeOf(value).getElementType() == to)
      return value;
    return tryBuild<CastOp>(builder, op.getLoc(), value, TypeAttr::get(to))
        ->getResult();
  };
  Value scaled =
      tryBuild<MulOp>(builder, op.getLoc(), cast(x, type), affine->first)
          ->getResult();
  Value shifted = tryBuild<AddOp>(builder, op.getLoc(), scaled, affine->second)
                      ->getResult();
  twins.finish(op.getResult(),
               cast(shifted, typeOf(op.getInput()).getElementType()));
  twins.markDead(op);
  ++numConverted;
  return true;
}

bool Chooser::convert(PermuteOp op) {
  Value twin = twins.lookup(op.getInput());
  ArrayRef<int64_t> perm = op.getPerm();
  int64_t rank = perm.size();
  if (!twin) {
    // What comes out of channels-last ops may go on in them.
    if (rank > 3 && perm == ArrayRef<int64_t>(toChannelsFirst(rank)))
      twins.set(op.getResult(), op.getInput());
    return false;
  }
  SmallVector<int64_t> first = toChannelsFirst(rank);
  SmallVector<int64_t> composed =
      llvm::map_to_vector(perm, [&](int64_t dim) { return first[dim]; });
  if (llvm::is_sorted(composed))
    twins.replace(op.getResult(), twin);
  else
    op.getResult().replaceAllUsesWith(
        twins.permute(twin, composed, typeOf(op.getResult())));
  twins.markDead(op);
  return true;
}

bool Chooser::convert(ReshapeOp op) {
  Value twin = twins.lookup(op.getInput());
  if (!twin)
    return false;
  ArrayRef<Expr> source = typeOf(op.getInput()).getShape();
  ArrayRef<Expr> result = typeOf(op.getResult()).getShape();
  auto isOne = [](Expr size) { return size == 1; };
  if (llvm::all_of(source.drop_front(2), isOne)) {
    Operation *rebuilt = twins.rebuild(op, twin, {});
    if (!rebuilt)
      return false;
    rebuilt->getResult(0).setType(op.getType());
    op.getResult().replaceAllUsesWith(rebuilt->getResult(0));
    twins.markDead(op);
    return true;
  }
  // Spatial dimensions joined or split.
  if (result.size() < 3 || result.take_front(2) != source.take_front(2))
    return false;
  SmallVector<Expr> shape(result);
  std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  FailureOr<ReshapeOp> rebuilt = tryBuild<ReshapeOp>(
      builder, op.getLoc(), twin, ExprArrayAttr::get(op.getContext(), shape));
  if (failed(rebuilt))
    return false;
  finish(op, rebuilt->getOperation());
  return true;
}

bool Chooser::convert(ReduceOp op) {
  Value twin = twins.lookup(op.getInput());
  if (!twin || op.getDims().empty())
    return false;
  int64_t rank = typeOf(twin).getRank();
  SmallVector<int64_t> dims =
      llvm::map_to_vector(op.getDims(), [&](int64_t dim) {
        return placeWithChannelsLast(dim, rank);
      });
  llvm::sort(dims);
  Operation *rebuilt = twins.rebuild(
      op, twin, [&](Operation *clone) { cast<ReduceOp>(clone).setDims(dims); });
  if (!rebuilt)
    return false;
  if (op.getKeepdim()) {
    finish(op, rebuilt);
    return true;
  }
  // Brings what is left into its order.
  SmallVector<int64_t> kept, places;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(op.getDims(), dim))
      kept.push_back(placeWithChannelsLast(dim, rank));
  for (int64_t place : kept)
    places.push_back(
        llvm::count_if(kept, [&](int64_t other) { return other < place; }));
  Value result = rebuilt->getResult(0);
  if (llvm::is_sorted(places))
    result.setType(op.getType());
  else
    result = twins.permute(result, places, typeOf(op.getResult()));
  op.getResult().replaceAllUsesWith(result);
  twins.markDead(op);
  ++numConverted;
  return true;
}

bool Chooser::convert(ContiguousOp op) {
  Value twin = twins.lookup(op.getInput());
  if (!twin)
    return false;
  twins.finish(op.getResult(), twin);
  twins.markDead(op);
  return true;
}

bool Chooser::convert(CatOp op) {
  int64_t known = llvm::count_if(
      op.getInputs(), [&](Value input) { return bool(twins.lookup(input)); });
  int64_t rank = typeOf(op.getResult()).getRank();
  if (2 * known < int64_t(op.getInputs().size()) || known == 0)
    return false;
  for (Value input : op.getInputs())
    if (typeOf(input).getRank() != rank)
      return false;
  SmallVector<Value> inputs = llvm::map_to_vector(
      op.getInputs(), [&](Value input) { return twins.get(input); });
  Operation *rebuilt = twins.rebuild(op, inputs, [&](Operation *clone) {
    cast<CatOp>(clone).setDim(placeWithChannelsLast(op.getDim(), rank));
  });
  if (!rebuilt)
    return false;
  finish(op, rebuilt);
  return true;
}

bool Chooser::convert(PadOp op) {
  Value twin = twins.lookup(op.getInput());
  if (!twin)
    return false;
  auto rotate = [&](ArrayRef<Expr> sizes) {
    SmallVector<Expr> rotated(sizes);
    std::rotate(rotated.begin() + 1, rotated.begin() + 2, rotated.end());
    return ExprArrayAttr::get(op.getContext(), rotated);
  };
  Operation *rebuilt = twins.rebuild(op, twin, [&](Operation *clone) {
    cast<PadOp>(clone).setLowAttr(rotate(op.getLow()));
    cast<PadOp>(clone).setHighAttr(rotate(op.getHigh()));
  });
  if (!rebuilt)
    return false;
  finish(op, rebuilt);
  return true;
}

bool Chooser::convert(SliceOp op) {
  Value twin = twins.lookup(op.getInput());
  if (!twin)
    return false;
  Operation *rebuilt = twins.rebuild(op, twin, [&](Operation *clone) {
    cast<SliceOp>(clone).setDim(
        placeWithChannelsLast(op.getDim(), typeOf(twin).getRank()));
  });
  if (!rebuilt)
    return false;
  finish(op, rebuilt);
  return true;
}

/// Operands without a twin are permuted; smaller ones get their rank first.
bool Chooser::convertElementwise(Operation *op) {
  int64_t rank = typeOf(op->getResult(0)).getRank();
  if (rank < 3 || llvm::none_of(
                      op->getOperands(),
                      [&](Value operand) {
                        return typeOf(operand).getRank() == rank &&
                               twins.lookup(operand);
                      }))
    return false;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    StridedTensorType type = typeOf(operand);
    int64_t missing = rank - type.getRank();
    if (type.getRank() == 0) {
      operands.push_back(operand);
      continue;
    }
    if (missing != 0) {
      SmallVector<Expr> shape(missing, Expr::constant(op->getContext(), 1));
      llvm::append_range(shape, type.getShape());
      FailureOr<ReshapeOp> reshaped =
          tryBuild<ReshapeOp>(builder, operand.getLoc(), operand,
                              ExprArrayAttr::get(op->getContext(), shape));
      if (failed(reshaped))
        return false;
      twins.addPermute(*reshaped);
      operand = reshaped->getResult();
    }
    operands.push_back(twins.get(operand));
  }
  Operation *rebuilt = twins.rebuild(op, operands, {});
  if (!rebuilt)
    return false;
  finish(op, rebuilt);
  return true;
}

template <typename PoolOp>
bool Chooser::convertPool(PoolOp op, int64_t spatialRank) {
  Value twin = twins.lookup(op.getInput());
  if (!twin || op.getChannelsLast() ||
      typeOf(twin).getRank() != spatialRank + 2)
    return false;
  Operation *rebuilt = twins.rebuild(op, twin, [](Operation *clone) {
    cast<PoolOp>(clone).setChannelsLast(true);
  });
  if (!rebuilt)
    return false;
  finish(op, rebuilt);
  return true;
}

bool Chooser::visit(Operation *op) {
  if (op->hasTrait<ElementwiseTrait>())
    return convertElementwise(op);
  return TypeSwitch<Operation *, bool>(op)
      .Case<BatchNormOp, CatOp, ContiguousOp, ConvolutionOp, PadOp, PermuteOp,
            ReduceOp, ReshapeOp, SliceOp>([&](auto op) { return convert(op); })
      .Case<AvgPoolOp, MaxPoolOp>(
          [&](auto op) { return convertPool(op, op.getKernel().size()); })
      .Case<AdaptiveAvgPoolOp, AdaptiveMaxPoolOp, ResizeOp>(
          [&](auto op) { return convertPool(op, op.getOutput().size()); })
      .Default(false);
}

void Chooser::run(Region &region, ChannelsLastTwins::Map outer) {
  for (Block &block : region) {
    ChannelsLastTwins::Map inner = outer;
    for (Operation &op : llvm::make_early_inc_range(block)) {
      if (twins.isDead(&op))
        continue;
      twins.setMap(inner);
      builder.setInsertionPoint(&op);
      if (visit(&op))
        continue;
      for (Region &nested : op.getRegions())
        run(nested, inner);
    }
  }
}

/// Whether `value` has no gaps in memory, where its channels come last: of any
/// rank, where torch knows that order of images and volumes only.
static bool liesChannelsLast(Value value) {
  auto type = dyn_cast<StridedTensorType>(value.getType());
  if (!type || type.getRank() < 3 || type.isContiguous())
    return false;
  SmallVector<int64_t> perm = toChannelsLast(type.getRank());
  return isContiguous(applyPermutation(type.getShape(), perm),
                      applyPermutation(type.getStrides(), perm));
}

void Chooser::run(FunctionOpInterface function) {
  ChannelsLastTwins::Map map;
  bool isOfImages =
      function.walk([](ConvolutionOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  if (isOfImages && !function.isExternal()) {
    twins.setMap(map);
    builder.setInsertionPointToStart(&function.getFunctionBody().front());
    for (Value argument : function.getArguments())
      if (liesChannelsLast(argument))
        twins.set(argument, twins.get(argument));
  }
  run(function.getFunctionBody(), map);
}

namespace {
struct ChooseLayouts : graphc::graph::impl::ChooseLayoutsBase<ChooseLayouts> {
  using Base::Base;

  void runOnOperation() override {
    Chooser chooser(&getContext(), lanes);
    for (auto function : getOperation().getOps<FunctionOpInterface>())
      chooser.run(function);
    chooser.clean();
    numConverted += chooser.numConverted;
    numFolded += chooser.numFolded;
  }
};
} // namespace
