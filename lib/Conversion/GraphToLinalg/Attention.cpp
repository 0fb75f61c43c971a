//===- Attention.cpp - Scaled dot-product attention -----------------------===//
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

using arith::CmpFPredicate;
using graph::Expr;

namespace {

/// The loops of one attention. Queries are [lead.., (group,) L, E] and keys
/// [lead.., S, E]: when heads share keys, the query's heads are split in two
/// dimensions, and the group is a loop that keys and values do not have.
struct AttentionShape {
  AttentionShape(LinalgBuilder &b, graph::AttentionOp op);

  SmallVector<int64_t> getLead() const {
    return llvm::to_vector(llvm::seq<int64_t>(numLead));
  }

  /// Of query rows: lead, group if any.
  SmallVector<Expr> rows;
  /// How many leading dimensions keys have.
  int64_t numLead;
  bool isGrouped;
  Expr queries, keys, depth, valueDepth;
};

AttentionShape::AttentionShape(LinalgBuilder &b, graph::AttentionOp op) {
  auto query = cast<graph::StridedTensorType>(op.getQuery().getType());
  auto key = cast<graph::StridedTensorType>(op.getKey().getType());
  auto value = cast<graph::StridedTensorType>(op.getValue().getType());
  int64_t rank = query.getRank();
  numLead = rank - 2;
  rows = llvm::to_vector(query.getShape().drop_back(2));
  queries = query.getDim(rank - 2);
  depth = query.getDim(rank - 1);
  keys = key.getDim(rank - 2);
  valueDepth = value.getDim(rank - 1);
  isGrouped = numLead > 0 && rows.back() != key.getDim(rank - 3);
  if (!isGrouped)
    return;
  Expr shared = key.getDim(rank - 3);
  Expr group = rows.back().floorDiv(shared);
  rows.back() = shared;
  rows.push_back(group);
}

/// scores = scale * query . key + mask        per (row, query, key)
///          softcap * tanh(scale / softcap * query . key) + mask
/// max    = max of scores, 0 for a row of -inf
/// p      = exp(scores - max);  sum = sum of p
/// out    = (p . value) / sum, 0 or NaN for a sum of 0
/// lse    = max + log(sum)
struct AttentionConversion : GraphPattern<graph::AttentionOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::AttentionOp op, LinalgBuilder &b) const override {
    AttentionShape shape(b, op);
    auto type = cast<graph::StridedTensorType>(op.getResult().getType());
    Type sumType = getComputeType(type.getElementType());
    SmallVector<Expr> rowShape = shape.rows;
    rowShape.push_back(shape.queries);
    SmallVector<Expr> scoreShape = rowShape;
    scoreShape.push_back(shape.keys);

    b.beginGroup();
    Tensor products = buildProducts(op, shape, sumType, b);
    // Of a depth of 0 there are none.
    if (auto loops = products.value.getDefiningOp<linalg::GenericOp>())
      loops->setAttr("graphc.attention", getDescription(op, b));
    Tensor scores = buildScores(op, shape, products, scoreShape, b);

    int64_t rank = scoreShape.size(), last = rank - 1;
    AffineMap rowMap = b.select(rank, getOtherDims(rank, last));
    Tensor max = b.reduce(scoreShape, last, b.read(scores),
                          {sumType, getLowest(sumType)},
                          [&](ScalarBuilder &at, ArrayRef<Value> args) {
                            return at.maximum(args[0], args[1], sumType);
                          });
    max = b.pointwise(rowShape, b.read(max), sumType,
                      [&](ScalarBuilder &at, ArrayRef<Value> args) {
                        Value isEmpty =
                            at.equal(args[0], at.real(sumType, -INFINITY));
                        return at.select(isEmpty, at.real(sumType, 0), args[0]);
                      });
    Tensor p = b.pointwise(
        scoreShape,
        {b.read(scores), LinalgBuilder::through(b.read(max), rowMap)}, sumType,
        [](ScalarBuilder &at, ArrayRef<Value> args) {
          return at.op<math::ExpOp>(at.sub(args[0], args[1]));
        });
    Tensor sum =
        b.reduce(scoreShape, last, b.read(p), {sumType, getNumber(sumType, 0)},
                 [](ScalarBuilder &at, ArrayRef<Value> args) {
                   return at.add(args[1], args[0]);
                 });
    Tensor out = buildOutput(op, shape, p, sum, type, b);
    b.rewriter.replaceOp(op,
                         {out.value, buildLogsumexp(op, max, sum, b).value});
    return success();
  }

