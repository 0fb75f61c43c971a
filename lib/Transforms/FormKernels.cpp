//===- FormKernels.cpp - Group linalg ops into kernels --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ops are visited in program order. Each opens a group or joins that of a
// producer; a group becomes a region at the end. A group's domain is the
// iteration space of its ops: row dimensions first, inner (reduced) ones last.
//
//===----------------------------------------------------------------------===//

#include "FormAttention.h"
#include "KernelForms.h"
#include "graphc/Transforms/Passes.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace graphc {
#define GEN_PASS_DEF_FORMKERNELS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using kernel::Form;
using linalg::GenericOp;
using linalg::LinalgOp;

namespace {

struct Group {
  Form form;
  SmallVector<LinalgOp> ops;
  /// Loops of ops over the whole domain; row dimensions are the first
  /// `rowDims` of them. A group without reductions has no row dimensions yet.
  unsigned rank = 0;
  std::optional<unsigned> rowDims;
};

/// One block's worth of grouping.
class Former {
public:
  Former(Block &block, RewriterBase &rewriter)
      : block(block), rewriter(rewriter) {}

  void run();

  unsigned numKernels = 0, numFused = 0, numGeneric = 0;

private:
  bool join(LinalgOp op, Group &group);
  bool fits(LinalgOp op, Group &group);
  bool isReachable(LinalgOp op, Group &group);
  std::optional<Group> open(LinalgOp op);
  void build(Group &group);

  Block &block;
  RewriterBase &rewriter;
  SmallVector<std::unique_ptr<Group>> groups;
  DenseMap<Operation *, Group *> groupOf;
};

} // namespace

/// Only pointwise consumers fuse into it, and elements are rows of their own.
static bool isProduct(Form form) {
  return form == Form::Contraction || form == Form::Convolution;
}

