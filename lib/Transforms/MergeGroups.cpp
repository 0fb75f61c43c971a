//===- MergeGroups.cpp - Reductions of the same elements ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Row groups over one domain that read the same elements, or of which one reads
// what the other computes of them, become one group, so that the elements are
// read once:
//
//   sum(x), sum(x * x)      max(x) and where it is      mean(x), max(x), var(x)
//
// An op joins the group of a producer when it is visited (FormKernels.cpp);
// those that have only an input in common meet here.
//
//===----------------------------------------------------------------------===//

#include "Former.h"
#include "KernelForms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graphc;
using kernel::Form;
using linalg::LinalgOp;

/// Bytes that all reductions of one kernel keep for each lane, for which there
/// are registers, and tensors that it may walk along at once.
static constexpr int64_t maxKeptBytes = 32, maxReads = 8;
/// What two groups share of what they read has to be this part of it.
static constexpr int64_t sharedPart = 5;
/// Groups that each is tried with of those that read the same tensor, the next
/// ones: one that all of a long program reads brings together what is far apart
/// and depends on each other, which takes long to find out.
static constexpr int64_t maxTries = 16;

namespace {
/// A tensor of which a group reads an element for each of its domain, and how.
using Read = std::pair<Value, AffineMap>;
using Reads = llvm::SetVector<Read>;
} // namespace

//===----------------------------------------------------------------------===//
// What a group reads and keeps
//===----------------------------------------------------------------------===//

/// One element for each of the domain, but for dimensions of size 1.
static bool readsWhole(LinalgOp op, AffineMap map) {
  if (!kernel::isProjection(map))
    return false;
  for (auto [loop, size] : llvm::enumerate(op.getStaticLoopRanges()))
    if (size != 1 && !map.isFunctionOfDim(loop))
      return false;
  return true;
}

/// What `group` reads that it does not compute.
static Reads getReads(KernelGroup &group) {
  SmallPtrSet<Operation *, 8> members(group.ops.begin(), group.ops.end());
  Reads reads;
  for (LinalgOp op : group.ops)
    if (op.getNumLoops() == group.rank)
      for (OpOperand *input : op.getDpsInputOperands()) {
        AffineMap map = op.getMatchingIndexingMap(input);
        if (!members.contains(input->get().getDefiningOp()) &&
            readsWhole(op, map))
          reads.insert({input->get(), group.orders->getDomainMap(op, map)});
      }
  return reads;
}

static int64_t getBytes(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIntOrFloat()
             ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8u)
             : sizeof(int64_t);
}

/// Whether the results of `op` are elements that it chooses, all by one
/// condition: the greatest and where along one dimension it is.
static bool isChoice(LinalgOp op) {
  Value condition;
  return op->getNumResults() > 1 && op.getNumReductionLoops() == 1 &&
         llvm::all_of(
             op.getBlock()->getTerminator()->getOperands(), [&](Value yielded) {
               if (auto narrow = yielded.getDefiningOp<arith::TruncFOp>())
                 yielded = narrow.getIn();
               auto select = yielded.getDefiningOp<arith::SelectOp>();
               if (!select)
                 return false;
               if (!condition)
                 condition = select.getCondition();
               return select.getCondition() == condition;
             });
}

/// Whether parts of the reduction can be combined, so that emitters share it
/// among lanes and threads. One that cannot would keep others from that, too.
static bool isShared(LinalgOp op) {
  if (!llvm::all_of(op->getResultTypes(), [](Type type) {
        return getElementTypeOrSelf(type).isIntOrFloat();
      }))
    return false;
  if (isChoice(op))
    return true;
  return llvm::all_of(
      llvm::zip_equal(op.getBlock()->getTerminator()->getOperands(),
                      op.getRegionOutputArgs()),
      [](auto pair) {
        Value yielded = std::get<0>(pair), soFar = std::get<1>(pair);
        // Truth values are stored as bytes.
        if (auto stored = yielded.getDefiningOp<arith::ExtUIOp>())
          yielded = stored.getIn();
        Operation *combiner = yielded.getDefiningOp();
        if (!combiner || !linalg::getCombinerOpKind(combiner))
          return false;
        return llvm::any_of(combiner->getOperands(), [&](Value operand) {
          if (auto bit = operand.getDefiningOp<arith::TruncIOp>())
            operand = bit.getIn();
          return operand == soFar;
        });
      });
}

/// The bytes that the reductions of `group` keep for each lane; nothing for a
/// group that is not merged with others.
static std::optional<int64_t> getKeptBytes(KernelGroup &group) {
  if (group.form != Form::Row || !group.rowDims)
    return std::nullopt;
  int64_t bytes = 0;
  for (LinalgOp op : group.ops) {
    if (!op.getNumReductionLoops())
      continue;
    if (!isShared(op))
      return std::nullopt;
    for (Type type : op->getResultTypes())
      bytes += getBytes(type);
  }
  return bytes;
}

/// Whether enough of what both read is read by both, or made by one of them.
static bool haveEnoughInCommon(KernelGroup &a, KernelGroup &b) {
  Reads ofA = getReads(a), ofB = getReads(b), all = ofA;
  all.insert_range(ofB);
  if (all.size() > maxReads)
    return false;
  int64_t bytes = 0, shared = 0;
  auto isMadeBy = [](KernelGroup &group, Value value) {
    return llvm::is_contained(group.ops, value.getDefiningOp());
  };
  for (const Read &read : all) {
    int64_t each = getBytes(read.first.getType());
    bytes += each;
    if ((ofA.contains(read) && ofB.contains(read)) || isMadeBy(a, read.first) ||
        isMadeBy(b, read.first))
      shared += each;
  }
  return shared && shared * sharedPart >= bytes;
}

