//===- AlignDomains.cpp - Consumers on the domain of a matrix product -----===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product of matrices has a domain of its own, (m, n), while the bias and the
// activation behind it run over the shape of the model, (batch, position, n).
// Here they come to run over (m, n) too, so that they fit the product's kernel.
// One loop of the product stands for a group of neighbouring loops of the
// consumer:
//
//   loop d of the group -> (p floordiv stride(d)) mod size(d)
//
// Most groups hold a single loop that is longer than 1, which is then p itself.
//
// In the same way what is computed of reduced rows runs over the rows alone,
// without the dimensions of size 1 that a program keeps in the place of the
// reduced ones, and others read it there.
//
//===----------------------------------------------------------------------===//

#include "KernelForms.h"
#include "graphc/Transforms/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc {
#define GEN_PASS_DEF_ALIGNDOMAINS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using linalg::GenericOp;

namespace {

/// The loops of a consumer that each loop of the product stands for.
using Groups = SmallVector<ReassociationIndices>;

class Aligner {
public:
  Aligner(GenericOp op, Value product, Groups groups)
      : op(op), product(product), groups(std::move(groups)),
        sizes(cast<RankedTensorType>(op.getResultTypes()[0]).getShape()) {}

  /// False when some operand cannot be read from the product's domain.
  bool analyze();
  /// Returns the op that takes the place of the consumer.
  GenericOp rewrite(RewriterBase &rewriter);

private:
  bool isUnit(int64_t loop) const { return sizes[loop] == 1; }
  /// Results of `map` that are exactly the loops of `group`, in order; nothing
  /// else of the map may use them.
  std::optional<unsigned> findRun(AffineMap map, ArrayRef<int64_t> group) const;
  bool isUsed(AffineMap map, ArrayRef<int64_t> group) const;
  bool needsSizes(ArrayRef<int64_t> group) const;

  GenericOp op;
  Value product;
  Groups groups;
  ArrayRef<int64_t> sizes;
};

} // namespace

/// Groups from a map that only leaves out loops of length 1.
static std::optional<Groups> getGroups(AffineMap map, ArrayRef<int64_t> sizes) {
  Groups groups(map.getNumResults());
  SmallVector<int64_t> pending;
  unsigned next = 0;
  for (int64_t loop = 0; loop < (int64_t)sizes.size(); ++loop) {
    auto isLoop = [&](AffineExpr expr) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      return dim && (int64_t)dim.getPosition() == loop;
    };
    if (next < groups.size() && isLoop(map.getResult(next))) {
      llvm::append_range(groups[next], pending);
      pending.clear();
      groups[next++].push_back(loop);
    } else if (sizes[loop] == 1) {
      pending.push_back(loop);
    } else {
      return std::nullopt;
    }
  }
  if (next != groups.size() || groups.empty())
    return std::nullopt;
  llvm::append_range(groups.back(), pending);
  return groups;
}

bool Aligner::isUsed(AffineMap map, ArrayRef<int64_t> group) const {
  return llvm::any_of(group,
                      [&](int64_t loop) { return map.isFunctionOfDim(loop); });
}

bool Aligner::needsSizes(ArrayRef<int64_t> group) const {
  return llvm::count_if(group, [&](int64_t loop) { return !isUnit(loop); }) > 1;
}

std::optional<unsigned> Aligner::findRun(AffineMap map,
                                         ArrayRef<int64_t> group) const {
  std::optional<unsigned> start;
  for (auto [i, expr] : llvm::enumerate(map.getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(expr);
        dim && (int64_t)dim.getPosition() == group.front() && !start)
      start = i;
  if (!start || *start + group.size() > map.getNumResults())
    return std::nullopt;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    bool inside = i >= *start && i < *start + group.size();
    if (inside) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim || (int64_t)dim.getPosition() != group[i - *start])
        return std::nullopt;
      continue;
    }
    AffineExpr other = expr;
    if (llvm::any_of(group,
                     [&](int64_t loop) { return other.isFunctionOfDim(loop); }))
      return std::nullopt;
  }
  return start;
}

bool Aligner::analyze() {
  for (OpOperand &init : op.getDpsInitsMutable())
    if (op.payloadUsesValueFromOperand(&init))
      return false;
  // Indices of loops would have to be taken apart.
  if (!op.getBody()->getOps<linalg::IndexOp>().empty())
    return false;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    for (const ReassociationIndices &group : groups) {
      if (!needsSizes(group) || !isUsed(map, group) || findRun(map, group))
        continue;
      for (int64_t loop : ArrayRef(group).drop_front())
        if (ShapedType::isDynamic(sizes[loop]))
          return false;
    }
  }
  return true;
}

/// The value that `value` shows in another shape, when its groups are these.
static Value lookThrough(Value value, ArrayRef<ReassociationIndices> groups) {
  auto expand = value.getDefiningOp<tensor::ExpandShapeOp>();
  if (expand && llvm::equal(expand.getReassociationIndices(), groups))
    return expand.getSrc();
  return nullptr;
}

