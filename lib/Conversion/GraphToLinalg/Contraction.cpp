//===- Contraction.cpp - Matrix products ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

#include "dialects/Kernel/IR/Kernel.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

/// The sums of products of `lhs` and `rhs`, which are read in the loops of
/// `domain`, across the last of those.
static Tensor buildProduct(LinalgBuilder &b, ArrayRef<Expr> domain,
                           const Operand &lhs, const Operand &rhs,
                           Type elementType) {
  Type sumType = getAccumulatorType(elementType);
  Tensor sum = b.reduce(
      domain, domain.size() - 1, {lhs, rhs}, {sumType, getNumber(sumType, 0)},
      [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
        return scalars.add(args[2], scalars.mul(args[0], args[1]));
      });
  return b.cast(sum, elementType);
}

namespace {

/// One linalg.generic over (batch.., m, n, k). Operands are read through views,
/// so a transposed weight costs nothing.
struct MatmulConversion : GraphPattern<graph::MatmulOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::MatmulOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    auto lhsType = cast<graph::StridedTensorType>(op.getLhs().getType());
    int64_t rank = type.getRank();
    SmallVector<Expr> domain(type.getShape());
    domain.push_back(lhsType.getDim(rank - 1));
    Operand lhs = LinalgBuilder::through(
        b.read(op.getLhs()), getOperandMap(lhsType, type, rank - 2, rank, b));
    Operand rhs = LinalgBuilder::through(
        b.read(op.getRhs()),
        getOperandMap(cast<graph::StridedTensorType>(op.getRhs().getType()),
                      type, rank, rank - 1, b));
    Tensor product = buildProduct(b, domain, lhs, rhs, type.getElementType());
    b.rewriter.replaceOp(op, product.value);
    return success();
  }

private:
  /// From the loops to an operand whose last two dimensions are the loops `row`
  /// and `column`.
  static AffineMap getOperandMap(graph::StridedTensorType operand,
                                 graph::StridedTensorType result, int64_t row,
                                 int64_t column, LinalgBuilder &b) {
    int64_t rank = result.getRank();
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < rank - 2; ++dim)
      exprs.push_back(operand.getDim(dim) == 1 && result.getDim(dim) != 1
                          ? b.getAffineConstantExpr(0)
                          : b.getAffineDimExpr(dim));
    exprs.push_back(b.getAffineDimExpr(row));
    exprs.push_back(b.getAffineDimExpr(column));
    return AffineMap::get(rank + 1, 0, exprs, b.getContext());
  }
};

