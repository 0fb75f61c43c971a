//===- Row.cpp - Pointwise and row kernels --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One nest for both forms. The domain of a kernel is its row dimensions, then
// its inner ones; a pointwise kernel has one inner dimension and no reduction.
//
//   parallel for each row:
//     for each pass: loop over the inner dimensions, accumulate reductions
//     last pass: loop over the inner dimensions, store the results
//
// Lanes run along the dimension in which most accesses are contiguous. Is that
// an inner one, accumulators are vectors that are reduced after the loop; is it
// a row dimension, each lane is a row of its own.
//
//===----------------------------------------------------------------------===//

#include "Forms.h"
#include "LaneEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;
using linalg::LinalgOp;

namespace {

/// Bytes of the values of one row that are kept for later passes.
constexpr int64_t maxStashBytes = 128 << 10;
/// Scalar operations that make a task worth its start.
constexpr int64_t taskWork = 32 << 10;

/// How the accumulator of one reduction result is combined.
struct Accumulator {
  LinalgOp op;
  unsigned result;
  /// Null when only the body itself can combine.
  Operation *combiner = nullptr;
  vector::CombiningKind kind = vector::CombiningKind::ADD;
};

class RowEmitter {
public:
  RowEmitter(OpBuilder &builder, RegionOp region, const Processor &processor)
      : builder(builder), region(region), processor(processor),
        lanes(builder, region, 1) {}

  LogicalResult emit();

private:
  using Indices = SmallVector<LaneValue>;

  LogicalResult analyze();
  void chooseLanes();
  void collectPasses();
  void chooseStashes();
  void emitRowOf(Value linear);
  void emitPass(ArrayRef<LinalgOp> reductions, bool isLast);
  SmallVector<Value> innerLoop(unsigned dim, ValueRange initial,
                               unsigned accumulators, unsigned unroll,
                               ArrayRef<unsigned> rest,
                               function_ref<SmallVector<Value>(ValueRange)> body);
  bool dependsOn(Operation *op, ArrayRef<LinalgOp> reductions);
  bool isFull(Value tensor) const {
    return cast<RankedTensorType>(tensor.getType()).getRank() == (int64_t)rank;
  }
  bool isInnerVector() const { return vectorDim && *vectorDim >= rowDims; }
  Location loc() { return region.getLoc(); }
  Value constant(int64_t value) { return lanes.constantIndex(value); }
  Value scalarNeutral(const Accumulator &accumulator);
  Value combine(const Accumulator &accumulator, Value a, Value b);

  OpBuilder &builder;
  RegionOp region;
  const Processor &processor;
  LaneEmitter lanes;

  unsigned rank = 0, rowDims = 0;
  SmallVector<Value> sizes;
  std::optional<unsigned> vectorDim;
  int64_t width = 1;
  SmallVector<SmallVector<LinalgOp>> passes;
  DenseMap<Operation *, unsigned> passOf;
  /// Values kept for later passes: the pass that makes them and their buffer.
  struct Stash {
    Value tensor;
    unsigned pass;
    Value buffer;
  };
  SmallVector<Stash> stashes;
  /// Current iteration of all dimensions; inner ones are set inside loops.
  Indices iteration;
};

} // namespace

