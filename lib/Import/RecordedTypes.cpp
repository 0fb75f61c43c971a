//===- RecordedTypes.cpp - Types that a file has of results ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

#include "dialects/Graph/IR/Layout.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

std::optional<StridedTensorType>
Importer::getRecordedType(const loader::ValueMeta &meta) {
  const auto *recorded = std::get_if<loader::TensorMeta>(&meta);
  if (!options.checkRecordedTypes || !recorded)
    return std::nullopt;
  std::string culprit;
  SmallVector<Expr> shape, strides;
  for (const loader::SymExpr &size : recorded->shape)
    shape.push_back(sizes.convert(size, culprit));
  for (const loader::SymExpr &stride : recorded->stride)
    strides.push_back(sizes.convert(stride, culprit));
  Type element = getElementType(recorded->dtype, &context);
  // What cannot be spelled cannot be compared.
  if (!element || llvm::is_contained(shape, Expr()) ||
      llvm::is_contained(strides, Expr()))
    return std::nullopt;
  return StridedTensorType::get(&context, shape, element, strides);
}

bool Importer::agreesWithRecorded(StridedTensorType type,
                                  StridedTensorType recorded) {
  if (type.getElementType() != recorded.getElementType() ||
      type.getRank() != recorded.getRank())
    return false;
  ArrayRef<Expr> shape = recorded.getShape();
  bool isEmpty = llvm::is_contained(type.getShape(), e.expr(0));
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (!ranges.agree(type.getDim(dim), shape[dim]))
      return false;
    if (!isEmpty && shape[dim] != 1 && type.getDim(dim) != 1 &&
        !ranges.agree(type.getStride(dim), recorded.getStride(dim), shape))
      return false;
  }
  return true;
}

bool Importer::checkRecorded(const loader::Node &node, StringRef name,
                             const loader::ValueMeta &meta, const Item &item) {
  std::optional<StridedTensorType> recorded = getRecordedType(meta);
  const auto *tensor = item.as<TensorRef>();
  if (!recorded || !tensor)
    return true;
  StridedTensorType inferred = e.type((*tensor)->read());
  if (agreesWithRecorded(inferred, *recorded))
    return true;
  auto print = [](Type type) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return text;
  };
  return fail(node, "shape-mismatch",
              "'" + name + "' is " + print(inferred) + ", the file says " +
                  print(*recorded));
}

/// Whether operands of several shapes are not all row-major.
static bool broadcastsOtherOrders(Emitter &e, ArrayRef<TensorRef> operands) {
  bool hasOtherOrder = false, hasOtherShape = false;
  for (const TensorRef &operand : operands) {
    StridedTensorType type = e.type(operand->read());
    if (!type)
      return false;
    hasOtherOrder |= !type.isContiguous();
    hasOtherShape |=
        type.getShape() != e.type(operands.front()->read()).getShape();
  }
  return hasOtherOrder && hasOtherShape;
}

std::optional<SmallVector<Expr>>
Importer::getRecordedOrder(StridedTensorType type, StridedTensorType recorded) {
  ArrayRef<Expr> shape = type.getShape();
  // Strides of open sizes are spelled with a maximum of 1 in the file, not
  // here.
  SmallVector<SmallVector<Expr>> orders = {
      graph::contiguousStrides(&context, shape)};
  if (shape.size() == 4 || shape.size() == 5)
    orders.push_back(graph::channelsLastStrides(&context, shape));
  for (SmallVector<Expr> &strides : orders)
    if (agreesWithRecorded(type.withStrides(strides), recorded))
      return strides;
  if (shape == recorded.getShape() &&
      type.getElementType() == recorded.getElementType() &&
      graph::isNonOverlappingAndDense(shape, recorded.getStrides()))
    return SmallVector<Expr>(recorded.getStrides());
  return std::nullopt;
}

void Importer::layOutAsRecorded(Call &call) {
  SmallVector<TensorRef> operands;
  for (const Item &argument : call.arguments)
    if (const auto *tensor = argument.as<TensorRef>())
      operands.push_back(*tensor);
  if (!broadcastsOtherOrders(e, operands))
    return;
  for (auto [index, item] : llvm::enumerate(call.results)) {
    const auto *tensor = item.as<TensorRef>();
    std::optional<StridedTensorType> recorded = call.getRecordedType(index);
    if (!tensor || !recorded)
      continue;
    bool isShared = llvm::any_of(operands, [&](const TensorRef &operand) {
      return operand->storage == (*tensor)->storage;
    });
    Value value = (*tensor)->read();
    StridedTensorType type = e.type(value);
    if (isShared || !type || agreesWithRecorded(type, *recorded))
      continue;
    if (std::optional<SmallVector<Expr>> strides =
            getRecordedOrder(type, *recorded))
      item = std::make_shared<Tensor>(e.restride(value, *strides));
  }
}