std::optional<Group> Former::open(LinalgOp op) {
  if (isContraction(op))
    return Group{Form::Contraction, {}, op.getNumParallelLoops(), {}};
  if (isConvolution(op) || isDepthwise(op))
    return Group{Form::Convolution, {}, op.getNumParallelLoops(), {}};
  if (isPointwise(op))
    return Group{Form::Pointwise, {}, op.getNumLoops(), {}};
  if (isReduction(op))
    return Group{Form::Row, {}, op.getNumLoops(), op.getNumParallelLoops()};
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Joining a group
//===----------------------------------------------------------------------===//

/// Whether `loop` of `a` and of `b` surely make as many steps.
static bool haveSameExtent(LinalgOp a, LinalgOp b, unsigned loop) {
  int64_t sizeA = a.getStaticLoopRanges()[loop],
          sizeB = b.getStaticLoopRanges()[loop];
  if (!ShapedType::isDynamic(sizeA) || !ShapedType::isDynamic(sizeB))
    return sizeA == sizeB;
  // What says how many: dimensions of tensors, or what those were made with.
  auto sourcesOf = [&](LinalgOp op) {
    SmallVector<std::pair<Value, int64_t>> sources;
    for (OpOperand &operand : op->getOpOperands())
      for (auto [dim, expr] :
           llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
        auto dimExpr = dyn_cast<AffineDimExpr>(expr);
        if (!dimExpr || dimExpr.getPosition() != loop)
          continue;
        Value source = operand.get();
        while (auto fill = source.getDefiningOp<linalg::FillOp>())
          source = fill.getOutputs()[0];
        auto empty = source.getDefiningOp<tensor::EmptyOp>();
        if (empty && empty.getType().isDynamicDim(dim))
          sources.emplace_back(empty.getDynamicSize(dim), -1);
        else
          sources.emplace_back(source, dim);
      }
    return sources;
  };
  auto known = sourcesOf(a);
  return llvm::any_of(sourcesOf(b), [&](auto source) {
    return llvm::is_contained(known, source);
  });
}

/// True when `op` reads results of `group` in a way that its form allows.
bool Former::fits(LinalgOp op, Group &group) {
  bool pointwise = isPointwise(op);
  if (!pointwise && !isReduction(op))
    return false;
  if (isContraction(op) || isConvolution(op) || isDepthwise(op) ||
      group.form == Form::Attention)
    return false;
  std::optional<unsigned> rowDims = group.rowDims;
  unsigned loops = op.getNumLoops();
  if (!pointwise) {
    if (isProduct(group.form) || loops != group.rank)
      return false;
    if (rowDims && *rowDims != op.getNumParallelLoops())
      return false;
    rowDims = op.getNumParallelLoops();
  } else if (loops != group.rank && !(rowDims && loops == *rowDims)) {
    return false;
  } else if (rowDims == 0u && loops != 0) {
    // One row runs on one thread: what follows is better shared among all.
    return false;
  }
  bool readsWhole = false;
  for (OpOperand *input : op.getDpsInputOperands()) {
    Operation *producer = input->get().getDefiningOp();
    if (!producer || groupOf.lookup(producer) != &group)
      continue;
    AffineMap map = op.getMatchingIndexingMap(input);
    auto type = cast<RankedTensorType>(input->get().getType());
    AffineMap identity =
        AffineMap::getMultiDimIdentityMap(loops, op.getContext());
    bool isRow = rowDims && type.getRank() == (int64_t)*rowDims;
    if (isRow && map == getRowMap(loops, *rowDims, op.getContext()))
      continue;
    if (type.getRank() != (int64_t)group.rank || map != identity)
      return false;
    readsWhole = true;
  }
  // Rows alone do not tell how long they are.
  if (!readsWhole && loops == group.rank)
    for (unsigned loop = rowDims.value_or(loops); loop < loops; ++loop)
      if (llvm::none_of(group.ops, [&](LinalgOp member) {
            return member.getNumLoops() == loops &&
                   haveSameExtent(op, member, loop);
          }))
        return false;
  for (OpOperand &init : op.getDpsInitsMutable())
    if (op.payloadUsesValueFromOperand(&init) &&
        !isInitializer(init.get().getDefiningOp()))
      return false;
  // tensor.extract in the body must not read what the group computes.
  WalkResult result = op->walk([&](tensor::ExtractOp extract) {
    Operation *producer = extract.getTensor().getDefiningOp();
    return producer && groupOf.lookup(producer) == &group
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  return !result.wasInterrupted();
}

/// True when an operand of `op` depends on `group` through an op outside of it,
/// so that joining would make a cycle.
bool Former::isReachable(LinalgOp op, Group &group) {
  Operation *first = group.ops.front();
  SetVector<Operation *> work;
  auto push = [&](Operation *user) {
    user->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        if (Operation *producer = operand.getDefiningOp())
          if (Operation *ancestor = block.findAncestorOpInBlock(*producer))
            if (ancestor != user && !ancestor->isBeforeInBlock(first))
              work.insert(ancestor);
    });
  };
  // Producers outside the group, and other members of groups they are in.
  push(op);
  SmallPtrSet<Operation *, 8> members;
  for (LinalgOp member : group.ops)
    members.insert(member);
  for (unsigned i = 0; i < work.size(); ++i) {
    Operation *current = work[i];
    if (members.contains(current)) {
      continue;
    }
    SmallVector<Operation *> expanded{current};
    if (Group *other = groupOf.lookup(current))
      for (LinalgOp member : other->ops)
        expanded.push_back(member);
    for (Operation *member : expanded)
      for (Operation *user : {member}) {
        bool reaches = false;
        user->walk([&](Operation *inner) {
          for (Value operand : inner->getOperands())
            if (Operation *producer = operand.getDefiningOp()) {
              Operation *ancestor = block.findAncestorOpInBlock(*producer);
              if (!ancestor || ancestor == user)
                continue;
              if (members.contains(ancestor))
                reaches = true;
              else if (!ancestor->isBeforeInBlock(first))
                work.insert(ancestor);
            }
        });
        if (reaches)
          return true;
      }
  }
  return false;
}

bool Former::join(LinalgOp op, Group &group) {
  if (!fits(op, group) || isReachable(op, group))
    return false;
  if (op.getNumReductionLoops()) {
    group.form = Form::Row;
    group.rowDims = op.getNumParallelLoops();
  }
  group.ops.push_back(op);
  groupOf[op] = &group;
  ++numFused;
  return true;
}

//===----------------------------------------------------------------------===//
// From group to region
//===----------------------------------------------------------------------===//

/// A name from the location, else from the form: symbols and profiles show it.
static std::string nameOf(Group &group) {
  std::string name;
  for (LinalgOp op : group.ops) {
    Location loc = op.getLoc();
    std::string part;
    loc->walk([&](Location inner) {
      auto named = dyn_cast<NameLoc>(inner);
      if (!named)
        return WalkResult::advance();
      part = named.getName().str();
      return WalkResult::interrupt();
    });
    if (part.empty() || StringRef(name).contains(part))
      continue;
    if (name.size() + part.size() > 60)
      break;
    name += (name.empty() ? "" : "_") + part;
  }
  if (name.empty())
    name = kernel::stringifyForm(group.form).str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  return name;
}

/// Paddings that are read through windows: those need no copy of the whole.
static SmallPtrSet<Operation *, 4> getWindowPaddings(Group &group) {
  SmallPtrSet<Operation *, 4> paddings;
  for (LinalgOp op : group.ops)
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto pad = input->get().getDefiningOp<tensor::PadOp>();
      if (pad && pad.getConstantPaddingValue() &&
          !op.getMatchingIndexingMap(input).isProjectedPermutation())
        paddings.insert(pad);
    }
  return paddings;
}