LogicalResult RowEmitter::analyze() {
  auto dims = region->getAttrOfType<IntegerAttr>("row_dims");
  auto domain = region->getAttrOfType<IntegerAttr>("domain_rank");
  if (!dims || !domain)
    return region.emitOpError("lacks its row dimensions");
  rowDims = dims.getInt();
  rank = domain.getInt();
  // Sizes come from any value over the whole domain.
  sizes.resize(rank);
  auto take = [&](Value tensor, AffineMap map) {
    for (auto [i, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (!sizes[dim.getPosition()])
          sizes[dim.getPosition()] = lanes.getSize(tensor, i);
  };
  for (Value value : region.getYieldedValues())
    if (isFull(value))
      take(value, builder.getMultiDimIdentityMap(rank));
  for (Operation &op : region.getBody().front())
    if (auto linalgOp = dyn_cast<LinalgOp>(op))
      if (linalgOp.getNumLoops() == rank && linalgOp.getNumReductionLoops())
        for (OpOperand &operand : op.getOpOperands())
          if (isa<RankedTensorType>(operand.get().getType()))
            take(operand.get(), linalgOp.getMatchingIndexingMap(&operand));
  if (llvm::is_contained(sizes, Value()))
    return region.emitOpError("has a dimension of unknown size");
  iteration.resize(rank);
  return success();
}

/// Scores every dimension by how many accesses are contiguous in it.
void RowEmitter::chooseLanes() {
  if (rank == 0 || !LaneEmitter::canVectorize(region))
    return;
  SmallVector<int64_t> score(rank, 0);
  auto account = [&](Type type, AffineMap map, int64_t weight) {
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref)
      return;
    auto [strides, offset] = memref.getStridesAndOffset();
    (void)offset;
    for (unsigned dim = 0; dim < rank; ++dim) {
      for (auto [expr, stride] : llvm::zip_equal(map.getResults(), strides)) {
        if (!expr.isFunctionOfDim(dim))
          continue;
        bool isUnit = stride == 1 && isa<AffineDimExpr>(expr);
        score[dim] += isUnit ? weight : -weight;
      }
    }
  };
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  unsigned firstInit = region.getInputs().size();
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (isFull(value))
      account(region.getOperand(firstInit + i).getType(), identity, 3);
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumLoops() != rank)
      continue;
    for (OpOperand *input : linalgOp.getDpsInputOperands())
      if (auto argument = dyn_cast<BlockArgument>(input->get()))
        account(region.getOperand(argument.getArgNumber()).getType(),
                linalgOp.getMatchingIndexingMap(input), 2);
  }
  unsigned best = rank - 1;
  for (unsigned dim = 0; dim < rank; ++dim)
    if (score[dim] > score[best])
      best = dim;
  // A reduction along lanes needs a combiner that vectors know.
  unsigned bits = 32;
  for (Type type : region.getInits().getTypes()) {
    Type element = cast<ShapedType>(type).getElementType();
    bits = std::max(bits, element.isIntOrFloat()
                              ? element.getIntOrFloatBitWidth()
                              : 64u);
  }
  int64_t lanesWanted = processor.lanes(bits);
  if (std::optional<int64_t> size = constantOf(sizes[best]))
    while (lanesWanted > 1 && lanesWanted / 2 >= *size)
      lanesWanted /= 2;
  if (lanesWanted == 1)
    return;
  vectorDim = best;
  width = lanesWanted;
}

static std::optional<vector::CombiningKind> combiningKind(Operation *op) {
  using Kind = vector::CombiningKind;
  return llvm::TypeSwitch<Operation *, std::optional<Kind>>(op)
      .Case<arith::AddFOp, arith::AddIOp>([](auto) { return Kind::ADD; })
      .Case<arith::MulFOp, arith::MulIOp>([](auto) { return Kind::MUL; })
      .Case([](arith::MaximumFOp) { return Kind::MAXIMUMF; })
      .Case([](arith::MinimumFOp) { return Kind::MINIMUMF; })
      .Case([](arith::MaxNumFOp) { return Kind::MAXNUMF; })
      .Case([](arith::MinNumFOp) { return Kind::MINNUMF; })
      .Case([](arith::MaxSIOp) { return Kind::MAXSI; })
      .Case([](arith::MinSIOp) { return Kind::MINSI; })
      .Case([](arith::MaxUIOp) { return Kind::MAXUI; })
      .Case([](arith::MinUIOp) { return Kind::MINUI; })
      .Case([](arith::AndIOp) { return Kind::AND; })
      .Case([](arith::OrIOp) { return Kind::OR; })
      .Case([](arith::XOrIOp) { return Kind::XOR; })
      .Default([](Operation *) { return std::nullopt; });
}

