//===- ChannelsLast.cpp - Values with channels last
//---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelsLast.h"

using namespace mlir;
using namespace graphc::graph;

static StridedTensorType typeOf(Value value) {
  return cast<StridedTensorType>(value.getType());
}

SmallVector<int64_t> graphc::graph::toChannelsLast(int64_t rank) {
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(rank));
  std::rotate(perm.begin() + 1, perm.begin() + 2, perm.end());
  return perm;
}

SmallVector<int64_t> graphc::graph::toChannelsFirst(int64_t rank) {
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(rank));
  std::rotate(perm.begin() + 1, perm.end() - 1, perm.end());
  return perm;
}

int64_t graphc::graph::placeWithChannelsLast(int64_t dim, int64_t rank) {
  return dim == 0 ? 0 : dim == 1 ? rank - 1 : dim - 1;
}

Value ChannelsLastTwins::permute(Value value, ArrayRef<int64_t> perm,
                                 StridedTensorType type) {
  FailureOr<PermuteOp> op =
      tryBuild<PermuteOp>(builder, value.getLoc(), value, perm);
  if (failed(op))
    return {};
  if (type)
    op->getResult().setType(type);
  permutes.push_back(*op);
  return op->getResult();
}

Value ChannelsLastTwins::get(Value value) {
  if (Value twin = lookup(value))
    return twin;
  int64_t rank = typeOf(value).getRank();
  if (auto op = value.getDefiningOp<PermuteOp>())
    if (op.getPerm() == ArrayRef<int64_t>(toChannelsFirst(rank)))
      return op.getInput();
  return permute(value, toChannelsLast(rank));
}

Operation *ChannelsLastTwins::rebuild(Operation *op, ValueRange operands,
                                      function_ref<void(Operation *)> change) {
  Operation *clone = op->clone();
  clone->setOperands(operands);
  if (change)
    change(clone);
  SmallVector<Type> types;
  auto inference = cast<InferTypeOpInterface>(clone);
  if (failed(inference.inferReturnTypes(
          op->getContext(), std::nullopt, clone->getOperands(),
          clone->getDiscardableAttrDictionary(), clone->getPropertiesStorage(),
          clone->getRegions(), types))) {
    clone->erase();
    return nullptr;
  }
  for (auto [result, type] : llvm::zip_equal(clone->getResults(), types))
    result.setType(type);
  builder.insert(clone);
  return clone;
}

void ChannelsLastTwins::replace(Value old, Value value) {
  if (old.getType() == value.getType()) {
    old.replaceAllUsesWith(value);
    return;
  }
  Value same;
  for (OpOperand &use : llvm::make_early_inc_range(old.getUses())) {
    Operation *user = use.getOwner();
    bool readsStrides = isa<AsStridedOp, BitcastOp>(user) ||
                        user->hasTrait<OpTrait::IsTerminator>() ||
                        user->getNumRegions() != 0;
    if (readsStrides && !same)
      same = permute(value,
                     llvm::to_vector(llvm::seq<int64_t>(typeOf(old).getRank())),
                     typeOf(old));
    use.set(readsStrides ? same : value);
  }
}

void ChannelsLastTwins::finish(Value old, Value twin) {
  Value back =
      permute(twin, toChannelsFirst(typeOf(old).getRank()), typeOf(old));
  old.replaceAllUsesWith(back);
  set(back, twin);
}

void ChannelsLastTwins::clean() {
  for (Operation *op : llvm::reverse(dead))
    if (op->use_empty())
      op->erase();
  for (Operation *op : llvm::reverse(permutes))
    if (op->use_empty())
      op->erase();
}
