//===- Constants.cpp - Weights as attributes over mapped files ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Boundary.h"

#include "graphc/Import/ExternWeight.h"
#include "graphc/Loader/Weights.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// The dimensions from the largest stride to the smallest when the elements of
/// the view lie densely in that order, else nothing.
static std::optional<SmallVector<int64_t>>
getDenseOrder(const loader::Constant &constant) {
  auto order = llvm::to_vector(
      llvm::seq<int64_t>(0, static_cast<int64_t>(constant.shape.size())));
  auto strideOf = [&](int64_t dim) {
    return constant.shape[dim] == 1 ? 0 : constant.stride[dim];
  };
  // Dimensions of size 1 stay where they are between their neighbours as far
  // as the order of the others lets them.
  llvm::stable_sort(order, [&](int64_t a, int64_t b) {
    if (constant.shape[a] == 1 || constant.shape[b] == 1)
      return false;
    return strideOf(a) > strideOf(b);
  });
  int64_t expected = 1;
  for (int64_t dim : llvm::reverse(order)) {
    if (constant.shape[dim] == 1)
      continue;
    if (constant.stride[dim] != expected)
      return std::nullopt;
    expected *= constant.shape[dim];
  }
  return order;
}

ElementsAttr Boundary::makeElements(const loader::Constant &constant,
                                    ArrayRef<int64_t> shape, bool packed) {
  Type element = getElementType(constant.dtype, e.getContext());
  if (!element) {
    importer.fail("unsupported-tensor", loader::quoted(constant.name),
                  "the dtype " + Twine(loader::dtypeName(constant.dtype)) +
                      " is not supported");
    return {};
  }
  auto type = RankedTensorType::get(shape, element);
  size_t elementSize = loader::dtypeSize(constant.dtype);
  size_t count = type.getNumElements();
  if (count == 0)
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  // Values that the file does not hold read as zero; the loader has warned.
  if (!constant.storage || !constant.storage->data)
    return DenseElementsAttr::get(type, e.builder.getZeroAttr(element));

  const std::shared_ptr<const loader::Storage> &storage = constant.storage;
  const char *data = reinterpret_cast<const char *>(storage->data) +
                     constant.offset * elementSize;
  std::optional<SmallVector<int64_t>> order = getDenseOrder(constant);
  bool isRowMajor = order && llvm::is_sorted(*order);
  // An archive that was packed again may lie at odd addresses.
  size_t alignment = elementSize;
  if (isa<ComplexType>(element))
    alignment /= 2;
  bool isAligned = reinterpret_cast<uintptr_t>(data) % alignment == 0;
  if (packed ? !isRowMajor : !order) {
    std::vector<char> bytes = loader::copyElements(constant);
    return DenseResourceElementsAttr::get(
        type, constant.name,
        HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64, false));
  }
  ArrayRef<char> view(data, count * elementSize);
  if (!isAligned)
    return DenseResourceElementsAttr::get(
        type, constant.name,
        HeapAsmResourceBlob::allocateAndCopyWithAlign(view, 64, false));
  // The blob lives in the context and shares ownership of the mapped file.
  return DenseResourceElementsAttr::get(
      type, constant.name,
      AsmResourceBlob(
          view, alignment,
          [owner = std::shared_ptr<const loader::Storage>(storage)](
              void *, size_t, size_t) mutable { owner = nullptr; },
          /*dataIsMutable=*/false));
}

bool Boundary::isExtern(size_t index) const {
  const loader::InputSpec &spec = program.inputs[index];
  // What has no elements has all of its values.
  return importer.getOptions().externWeights && loader::isInStateDict(spec) &&
         !llvm::is_contained(program.constants[*spec.constant].shape, 0);
}

/// Tied weights are one tensor with several names, also where the program uses
/// one of them only.
SmallVector<std::string, 0>
Boundary::findAliases(const loader::Constant &constant) const {
  SmallVector<std::string, 0> aliases;
  for (const loader::InputSpec &spec : program.inputs) {
    if (!loader::isInStateDict(spec) || !spec.constant)
      continue;
    const loader::Constant &other = program.constants[*spec.constant];
    if (constant.storage && other.storage == constant.storage &&
        other.offset == constant.offset && other.shape == constant.shape &&
        other.stride == constant.stride && other.dtype == constant.dtype &&
        other.name != constant.name && !llvm::is_contained(aliases, other.name))
      aliases.push_back(other.name);
  }
  return aliases;
}

ElementsAttr Boundary::makeExtern(const loader::Constant &constant) {
  Type element = getElementType(constant.dtype, e.getContext());
  if (!element) {
    importer.fail("unsupported-tensor", loader::quoted(constant.name),
                  "the dtype " + Twine(loader::dtypeName(constant.dtype)) +
                      " is not supported");
    return {};
  }
  SmallVector<Signature::Weight> &weights = importer.signature.weights;
  if (llvm::none_of(weights, [&](const Signature::Weight &weight) {
        return weight.name == constant.name;
      }))
    weights.push_back(
        {constant.name,
         StridedTensorType::get(e.getContext(), constant.shape, element),
         findAliases(constant)});
  return makeExternWeight(RankedTensorType::get(constant.shape, element),
                          constant.name);
}

Value Boundary::makeConstant(size_t index, Bound &bound) {
  const loader::Constant &constant =
      program.constants[*program.inputs[index].constant];
  if (isExtern(index)) {
    ElementsAttr elements = makeExtern(constant);
    if (!elements)
      return {};
    Location outer = e.loc;
    e.loc = NameLoc::get(e.builder.getStringAttr(constant.name), outer);
    Value value = e.emit<graph::ConstantOp>(elements);
    value = e.restride(value, e.exprs(constant.stride));
    e.loc = outer;
    bound.original = value;
    return value;
  }
  // A dense view in another order of dimensions is the row-major span and a
  // permutation; only what is not dense is copied.
  std::optional<SmallVector<int64_t>> order = getDenseOrder(constant);
  bool isPermuted = order && !llvm::is_sorted(*order);
  auto shape = llvm::to_vector(ArrayRef<int64_t>(constant.shape));
  if (isPermuted)
    for (auto [position, dim] : llvm::enumerate(*order))
      shape[position] = constant.shape[dim];
  ElementsAttr elements = makeElements(constant, shape, /*packed=*/false);
  if (!elements)
    return {};
  Location outer = e.loc;
  e.loc = NameLoc::get(e.builder.getStringAttr(constant.name), outer);
  Value value = e.emit<graph::ConstantOp>(elements);
  if (isPermuted) {
    SmallVector<int64_t> inverse(order->size());
    for (auto [position, dim] : llvm::enumerate(*order))
      inverse[dim] = position;
    value = e.permute(value, inverse);
  }
  // Strides over a gap (an expanded or sliced weight) are part of the type.
  value = e.restride(value, order ? e.type(value).getStrides()
                                  : ArrayRef<Expr>(e.exprs(constant.stride)));
  e.loc = outer;
  bound.original = value;
  return value;
}