static std::optional<Accumulator> matchAccumulator(LinalgOp op,
                                                   unsigned result) {
  Accumulator accumulator{op, result};
  BlockArgument argument =
      op.getMatchingBlockArgument(op.getDpsInitOperand(result));
  Value yielded = op.getBlock()->getTerminator()->getOperand(result);
  Operation *combiner = yielded.getDefiningOp();
  if (!combiner || !argument.hasOneUse() ||
      *argument.user_begin() != combiner || combiner->getNumOperands() != 2)
    return std::nullopt;
  std::optional<vector::CombiningKind> kind = combiningKind(combiner);
  if (!kind)
    return std::nullopt;
  accumulator.combiner = combiner;
  accumulator.kind = *kind;
  return accumulator;
}

bool RowEmitter::dependsOn(Operation *op, ArrayRef<LinalgOp> reductions) {
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  (void)getBackwardSlice(op, &slice, options);
  return llvm::any_of(reductions,
                      [&](LinalgOp r) { return slice.contains(r); });
}

/// Reductions that do not need each other share a pass.
void RowEmitter::collectPasses() {
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumReductionLoops() == 0)
      continue;
    unsigned pass = 0;
    for (auto [i, earlier] : llvm::enumerate(passes))
      if (dependsOn(&op, earlier))
        pass = i + 1;
    if (pass == passes.size())
      passes.emplace_back();
    passes[pass].push_back(linalgOp);
    passOf[&op] = pass;
  }
}

static bool isExpensive(Operation *op) {
  return op
      ->walk([](Operation *inner) {
        return isa<math::ExpOp, math::TanhOp, math::ErfOp, math::LogOp,
                   math::SinOp, math::CosOp, math::PowFOp, math::Exp2Op,
                   math::ExpM1Op, math::Log1pOp, arith::DivFOp>(inner)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// A costly value over the whole row that two passes need is kept.
void RowEmitter::chooseStashes() {
  if (passes.empty() || !isInnerVector())
    return;
  int64_t elements = 1;
  for (unsigned dim = rowDims; dim < rank; ++dim) {
    std::optional<int64_t> size = constantOf(sizes[dim]);
    if (!size)
      return;
    elements *= *size;
  }
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || linalgOp.getNumReductionLoops() ||
        linalgOp.getNumLoops() != rank || op.getNumResults() != 1 ||
        !isExpensive(&op))
      continue;
    // The passes that read it, directly or through other pointwise ops.
    unsigned first = passes.size(), last = 0;
    SetVector<Operation *> users;
    ForwardSliceOptions options;
    options.filter = [&](Operation *user) {
      auto reduction = dyn_cast<LinalgOp>(user);
      if (reduction && reduction.getNumReductionLoops()) {
        first = std::min(first, passOf[user]);
        last = std::max(last, passOf[user]);
        return false;
      }
      if (isa<kernel::YieldOp>(user))
        last = passes.size();
      return true;
    };
    getForwardSlice(op.getResult(0), &users, options);
    int64_t bytes =
        elements *
        (cast<RankedTensorType>(op.getResult(0).getType())
             .getElementTypeBitWidth() +
         7) /
        8;
    if (first < last && bytes <= maxStashBytes)
      stashes.push_back({op.getResult(0), first, {}});
  }
}

Value RowEmitter::scalarNeutral(const Accumulator &accumulator) {
  LinalgOp op = accumulator.op;
  Type type = getElementTypeOrSelf(op->getResult(accumulator.result));
  std::optional<TypedAttr> neutral =
      arith::getNeutralElement(accumulator.combiner);
  if (neutral)
    return arith::ConstantOp::create(builder, loc(), *neutral);
  return arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type));
}

/// One application of the combiner of `accumulator` to whole accumulators.
Value RowEmitter::combine(const Accumulator &accumulator, Value a, Value b) {
  return vector::makeArithReduction(builder, loc(), accumulator.kind, a, b);
}