void Former::build(Group &group) {
  SmallPtrSet<Operation *, 8> members(group.ops.begin(), group.ops.end());
  SmallPtrSet<Operation *, 4> paddings = getWindowPaddings(group);
  // What the body needs from outside.
  SetVector<Value> inputs;
  SetVector<Operation *> inner;
  std::function<void(Value)> need = [&](Value value) {
    Operation *producer = value.getDefiningOp();
    if (producer && members.contains(producer))
      return;
    if (producer && paddings.contains(producer)) {
      for (Value operand : producer->getOperands())
        need(operand);
      need(cast<tensor::PadOp>(producer).getConstantPaddingValue());
      inner.insert(producer);
      return;
    }
    if (isMadeInside(value)) {
      for (Value operand : producer->getOperands())
        need(operand);
      inner.insert(producer);
      return;
    }
    inputs.insert(value);
  };
  for (LinalgOp op : group.ops) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        bool isLocal =
            producer
                ? op->isProperAncestor(producer)
                : op->isAncestor(
                      cast<BlockArgument>(operand).getOwner()->getParentOp());
        if (!isLocal)
          need(operand);
      }
    });
  }
  // Results that are used elsewhere, with a destination of their own.
  SmallVector<Value> outputs, inits;
  SmallVector<Location> locations;
  rewriter.setInsertionPoint(group.ops.back());
  for (LinalgOp op : group.ops) {
    locations.push_back(op.getLoc());
    for (OpResult result : op->getResults()) {
      if (llvm::all_of(result.getUsers(), [&](Operation *user) {
            Operation *ancestor = block.findAncestorOpInBlock(*user);
            return ancestor && members.contains(ancestor);
          }))
        continue;
      outputs.push_back(result);
      auto type = cast<RankedTensorType>(result.getType());
      SmallVector<Value> dynamicSizes;
      OpOperand *init = op.getDpsInitOperand(result.getResultNumber());
      for (int64_t dim = 0; dim < type.getRank(); ++dim)
        if (type.isDynamicDim(dim)) {
          Value source = init->get();
          while (auto fill = source.getDefiningOp<linalg::FillOp>())
            source = fill.getOutputs()[0];
          if (auto empty = source.getDefiningOp<tensor::EmptyOp>())
            dynamicSizes.push_back(empty.getDynamicSize(dim));
          else
            dynamicSizes.push_back(
                tensor::DimOp::create(rewriter, op.getLoc(), source, dim));
        }
      inits.push_back(
          tensor::EmptyOp::create(rewriter, op.getLoc(), type, dynamicSizes));
    }
  }
  if (outputs.empty()) {
    for (LinalgOp op : llvm::reverse(group.ops))
      rewriter.eraseOp(op);
    return;
  }
  SmallVector<Type> types = llvm::to_vector(TypeRange(ValueRange(outputs)));
  auto region = kernel::RegionOp::create(
      rewriter, rewriter.getFusedLoc(locations), types, nameOf(group),
      group.form, inputs.getArrayRef(), inits, /*schedule=*/nullptr);
  // A product is a row kernel too: its rows are single elements.
  unsigned rank =
      isProduct(group.form) ? group.ops.front().getNumLoops() : group.rank;
  unsigned rowDims = isProduct(group.form)
                         ? group.rank
                         : group.rowDims.value_or(rank ? rank - 1 : 0);
  region->setAttr("row_dims", rewriter.getI64IntegerAttr(rowDims));
  region->setAttr("domain_rank", rewriter.getI64IntegerAttr(rank));
  IRMapping mapping;
  Block *body = rewriter.createBlock(&region.getBody());
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Value init : inits)
    body->addArgument(init.getType(), init.getLoc());
  for (Operation *op : inner)
    rewriter.clone(*op, mapping);
  for (LinalgOp op : group.ops)
    rewriter.clone(*op, mapping);
  SmallVector<Value> yielded;
  for (Value output : outputs)
    yielded.push_back(mapping.lookup(output));
  kernel::YieldOp::create(rewriter, region.getLoc(), yielded);
  for (auto [output, result] : llvm::zip_equal(outputs, region.getResults()))
    rewriter.replaceAllUsesWith(output, result);
  for (LinalgOp op : llvm::reverse(group.ops))
    rewriter.eraseOp(op);
  ++numKernels;
}