static SmallVector<OpFoldResult> getSizes(OpBuilder &builder, Value init) {
  while (auto fill = init.getDefiningOp<linalg::FillOp>())
    init = fill.getOutputs()[0];
  if (auto empty = init.getDefiningOp<tensor::EmptyOp>())
    return empty.getMixedSizes();
  return tensor::getMixedSizes(builder, init.getLoc(), init);
}

GenericOp Aligner::rewrite(RewriterBase &rewriter) {
  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  rewriter.setInsertionPoint(op);
  unsigned rank = groups.size();
  AffineMap identity = AffineMap::getMultiDimIdentityMap(rank, context);

  // What each loop is on the product's domain.
  SmallVector<AffineExpr> loops(sizes.size(),
                                getAffineConstantExpr(0, context));
  for (auto [p, group] : llvm::enumerate(groups)) {
    int64_t stride = 1;
    for (int64_t loop : llvm::reverse(group)) {
      if (isUnit(loop))
        continue;
      loops[loop] = getAffineDimExpr(p, context).floorDiv(stride);
      // A dynamic size is the outermost, or the loop occurs in runs only.
      if (ShapedType::isDynamic(sizes[loop]))
        break;
      bool isOutermost = llvm::all_of(
          group, [&](int64_t other) { return other >= loop || isUnit(other); });
      if (!isOutermost)
        loops[loop] = loops[loop] % sizes[loop];
      stride *= sizes[loop];
    }
  }

  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    Value value = input->get();
    Value source = map.isIdentity() ? lookThrough(value, groups) : Value();
    if (source || value == product) {
      inputs.push_back(source ? source : value);
      maps.push_back(identity);
      continue;
    }
    // Runs of loops that the operand has side by side become one dimension.
    SmallVector<ReassociationIndices> reassociation;
    SmallVector<AffineExpr> exprs;
    bool collapses = false;
    for (unsigned i = 0; i < map.getNumResults();) {
      unsigned length = 1;
      AffineExpr expr = map.getResult(i).replaceDims(loops);
      for (auto [p, group] : llvm::enumerate(groups))
        if (needsSizes(group) && findRun(map, group) == i) {
          length = group.size();
          expr = getAffineDimExpr(p, context);
          collapses = true;
        }
      reassociation.push_back(
          llvm::to_vector<2>(llvm::seq<int64_t>(i, i + length)));
      exprs.push_back(expr);
      i += length;
    }
    if (collapses)
      value = rewriter.createOrFold<tensor::CollapseShapeOp>(loc, value,
                                                             reassociation);
    inputs.push_back(value);
    maps.push_back(AffineMap::get(rank, 0, exprs, context));
  }

  SmallVector<Value> inits;
  SmallVector<Type> types;
  auto productType = cast<RankedTensorType>(product.getType());
  auto producer = product.getDefiningOp<linalg::LinalgOp>();
  SmallVector<OpFoldResult> newSizes = getSizes(
      rewriter,
      producer.getDpsInitOperand(cast<OpResult>(product).getResultNumber())
          ->get());
  for (Type type : op.getResultTypes()) {
    Type element = getElementTypeOrSelf(type);
    inits.push_back(tensor::EmptyOp::create(rewriter, loc, newSizes, element));
    types.push_back(RankedTensorType::get(productType.getShape(), element));
    maps.push_back(identity);
  }
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto aligned =
      GenericOp::create(rewriter, loc, types, inputs, inits, maps, iterators);
  aligned->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  rewriter.inlineRegionBefore(op.getRegion(), aligned.getRegion(),
                              aligned.getRegion().end());
  SmallVector<Value> results;
  for (auto [init, result, type] : llvm::zip_equal(
           op.getDpsInits(), aligned.getResults(), op.getResultTypes()))
    results.push_back(tensor::ExpandShapeOp::create(
        rewriter, loc, type, result, groups, getSizes(rewriter, init)));
  rewriter.replaceOp(op, results);
  return aligned;
}

/// What `value` shows with more dimensions of size 1, if it is one of `rows`.
static tensor::ExpandShapeOp findRows(Value value,
                                      const DenseSet<Value> &rows) {
  auto expand = value.getDefiningOp<tensor::ExpandShapeOp>();
  if (!expand || !rows.contains(expand.getSrc()))
    return nullptr;
  ArrayRef<int64_t> shape = expand.getResultType().getShape();
  bool addsUnits = llvm::all_of(
      expand.getReassociationIndices(), [&](ArrayRef<int64_t> group) {
        return llvm::count_if(
                   group, [&](int64_t dim) { return shape[dim] != 1; }) <= 1;
      });
  return addsUnits ? expand : nullptr;
}