/// Runs `body` over the inner dimensions `rest` and threads `initial` through
/// all loops. Along lanes the main loop is unrolled by `unroll`, each copy with
/// accumulators of its own, and a masked loop does what is left.
SmallVector<Value>
RowEmitter::innerLoop(unsigned dim, ValueRange initial, unsigned accumulators,
                      unsigned unroll, ArrayRef<unsigned> rest,
                      function_ref<SmallVector<Value>(ValueRange)> body) {
  auto recurse = [&](ValueRange values) -> SmallVector<Value> {
    if (rest.empty())
      return body(values);
    return innerLoop(rest.front(), values, accumulators, unroll,
                     rest.drop_front(), body);
  };
  auto loop = [&](Value begin, Value end, int64_t step, ValueRange values,
                  function_ref<SmallVector<Value>(Value, ValueRange)> inner) {
    auto forOp = scf::ForOp::create(builder, loc(), begin, end, constant(step),
                                    values);
    OpBuilder::InsertionGuard guard(builder);
    if (values.empty())
      builder.setInsertionPoint(forOp.getBody()->getTerminator());
    else
      builder.setInsertionPointToEnd(forOp.getBody());
    std::size_t mark = lanes.mark();
    SmallVector<Value> results =
        inner(forOp.getInductionVar(), forOp.getRegionIterArgs());
    lanes.forget(mark);
    if (!values.empty())
      scf::YieldOp::create(builder, loc(), results);
    return SmallVector<Value>(forOp.getResults());
  };

  Value zero = constant(0), size = sizes[dim];
  if (dim != vectorDim)
    return loop(zero, size, 1, initial, [&](Value index, ValueRange values) {
      iteration[dim] = LaneValue::uniform(index);
      return recurse(values);
    });

  int64_t step = width * unroll;
  std::optional<int64_t> staticSize = constantOf(size);
  Value mainEnd =
      staticSize
          ? constant(*staticSize / step * step)
          : builder.createOrFold<arith::SubIOp>(
                loc(), size,
                builder.createOrFold<arith::RemUIOp>(loc(), size,
                                                     constant(step)));
  SmallVector<Value> values(initial);
  if (!staticSize || *staticSize >= step)
    values = loop(zero, mainEnd, step, values,
                  [&](Value index, ValueRange current) {
      SmallVector<Value> next;
      for (unsigned copy = 0; copy < unroll; ++copy) {
        std::size_t mark = lanes.mark();
        Value start = builder.createOrFold<arith::AddIOp>(
            loc(), index, constant(copy * width));
        iteration[dim] = {start, 1, {}, width};
        llvm::append_range(
            next, recurse(current.slice(copy * accumulators, accumulators)));
        lanes.forget(mark);
      }
      return next;
    });
  if (staticSize && *staticSize % step == 0)
    return values;
  // What is left goes to the first copy's accumulators.
  SmallVector<Value> others(values.begin() + accumulators, values.end());
  values.resize(accumulators);
  bool needsMask = !staticSize || *staticSize % width != 0;
  values = loop(mainEnd, size, width, values,
                [&](Value index, ValueRange current) {
    iteration[dim] = {index, 1, {}, width};
    if (needsMask) {
      Value left = arith::SubIOp::create(builder, loc(), size, index);
      lanes.setActive(arith::MinUIOp::create(builder, loc(), left,
                                             constant(width)));
    }
    SmallVector<Value> next = recurse(current);
    if (needsMask)
      if (Value mask = lanes.getMask())
        for (auto [value, old] : llvm::zip_equal(next, current))
          value = arith::SelectOp::create(builder, loc(), mask, value, old);
    lanes.setActive(nullptr);
    return next;
  });
  llvm::append_range(values, others);
  return values;
}