private:
  /// What a scheduler asks first.
  static Attribute getDescription(graph::AttentionOp op, LinalgBuilder &b) {
    return b.getDictionaryAttr(
        {b.getNamedAttr("causal", b.getBoolAttr(op.getCausal())),
         b.getNamedAttr("masked", b.getBoolAttr(bool(op.getMask()))),
         b.getNamedAttr("scale", op.getScaleAttr())});
  }

  /// The query with its heads split when they share keys.
  static Operand readQuery(graph::AttentionOp op, const AttentionShape &shape,
                           LinalgBuilder &b) {
    if (!shape.isGrouped)
      return b.read(op.getQuery());
    SmallVector<Expr> split = shape.rows;
    split.append({shape.queries, shape.depth});
    return b.read(b.reshape(b.tensor(op.getQuery()), split));
  }

  static Tensor buildProducts(graph::AttentionOp op,
                              const AttentionShape &shape, Type sumType,
                              LinalgBuilder &b) {
    // Loops: rows.., query, key, depth.
    int64_t numRows = shape.rows.size(), rank = numRows + 3;
    SmallVector<Expr> domain = shape.rows;
    domain.append({shape.queries, shape.keys, shape.depth});
    SmallVector<int64_t> queryDims =
        llvm::to_vector(llvm::seq<int64_t>(numRows + 1));
    queryDims.push_back(rank - 1);
    SmallVector<int64_t> keyDims = shape.getLead();
    keyDims.append({numRows + 1, rank - 1});
    return b.reduce(
        domain, rank - 1,
        {LinalgBuilder::through(readQuery(op, shape, b),
                                b.select(rank, queryDims)),
         LinalgBuilder::through(b.read(op.getKey()), b.select(rank, keyDims))},
        {sumType, getNumber(sumType, 0)},
        [](ScalarBuilder &at, ArrayRef<Value> args) {
          return at.add(args[2], at.mul(args[0], args[1]));
        });
  }

  /// The mask in the loops of the scores.
  static Operand readMask(graph::AttentionOp op, const AttentionShape &shape,
                          ArrayRef<Expr> scoreShape, LinalgBuilder &b) {
    if (!shape.isGrouped)
      return b.read(op.getMask(), scoreShape);
    auto type = cast<graph::StridedTensorType>(op.getMask().getType());
    SmallVector<Expr> split(type.getShape());
    int64_t heads = split.size() - 3;
    if (heads < 0)
      return b.read(op.getMask(), scoreShape);
    if (split[heads] == 1) {
      split.insert(split.begin() + heads, b.expr(1));
    } else {
      split[heads] = shape.rows.back();
      split.insert(split.begin() + heads, shape.rows[shape.rows.size() - 2]);
    }
    Tensor mask = b.reshape(b.tensor(op.getMask()), split);
    return LinalgBuilder::through(b.read(mask),
                                  b.broadcast(scoreShape, mask.shape));
  }

  static Tensor buildScores(graph::AttentionOp op, const AttentionShape &shape,
                            const Tensor &products, ArrayRef<Expr> scoreShape,
                            LinalgBuilder &b) {
    Type sumType = products.elementType;
    SmallVector<Operand> operands{b.read(products)};
    if (op.getMask())
      operands.push_back(readMask(op, shape, scoreShape, b));
    int64_t rank = scoreShape.size();
    double scale = op.getScale().convertToDouble();
    std::optional<double> softcap;
    if (op.getSoftcap()) {
      softcap = op.getSoftcap()->convertToDouble();
      scale /= *softcap;
    }
    Tensor scores = b.pointwise(
        scoreShape, operands, sumType,
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          Value lowest = at.real(sumType, -INFINITY);
          Value score = at.mul(args[0], at.real(sumType, scale));
          if (softcap)
            score =
                at.mul(at.op<math::TanhOp>(score), at.real(sumType, *softcap));
          if (args.size() > 1)
            score = args[1].getType().isInteger(1)
                        ? at.select(args[1], score, lowest)
                        : at.add(score,
                                 at.cast(args[1], args[1].getType(), sumType));
          return score;
        });
    if (!op.getCausal())
      return scores;
    // By itself, so that a scheduler can leave it out where all is visible.
    Tensor visible = b.pointwise(
        scoreShape, b.read(scores), sumType,
        [&](ScalarBuilder &at, ArrayRef<Value> args) {
          Value isVisible = at.cmp(arith::CmpIPredicate::sle,
                                   at.op<linalg::IndexOp>(rank - 1),
                                   at.op<linalg::IndexOp>(rank - 2));
          return at.select(isVisible, args[0], at.real(sumType, -INFINITY));
        });
    visible.value.getDefiningOp()->setAttr("graphc.causal", b.getUnitAttr());
    return visible;
  }

  static Tensor buildOutput(graph::AttentionOp op, const AttentionShape &shape,
                            const Tensor &p, const Tensor &sum,
                            graph::StridedTensorType type, LinalgBuilder &b) {
    // Loops: rows.., query, value depth, key.
    Type sumType = p.elementType;
    int64_t numRows = shape.rows.size(), rank = numRows + 3;
    SmallVector<Expr> domain = shape.rows;
    domain.append({shape.queries, shape.valueDepth, shape.keys});
    SmallVector<int64_t> rowDims =
        llvm::to_vector(llvm::seq<int64_t>(numRows + 1));
    SmallVector<int64_t> pDims = rowDims;
    pDims.push_back(rank - 1);
    SmallVector<int64_t> valueDims = shape.getLead();
    valueDims.append({rank - 1, numRows + 1});
    Tensor weighted =
        b.reduce(domain, rank - 1,
                 {LinalgBuilder::through(b.read(p), b.select(rank, pDims)),
                  LinalgBuilder::through(b.read(op.getValue()),
                                         b.select(rank, valueDims))},
                 {sumType, getNumber(sumType, 0)},
                 [](ScalarBuilder &at, ArrayRef<Value> args) {
                   return at.add(args[2], at.mul(args[0], args[1]));
                 });
    Tensor out = b.pointwise(
        weighted.shape,
        {b.read(weighted),
         LinalgBuilder::through(b.read(sum), b.select(rank - 1, rowDims))},
        type.getElementType(), [&](ScalarBuilder &at, ArrayRef<Value> args) {
          Value isEmpty = at.equal(args[1], at.real(sumType, 0));
          bool isNan = op.getNanRows() && shape.keys != 0;
          Value empty = at.real(sumType, isNan ? NAN : 0.0);
          Value result = at.select(isEmpty, empty, at.div(args[0], args[1]));
          if (!isNan || shape.keys.isConstant())
            return result;
          // A sum over no keys at all is 0 all the same.
          Type i64 = at.getI64Type();
          Value hasKeys =
              at.cmp(arith::CmpIPredicate::ne, b.number(at, shape.keys, i64),
                     at.integer(i64, 0));
          return at.select(hasKeys, result, at.real(sumType, 0));
        });
    return b.reshape(out, type.getShape());
  }

  static Tensor buildLogsumexp(graph::AttentionOp op, const Tensor &max,
                               const Tensor &sum, LinalgBuilder &b) {
    auto type = cast<graph::StridedTensorType>(op.getLogsumexp().getType());
    Tensor result = b.pointwise(
        sum.shape, {b.read(max), b.read(sum)}, type.getElementType(),
        [](ScalarBuilder &at, ArrayRef<Value> args) {
          return at.add(args[0], at.op<math::LogOp>(args[1]));
        });
    return b.reshape(result, type.getShape());
  }
};

} // namespace

void graphc::populateAttentionPatterns(const TypeConverter &converter,
                                       SymbolValues &symbols,
                                       RewritePatternSet &patterns) {
  patterns.add<AttentionConversion>(converter, patterns.getContext(), symbols);
}