/// A loop over the groups, each a product of a size that it alone knows. Groups
/// are slices of operands and result, so that nothing is moved.
struct GroupedMatmulConversion : GraphPattern<graph::GroupedMatmulOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::GroupedMatmulOp op,
                      LinalgBuilder &b) const override {
    Loops loops = getLoops(op);
    // Of a dimension without elements there are no slices.
    for (auto [loop, size] : llvm::enumerate(loops.domain))
      if (loop != loops.grouped && size == 0) {
        Type type = getElementType(op.getResult());
        Tensor zeros =
            b.filled(getShape(op.getResult()), type, getNumber(type, 0));
        b.rewriter.replaceOp(op, zeros.value);
        return success();
      }
    Tensor ends = b.tensor(op.getEnds());
    Expr size = loops.domain[loops.grouped];
    scf::ForOp check = checkEnds(b, ends, size);
    if (hasThreadsToSpare())
      check->setAttr("graphc.parallel", b.getI64IntegerAttr(1));
    Tensor result =
        b.empty(getShape(op.getResult()), getElementType(op.getResult()));
    ScalarBuilder at(op.getLoc(), b);
    SmallVector<Value> products = LinalgBuilder::loop(
        at, b.index(ends.shape[0]), {result.value},
        [&](ScalarBuilder &in, Value number, ValueRange carried) {
          auto [begin, end] = buildRange(in, b, ends, number, size);
          // What is built of sizes comes where this body is built.
          OpBuilder::InsertionGuard guard(b);
          b.setInsertionPoint(in.getInsertionBlock(), in.getInsertionPoint());
          Group group{b.bind(number), b.bind(begin),
                      bindCount(in, b, begin, end, size)};
          Tensor into = result;
          into.value = carried[0];
          Value next = multiply(op, b, loops, group, into);
          in.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
          return SmallVector<Value>{next};
        });
    // No group needs another's product, and ends are what groups are made of,
    // never the other way round.
    products[0].getDefiningOp()->setAttr("graphc.groups", b.getUnitAttr());
    result.value = products[0];
    if (loops.grouped != depthLoop)
      result.value = clearBehind(
          b, result, loops.grouped == rowLoop ? 0 : 1,
          [&](ScalarBuilder &at) { return buildLastEnd(at, b, ends, size); });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

protected:
  /// Whether few checks are better shared among threads.
  virtual bool hasThreadsToSpare() const { return false; }

  using BuildEnd = llvm::function_ref<Value(ScalarBuilder &)>;
  /// `result` with zeros behind the last group, which ends along `dim` where
  /// `buildEnd` tells.
  virtual Value clearBehind(LinalgBuilder &b, const Tensor &result, int64_t dim,
                            BuildEnd buildEnd) const {
    ScalarBuilder at(b.getLoc(), b);
    Value last = buildEnd(at);
    Expr size = result.shape[dim];
    Expr rest = bindCount(at, b, last, b.index(size), size);
    SmallVector<Expr> shape = result.shape, offsets(2, b.expr(0));
    shape[dim] = rest;
    offsets[dim] = b.bind(last);
    Tensor zeros =
        b.filled(shape, result.elementType, getNumber(result.elementType, 0));
    return b.insert(zeros, result, offsets, {b.expr(1), b.expr(1)}).value;
  }

private:
  /// Those of a product, in their order.
  static constexpr unsigned rowLoop = 0, columnLoop = 1, depthLoop = 2;
  /// Stands for the dimension that has an index for each group.
  static constexpr unsigned groupLoop = 3;

  /// What the dimensions of operands and result are.
  struct Loops {
    SmallVector<Expr> domain;
    unsigned grouped; ///< The loop of which each group has a part.
    SmallVector<unsigned> lhs, rhs, result;
  };
  struct Group {
    Expr number, begin, count;
  };

  static Loops getLoops(graph::GroupedMatmulOp op) {
    SmallVector<Expr> lhs = getShape(op.getLhs()), rhs = getShape(op.getRhs());
    bool hasLeft = lhs.size() == 3, hasRight = rhs.size() == 3;
    Loops loops{{lhs[lhs.size() - 2], rhs.back(), lhs.back()},
                hasRight  ? rowLoop
                : hasLeft ? columnLoop
                          : depthLoop,
                {rowLoop, depthLoop},
                {depthLoop, columnLoop},
                {rowLoop, columnLoop}};
    SmallVector<unsigned> &batched = hasLeft    ? loops.lhs
                                     : hasRight ? loops.rhs
                                                : loops.result;
    batched.insert(batched.begin(), groupLoop);
    return loops;
  }

  static Value loadEnd(ScalarBuilder &at, const Tensor &ends, Value number) {
    Value wide = at.cast(loadElement(at, ends, number), ends.elementType,
                         at.getI64Type());
    return at.op<arith::IndexCastOp>(at.getIndexType(), wide);
  }

  /// Where group `number` ends. Stays in bounds if it is wrong.
  static Value buildEnd(ScalarBuilder &at, LinalgBuilder &b, const Tensor &ends,
                        Value number, Expr size) {
    return at.op<arith::MinSIOp>(
        at.op<arith::MaxSIOp>(loadEnd(at, ends, number),
                              at.op<arith::ConstantIndexOp>(0)),
        b.index(at, size));
  }

  /// The first of all groups begins at zero, the others behind the one before.
  static Value buildBegin(ScalarBuilder &at, Value number,
                          llvm::function_ref<Value(Value)> endOf) {
    Value zero = at.op<arith::ConstantIndexOp>(0);
    Value before = at.op<arith::MaxSIOp>(
        at.sub(number, at.op<arith::ConstantIndexOp>(1)), zero);
    return at.op<arith::SelectOp>(
        at.cmp(arith::CmpIPredicate::eq, number, zero), zero, endOf(before));
  }

  /// Where group `number` begins and ends, not before it begins. Of one group
  /// alone, so that groups can be found in any order.
  static std::pair<Value, Value> buildRange(ScalarBuilder &at, LinalgBuilder &b,
                                            const Tensor &ends, Value number,
                                            Expr size) {
    auto endOf = [&](Value number) {
      return buildEnd(at, b, ends, number, size);
    };
    Value begin = buildBegin(at, number, endOf);
    return {begin, at.op<arith::MaxSIOp>(endOf(number), begin)};
  }

  /// Where the last group ends, zero if there is none.
  static Value buildLastEnd(ScalarBuilder &at, LinalgBuilder &b,
                            const Tensor &ends, Expr size) {
    Value zero = at.op<arith::ConstantIndexOp>(0);
    Value one = at.op<arith::ConstantIndexOp>(1);
    Value count = b.index(ends.shape[0]);
    Value last = at.op<arith::MaxSIOp>(at.sub(count, one), zero);
    return scf::ForOp::create(
               at, last, count, one, zero,
               [&](OpBuilder &builder, Location loc, Value number, ValueRange) {
                 ScalarBuilder in(loc, builder);
                 scf::YieldOp::create(in, buildEnd(in, b, ends, number, size));
               })
        .getResult(0);
  }

  /// Makes the run fail unless groups lie one behind the other.
  static scf::ForOp checkEnds(LinalgBuilder &b, const Tensor &ends, Expr size) {
    ScalarBuilder at(b.getLoc(), b);
    return scf::ForOp::create(
        at, at.op<arith::ConstantIndexOp>(0), b.index(ends.shape[0]),
        at.op<arith::ConstantIndexOp>(1), ValueRange(),
        [&](OpBuilder &builder, Location loc, Value number, ValueRange) {
          ScalarBuilder in(loc, builder);
          auto endOf = [&](Value number) { return loadEnd(in, ends, number); };
          Value begin = buildBegin(in, number, endOf), end = endOf(number);
          kernel::CheckOp::create(
              in,
              in.band(
                  in.cmp(arith::CmpIPredicate::sge, end, begin),
                  in.cmp(arith::CmpIPredicate::sle, end, b.index(in, size))),
              "a group ends before it begins or behind the last element");
          scf::YieldOp::create(in);
        });
  }

  /// How many there are of `size` in [begin, end). The minimum is what tells
  /// how much memory they take.
  static Expr bindCount(ScalarBuilder &at, LinalgBuilder &b, Value begin,
                        Value end, Expr size) {
    return b.bind(at.op<arith::MinSIOp>(at.sub(end, begin), b.index(at, size)));
  }

  /// `into` with the product of `group`.
  static Value multiply(graph::GroupedMatmulOp op, LinalgBuilder &b,
                        const Loops &loops, const Group &group,
                        const Tensor &into) {
    SmallVector<Expr> domain = loops.domain;
    domain[loops.grouped] = group.count;
    Operand lhs = slice(b, op.getLhs(), loops.lhs, loops, group);
    Operand rhs = slice(b, op.getRhs(), loops.rhs, loops, group);
    Tensor product = buildProduct(b, domain, lhs, rhs, into.elementType);
    SmallVector<OpFoldResult> offsets, sizes;
    for (unsigned loop : loops.result)
      addSlice(b, loop, loops, group, domain, offsets, sizes);
    SmallVector<OpFoldResult> steps(offsets.size(), b.getIndexAttr(1));
    return tensor::InsertSliceOp::create(b, product.value, into.value, offsets,
                                         sizes, steps);
  }

  /// Where the part of a group lies along the dimension of `loop`.
  static void addSlice(LinalgBuilder &b, unsigned loop, const Loops &loops,
                       const Group &group, ArrayRef<Expr> domain,
                       SmallVectorImpl<OpFoldResult> &offsets,
                       SmallVectorImpl<OpFoldResult> &sizes) {
    offsets.push_back(b.size(loop == groupLoop       ? group.number
                             : loop == loops.grouped ? group.begin
                                                     : b.expr(0)));
    sizes.push_back(b.size(loop == groupLoop ? b.expr(1) : domain[loop]));
  }

  /// The part of `value` for a group, read in the loops of the product. It is a
  /// slice of what `value` is a view of.
  static Operand slice(LinalgBuilder &b, Value value,
                       ArrayRef<unsigned> loopOfDim, const Loops &loops,
                       const Group &group) {
    Operand operand = b.read(value);
    if (!operand.tensor)
      return {Value(), AffineMap(), operand.elementType, operand.splat};
    SmallVector<Expr> domain = loops.domain;
    domain[loops.grouped] = group.count;
    auto type = cast<RankedTensorType>(operand.tensor.getType());
    SmallVector<OpFoldResult> offsets, sizes;
    SmallVector<AffineExpr> exprs;
    SmallVector<int64_t> shape;
    for (auto [dim, expr] : llvm::enumerate(operand.map.getResults())) {
      auto of = dyn_cast<AffineDimExpr>(expr);
      if (!of) { // The one element that all read.
        offsets.push_back(b.getIndexAttr(0));
        sizes.push_back(b.getIndexAttr(1));
        exprs.push_back(b.getAffineConstantExpr(0));
        shape.push_back(1);
        continue;
      }
      unsigned loop = loopOfDim[of.getPosition()];
      addSlice(b, loop, loops, group, domain, offsets, sizes);
      if (loop == groupLoop)
        continue;
      exprs.push_back(b.getAffineDimExpr(loop));
      shape.push_back(
          domain[loop].getConstant().value_or(ShapedType::kDynamic));
    }
    SmallVector<OpFoldResult> steps(offsets.size(), b.getIndexAttr(1));
    operand.tensor = tensor::ExtractSliceOp::create(
        b, RankedTensorType::get(shape, type.getElementType()), operand.tensor,
        offsets, sizes, steps);
    operand.map = AffineMap::get(domain.size(), 0, exprs, b.getContext());
    return operand;
  }
};