void RowEmitter::emitPass(ArrayRef<LinalgOp> reductions, bool isLast) {
  unsigned pass = isLast ? passes.size() : passOf[reductions.front()];
  // Inner dimensions, the one along lanes innermost.
  SmallVector<unsigned> order;
  for (unsigned dim = rowDims; dim < rank; ++dim)
    if (dim != vectorDim)
      order.push_back(dim);
  bool alongLanes = isInnerVector();
  if (alongLanes)
    order.push_back(*vectorDim);

  Indices row(iteration.begin(), iteration.begin() + rowDims);
  SmallVector<Accumulator> accumulators;
  SmallVector<Value> initial, starts;
  for (LinalgOp op : reductions)
    for (unsigned i = 0; i < op->getNumResults(); ++i) {
      Accumulator accumulator{op, i};
      if (auto matched = matchAccumulator(op, i))
        accumulator = *matched;
      accumulators.push_back(accumulator);
      Value init = op.getDpsInitOperand(i)->get();
      LaneValue start = lanes.evaluate(
          init, lanes.apply(op.getMatchingIndexingMap(op.getDpsInitOperand(i)),
                            iteration));
      starts.push_back(lanes.materialize(start));
      initial.push_back(
          alongLanes ? lanes.materialize(LaneValue::uniform(
                           scalarNeutral(accumulator)))
                     : starts.back());
    }
  unsigned unroll = 1;
  if (alongLanes && !accumulators.empty()) {
    unroll = 4;
    if (std::optional<int64_t> size = constantOf(sizes[*vectorDim]))
      while (unroll > 1 && *size < width * unroll)
        unroll /= 2;
  }
  unsigned count = accumulators.size();
  SmallVector<Value> seeds;
  for (unsigned copy = 0; copy < unroll; ++copy)
    llvm::append_range(seeds, initial);

  unsigned firstInit = region.getInputs().size();
  auto body = [&](ValueRange current) -> SmallVector<Value> {
    for (Stash &stash : stashes)
      if (stash.pass == pass) {
        LaneValue value = lanes.evaluate(stash.tensor, iteration);
        lanes.store(value, stash.buffer,
                    ArrayRef<LaneValue>(iteration).drop_front(rowDims));
      }
    SmallVector<Value> next;
    unsigned position = 0;
    for (LinalgOp op : reductions) {
      SmallVector<LaneValue> arguments;
      for (unsigned i = 0; i < op->getNumResults(); ++i) {
        Value value = current[position++];
        arguments.push_back(lanes.getLanes() == 1
                                ? LaneValue::uniform(value)
                                : LaneValue{{}, 0, value});
      }
      for (LaneValue value : lanes.evaluateBody(op, iteration, arguments))
        next.push_back(lanes.materialize(value));
    }
    if (isLast)
      for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
        if (isFull(value) && rank > rowDims)
          lanes.store(lanes.evaluate(value, iteration),
                      region.getOperand(firstInit + i), iteration);
    return next;
  };
  SmallVector<Value> results;
  if (order.empty())
    results = body(seeds);
  else
    results = innerLoop(order.front(), seeds, count, unroll,
                        ArrayRef<unsigned>(order).drop_front(), body);
  for (unsigned dim = rowDims; dim < rank; ++dim)
    iteration[dim] = {};

  for (unsigned i = 0; i < count; ++i) {
    const Accumulator &accumulator = accumulators[i];
    Value total = results[i];
    if (alongLanes) {
      for (unsigned copy = 1; copy < unroll; ++copy)
        total = combine(accumulator, total, results[copy * count + i]);
      total = vector::ReductionOp::create(builder, loc(), accumulator.kind,
                                          total);
      Value start = lanes.getLanes() == 1
                        ? starts[i]
                        : vector::ExtractOp::create(builder, loc(), starts[i],
                                                    0)
                              .getResult();
      total = combine(accumulator, total, start);
    }
    bool isVector = isa<VectorType>(total.getType());
    lanes.remember(LinalgOp(accumulator.op)->getResult(accumulator.result), row,
                   isVector ? LaneValue{{}, 0, total}
                            : LaneValue::uniform(total));
  }
  for (Stash &stash : stashes)
    if (stash.pass == pass)
      lanes.redirect(stash.tensor, stash.buffer, rowDims);
}