void Former::run() {
  for (AttentionGroup &attention : findAttentions(block)) {
    groups.push_back(std::make_unique<Group>(
        Group{Form::Attention, attention.ops, attention.rank, {}}));
    for (LinalgOp op : attention.ops)
      groupOf[op] = groups.back().get();
    numFused += attention.ops.size() - 1;
  }
  for (Operation &op : block) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || isInitializer(&op) || !linalgOp.hasPureTensorSemantics() ||
        groupOf.count(&op))
      continue;
    // The latest producer first: it is the one whose values are still warm.
    SmallVector<Operation *> producers;
    for (OpOperand *input : linalgOp.getDpsInputOperands())
      if (Operation *producer = input->get().getDefiningOp())
        if (groupOf.count(producer))
          producers.push_back(producer);
    llvm::sort(producers, [](Operation *a, Operation *b) {
      return b->isBeforeInBlock(a);
    });
    bool joined = false;
    for (Operation *producer : producers)
      if ((joined = join(linalgOp, *groupOf[producer])))
        break;
    if (joined)
      continue;
    std::optional<Group> group = open(linalgOp);
    if (!group) {
      ++numGeneric;
      continue;
    }
    groups.push_back(std::make_unique<Group>(*group));
    groups.back()->ops.push_back(linalgOp);
    groupOf[&op] = groups.back().get();
  }
  for (std::unique_ptr<Group> &group : groups)
    build(*group);
  sortTopologically(&block);
}

/// Brings loops into the order that the forms expect: parallel ones in the
/// order of the results, then reductions.
static void normalizeLoops(GenericOp op, RewriterBase &rewriter) {
  SmallVector<unsigned> order;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isProjectedPermutation())
    return;
  for (AffineExpr expr : result.getResults())
    order.push_back(cast<AffineDimExpr>(expr).getPosition());
  for (auto [i, type] : llvm::enumerate(op.getIteratorTypesArray()))
    if (!llvm::is_contained(order, i))
      order.push_back(i);
  if (llvm::is_sorted(order))
    return;
  rewriter.setInsertionPoint(op);
  (void)linalg::interchangeGenericOp(rewriter, op, order);
}

namespace {
struct FormKernels : graphc::impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](LinalgOp op) {
      if (isInitializer(op) || isa<GenericOp>(op))
        return;
      rewriter.setInsertionPoint(op);
      (void)linalg::generalizeNamedOp(rewriter, op);
    });
    getOperation()->walk([&](GenericOp op) { normalizeLoops(op, rewriter); });
    fuseAcross(getOperation(), rewriter);
    SmallVector<Block *> blocks;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<LinalgOp, kernel::RegionOp>(op))
        return WalkResult::skip();
      for (Region &region : op->getRegions())
        for (Block &block : region)
          blocks.push_back(&block);
      return WalkResult::advance();
    });
    for (Block *block : blocks) {
      Former former(*block, rewriter);
      former.run();
      numKernels += former.numKernels;
      numFused += former.numFused;
      numGeneric += former.numGeneric;
    }
  }
};
} // namespace