/// Where the last group ends is known on the device only, which finds the
/// elements behind it itself.
struct DeviceGroupedMatmulConversion : GroupedMatmulConversion {
  using GroupedMatmulConversion::GroupedMatmulConversion;

protected:
  bool hasThreadsToSpare() const override { return true; }

  Value clearBehind(LinalgBuilder &b, const Tensor &result, int64_t dim,
                    BuildEnd buildEnd) const override {
    // Few threads, which mostly have nothing to do; neighbours store
    // neighbours.
    constexpr int64_t threadsOfRow = 32;
    return b
        .parallelLoops(
            {result.shape[0], b.expr(threadsOfRow)}, {result.value},
            [&](ScalarBuilder &at, ArrayRef<Value> place, ValueRange carried) {
              Value columns = b.index(at, result.shape[1]);
              Value last = buildEnd(at), first = last;
              if (dim == 0)
                first = at.op<arith::SelectOp>(
                    at.cmp(arith::CmpIPredicate::slt, place[0], last), columns,
                    at.op<arith::ConstantIndexOp>(0));
              auto loop = scf::ForOp::create(
                  at, at.add(first, place[1]), columns,
                  at.op<arith::ConstantIndexOp>(threadsOfRow), carried,
                  [&](OpBuilder &builder, Location loc, Value column,
                      ValueRange state) {
                    ScalarBuilder in(loc, builder);
                    Type type = result.elementType;
                    Value zero = in.constant(getNumber(type, 0), type);
                    Value next = storeElement(in, zero, state[0], type,
                                              {place[0], column});
                    scf::YieldOp::create(in, next);
                  });
              return SmallVector<Value>(loop.getResults());
            })
        .front();
  }
};

} // namespace

void graphc::populateContractionPatterns(const TypeConverter &converter,
                                         SymbolValues &symbols,
                                         RewritePatternSet &patterns) {
  patterns.add<MatmulConversion, GroupedMatmulConversion>(
      converter, patterns.getContext(), symbols);
}

void graphc::populateDeviceContractionPatterns(const TypeConverter &converter,
                                               SymbolValues &symbols,
                                               RewritePatternSet &patterns) {
  patterns.add<MatmulConversion, DeviceGroupedMatmulConversion>(
      converter, patterns.getContext(), symbols);
}