/// Computes the row (or, along lanes, the rows) number `linear`.
void RowEmitter::emitRowOf(Value linear) {
  Value rest = linear;
  for (unsigned dim = rowDims; dim-- > 0;) {
    Value size = sizes[dim];
    bool isVector = dim == vectorDim;
    if (isVector)
      size = builder.createOrFold<arith::CeilDivUIOp>(loc(), size,
                                                      constant(width));
    Value index = rest;
    if (dim > 0) {
      index = builder.createOrFold<arith::RemUIOp>(loc(), rest, size);
      rest = builder.createOrFold<arith::DivUIOp>(loc(), rest, size);
    }
    if (!isVector) {
      iteration[dim] = LaneValue::uniform(index);
      continue;
    }
    Value start =
        builder.createOrFold<arith::MulIOp>(loc(), index, constant(width));
    iteration[dim] = {start, 1, {}, width};
    std::optional<int64_t> staticSize = constantOf(sizes[dim]);
    if (!staticSize || *staticSize % width != 0) {
      Value left = arith::SubIOp::create(builder, loc(), sizes[dim], start);
      lanes.setActive(
          arith::MinUIOp::create(builder, loc(), left, constant(width)));
    }
  }
  for (ArrayRef<LinalgOp> pass : passes)
    emitPass(pass, /*isLast=*/false);
  if (llvm::any_of(region.getYieldedValues(),
                   [&](Value value) { return isFull(value); }) &&
      rank > rowDims)
    emitPass({}, /*isLast=*/true);
  unsigned firstInit = region.getInputs().size();
  Indices row(iteration.begin(), iteration.begin() + rowDims);
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    if (!isFull(value) || rank == rowDims)
      lanes.store(lanes.evaluate(value, row), region.getOperand(firstInit + i),
                  row);
  lanes.setActive(nullptr);
}

LogicalResult RowEmitter::emit() {
  if (failed(analyze()))
    return failure();
  chooseLanes();
  collectPasses();
  // A reduction that vectors cannot combine runs lane by lane in its rows.
  if (isInnerVector())
    for (ArrayRef<LinalgOp> pass : passes)
      for (LinalgOp op : pass)
        for (unsigned i = 0; i < op->getNumResults(); ++i)
          if (!matchAccumulator(op, i)) {
            vectorDim.reset();
            width = 1;
          }
  chooseStashes();
  lanes.setLanes(width);

  Value rows = constant(1);
  for (unsigned dim = 0; dim < rowDims; ++dim) {
    Value size = sizes[dim];
    if (dim == vectorDim)
      size = builder.createOrFold<arith::CeilDivUIOp>(loc(), size,
                                                      constant(width));
    rows = builder.createOrFold<arith::MulIOp>(loc(), rows, size);
  }
  Value work = constant(vectorDim && *vectorDim < rowDims ? width : 1);
  for (unsigned dim = rowDims; dim < rank; ++dim)
    work = builder.createOrFold<arith::MulIOp>(loc(), work, sizes[dim]);
  Value one = constant(1);
  work = builder.createOrFold<arith::MaxUIOp>(loc(), work, one);
  Value grain =
      builder.createOrFold<arith::CeilDivUIOp>(loc(), constant(taskWork), work);
  emitTasks(builder, loc(), rows, grain, processor,
            [&](Value begin, Value end) {
    for (Stash &stash : stashes) {
      SmallVector<int64_t> shape;
      for (unsigned dim = rowDims; dim < rank; ++dim)
        shape.push_back(*constantOf(sizes[dim]));
      auto type = MemRefType::get(
          shape,
          cast<RankedTensorType>(stash.tensor.getType()).getElementType());
      stash.buffer = memref::AllocaOp::create(
          builder, loc(), type, builder.getI64IntegerAttr(64));
    }
    auto forOp =
        scf::ForOp::create(builder, loc(), begin, end, constant(1));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(forOp.getBody()->getTerminator());
    emitRowOf(forOp.getInductionVar());
  });
  return success();
}

LogicalResult graphc::cpu::emitRow(OpBuilder &builder, RegionOp region,
                                   const Processor &processor) {
  return RowEmitter(builder, region, processor).emit();
}