/// Lets `op` read the source of `expand`, its operand, itself.
static void readSource(GenericOp op, OpOperand &operand,
                       tensor::ExpandShapeOp expand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  ArrayRef<int64_t> shape = expand.getResultType().getShape();
  SmallVector<AffineExpr> exprs;
  for (ArrayRef<int64_t> group : expand.getReassociationIndices()) {
    auto *place =
        llvm::find_if(group, [&](int64_t dim) { return shape[dim] != 1; });
    exprs.push_back(
        map.getResult(place == group.end() ? group.front() : *place));
  }
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps[operand.getOperandNumber()] =
      AffineMap::get(map.getNumDims(), 0, exprs, op.getContext());
  operand.set(expand.getSrc());
  op.setIndexingMapsAttr(Builder(op.getContext()).getAffineMapArrayAttr(maps));
}

namespace {
struct AlignDomains : graphc::impl::AlignDomainsBase<AlignDomains> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<GenericOp> ops;
    getOperation()->walk([&](GenericOp op) { ops.push_back(op); });
    for (GenericOp op : ops) {
      // The parts of an attention stay as its kernel expects them.
      if (!op.hasPureTensorSemantics() || op->hasAttr("graphc.group"))
        continue;
      if (isContraction(op))
        products.insert(op.getResult(0));
      else if (!isPointwise(op) || readsReduction(op))
        visitReduced(op, rewriter);
      else if (op.getNumResults())
        visit(op, rewriter);
    }
    products.clear();
    reductions.clear();
    rows.clear();
    // What was expanded for users that have moved would be one more result of
    // its kernel.
    SmallVector<tensor::ExpandShapeOp> expands;
    getOperation()->walk(
        [&](tensor::ExpandShapeOp op) { expands.push_back(op); });
    for (tensor::ExpandShapeOp op : llvm::reverse(expands))
      if (op->use_empty())
        rewriter.eraseOp(op);
  }

private:
  /// What stands on the domain of a product.
  DenseSet<Value> products;
  /// What follows from reductions, such as normalized rows: those belong to the
  /// kernel of the reduction, on its domain.
  DenseSet<Value> reductions;
  /// Those that have one element per row.
  DenseSet<Value> rows;

  void visitReduced(GenericOp op, RewriterBase &rewriter) {
    if (isPointwise(op))
      op = alignToRows(op, rewriter);
    else if (op.getNumReductionLoops() && !hasMultiplyAddBody(op))
      rows.insert_range(op.getResults());
    reductions.insert_range(op.getResults());
    // The results tell how many steps loops have that no operand walks along.
    for (OpOperand *input : op.getDpsInputOperands())
      if (tensor::ExpandShapeOp expand = findRows(input->get(), rows))
        if (isPointwise(op))
          readSource(op, *input, expand);
  }

  /// What takes the place of `op`, over rows alone if it can be.
  GenericOp alignToRows(GenericOp op, RewriterBase &rewriter) {
    for (OpOperand *input : op.getDpsInputOperands()) {
      if (!op.getMatchingIndexingMap(input).isIdentity())
        continue;
      Value source = input->get();
      if (tensor::ExpandShapeOp expand = findRows(source, rows)) {
        Aligner aligner(op, expand.getSrc(), expand.getReassociationIndices());
        if (!aligner.analyze())
          continue;
        op = aligner.rewrite(rewriter);
        ++numAligned;
      } else if (!rows.contains(source)) {
        continue;
      }
      rows.insert_range(op.getResults());
      break;
    }
    return op;
  }

  bool readsReduction(GenericOp op) {
    return llvm::any_of(op.getDpsInputs(), [&](Value input) {
      while (auto reshape = input.getDefiningOp()) {
        if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(reshape))
          break;
        input = reshape->getOperand(0);
      }
      return reductions.contains(input);
    });
  }

  void visit(GenericOp op, RewriterBase &rewriter) {
    auto type = cast<RankedTensorType>(op.getResultTypes()[0]);
    // The latest product is the one that the kernel will belong to.
    SmallVector<OpOperand *> inputs = op.getDpsInputOperands();
    for (OpOperand *input : llvm::reverse(inputs)) {
      AffineMap map = op.getMatchingIndexingMap(input);
      Value source = input->get();
      std::optional<Groups> groups;
      if (auto expand = source.getDefiningOp<tensor::ExpandShapeOp>();
          expand && map.isIdentity()) {
        groups = expand.getReassociationIndices();
        source = expand.getSrc();
      } else {
        groups = getGroups(map, type.getShape());
      }
      if (!groups || !products.contains(source))
        continue;
      if (groups->size() == op.getNumLoops()) {
        products.insert_range(op.getResults());
        return;
      }
      Aligner aligner(op, source, *groups);
      if (!aligner.analyze())
        continue;
      products.insert_range(aligner.rewrite(rewriter).getResults());
      ++numAligned;
      return;
    }
  }
};
} // namespace