//===----------------------------------------------------------------------===//
// Merging
//===----------------------------------------------------------------------===//

/// The op before which nothing depends on what is computed from `first` on,
/// though all of a group is computed at once: groups that begin before that
/// place end before it, too.
Operation *Former::findHorizon(Operation *first) {
  Operation *horizon = first;
  for (bool hasMoved = true; hasMoved;) {
    hasMoved = false;
    // In the order of what they begin with, mostly.
    for (std::unique_ptr<Group> &group : llvm::reverse(groups)) {
      if (group->ops.empty() || !group->ops.front()->isBeforeInBlock(horizon) ||
          group->ops.back()->isBeforeInBlock(horizon))
        continue;
      horizon = group->ops.front();
      hasMoved = true;
    }
  }
  return horizon;
}

/// True when one of `to` depends on one of `from` through an op outside of
/// both, so that they cannot be in one kernel.
bool Former::hasDetour(ArrayRef<LinalgOp> from, ArrayRef<LinalgOp> to) {
  SmallPtrSet<Operation *, 8> begin(from.begin(), from.end()),
      end(to.begin(), to.end());
  Operation *horizon = findHorizon(from.front());
  SetVector<Operation *> work;
  // All of another group is computed at once.
  auto add = [&](Operation *op) {
    if (op->isBeforeInBlock(horizon))
      return;
    if (Group *group = groupOf.lookup(op))
      for (LinalgOp member : group->ops)
        work.insert(member);
    else
      work.insert(op);
  };
  auto readsFrom = [&](Operation *user) {
    bool reads = false;
    user->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        Operation *op =
            producer ? block.findAncestorOpInBlock(*producer) : nullptr;
        if (!op || op == user || end.contains(op))
          continue;
        if (begin.contains(op))
          reads = true;
        else
          add(op);
      }
    });
    return reads;
  };
  for (LinalgOp op : to)
    readsFrom(op);
  for (unsigned i = 0; i < work.size(); ++i)
    if (readsFrom(work[i]))
      return true;
  return false;
}

/// Whether each op of `merged` reads what others compute as its form allows.
bool Former::fitTogether(Group &merged) {
  for (LinalgOp op : merged.ops) {
    if (!fits(op, merged))
      return false;
    // Results of a single row are better shared among all threads.
    if (merged.rowDims != 0u || op.getNumLoops() == 0 || !isPointwise(op))
      continue;
    for (Operation *user : op->getUsers()) {
      Operation *ancestor = block.findAncestorOpInBlock(*user);
      if (!ancestor || groupOf.lookup(ancestor) != &merged)
        return false;
    }
  }
  return true;
}

/// Moves the ops of `other` to `group`.
bool Former::merge(Group &group, Group &other) {
  std::optional<int64_t> kept = getKeptBytes(group),
                         otherKept = getKeptBytes(other);
  if (!kept || !otherKept || *kept + *otherKept > maxKeptBytes ||
      group.rank != other.rank || group.rowDims != other.rowDims ||
      !haveEnoughInCommon(group, other))
    return false;
  for (unsigned dim = 0; dim < group.rank; ++dim)
    if (llvm::none_of(group.ops, [&](LinalgOp a) {
          return a.getNumLoops() == group.rank &&
                 llvm::any_of(other.ops, [&](LinalgOp b) {
                   return b.getNumLoops() == group.rank &&
                          haveSameExtent(a, group.orders->getLoop(a, dim), b,
                                         other.orders->getLoop(b, dim));
                 });
        }))
      return false;
  if (hasDetour(group.ops, other.ops) || hasDetour(other.ops, group.ops))
    return false;
  Group merged = group;
  merged.orders->merge(*other.orders);
  llvm::append_range(merged.ops, other.ops);
  llvm::sort(merged.ops,
             [](LinalgOp a, LinalgOp b) { return a->isBeforeInBlock(b); });
  for (LinalgOp op : merged.ops)
    groupOf[op] = &merged;
  bool fit = fitTogether(merged);
  if (fit) {
    group.ops = merged.ops;
    group.orders = merged.orders;
  } else {
    for (LinalgOp op : other.ops)
      groupOf[op] = &other;
  }
  for (LinalgOp op : group.ops)
    groupOf[op] = &group;
  return fit;
}

/// Tries pairs that read something in common, but those `refused` before. True
/// when two groups became one.
bool Former::mergeOne(Refused &refused) {
  // Who reads what, or computes it, in program order.
  llvm::MapVector<Value, SmallVector<Group *>> users;
  for (std::unique_ptr<Group> &group : groups)
    if (getKeptBytes(*group))
      for (const Read &read : getReads(*group)) {
        SmallVector<Group *> &known = users[read.first];
        if (known.empty())
          if (Group *source = groupOf.lookup(read.first.getDefiningOp()))
            known.push_back(source);
        if (!llvm::is_contained(known, group.get()))
          known.push_back(group.get());
      }
  for (ArrayRef<Group *> known : llvm::make_second_range(users))
    for (auto [i, group] : llvm::enumerate(known))
      for (Group *other : known.drop_front(i + 1).take_front(maxTries)) {
        if (refused.contains({group, other}))
          continue;
        if (!merge(*group, *other)) {
          refused.insert({group, other});
          continue;
        }
        llvm::erase_if(groups, [other = other](std::unique_ptr<Group> &entry) {
          return entry.get() == other;
        });
        // It is another group now.
        refused.remove_if([group = group](std::pair<Group *, Group *> pair) {
          return pair.first == group || pair.second == group;
        });
        return true;
      }
  return false;
}

void Former::mergeGroups() {
  Refused refused;
  while (mergeOne(refused))
    ++numMerged;
}
