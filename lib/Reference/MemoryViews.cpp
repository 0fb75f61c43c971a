//===- MemoryViews.cpp - Memory seen in another way -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

/// Looks up which element of the input lies at each place in memory.
static bool viewStrided(graph::AsStridedOp op, Operands operands,
                        MutableArrayRef<Tensor> results) {
  const Tensor &input = *operands[0];
  auto type = cast<graph::StridedTensorType>(op.getInput().getType());
  SmallVector<int64_t> own, wanted;
  for (graph::Expr stride : type.getStrides()) {
    std::optional<int64_t> value = stride.getConstant();
    if (!value)
      return false;
    own.push_back(*value);
  }
  for (graph::Expr stride : op.getStrides()) {
    std::optional<int64_t> value = stride.getConstant();
    if (!value)
      return false;
    wanted.push_back(*value);
  }
  std::optional<int64_t> offset = graph::Expr(op.getOffset()).getConstant();
  if (!offset)
    return false;
  auto addressOf = [](ArrayRef<int64_t> place, ArrayRef<int64_t> strides) {
    int64_t address = 0;
    for (auto [index, stride] : llvm::zip_equal(place, strides))
      address += index * stride;
    return address;
  };
  llvm::DenseMap<int64_t, int64_t> elementAt;
  for (int64_t i = 0, e = input.size(); i < e; ++i)
    elementAt[addressOf(delinearize(i, input.shape), own)] = i;
  Tensor &result = results[0];
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    auto found = elementAt.find(
        *offset + addressOf(delinearize(i, result.shape), wanted));
    if (found == elementAt.end())
      return false;
    copyElement(result, i, input, found->second);
  }
  return true;
}

/// The bits of an element, or an element of bits; widths are equal.
static bool castBits(graph::BitcastOp, Operands operands,
                     MutableArrayRef<Tensor> results) {
  const Tensor &from = *operands[0];
  Tensor &to = results[0];
  if (from.elementType.getIntOrFloatBitWidth() !=
      to.elementType.getIntOrFloatBitWidth())
    return false;
  for (int64_t i = 0, e = to.size(); i < e; ++i) {
    unsigned width = from.elementType.getIntOrFloatBitWidth();
    APInt bits(width, 0);
    if (from.isFloat()) {
      APFloat value(from.floats[i]);
      bool losesInfo;
      value.convert(cast<FloatType>(from.elementType).getFloatSemantics(),
                    APFloat::rmNearestTiesToEven, &losesInfo);
      bits = value.bitcastToAPInt();
    } else {
      bits = APInt(64, static_cast<uint64_t>(from.ints[i])).trunc(width);
    }
    if (!to.isFloat()) {
      to.set(i, bits.getSExtValue());
      continue;
    }
    APFloat value(cast<FloatType>(to.elementType).getFloatSemantics(), bits);
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    to.floats[i] = value.convertToDouble();
  }
  return true;
}

void graphc::reference::addMemoryViews(Evaluators &evaluators) {
  add<graph::AsStridedOp, viewStrided>(evaluators);
  add<graph::BitcastOp, castBits>(evaluators);
}
