//===- RelayoutConstant.cpp - Values in another order ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RelayoutConstant.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SmallVector.h"

#include <cstring>

using namespace mlir;
using namespace graphc;

namespace {
/// Walks the new order and copies element by element.
template <typename Element>
class Relayout {
public:
  Relayout(const char *source, char *target, ArrayRef<RelayoutDim> dims)
      : source(reinterpret_cast<const Element *>(source)),
        target(reinterpret_cast<Element *>(target)), dims(dims) {
    int64_t inner = 1;
    for (const RelayoutDim &dim : llvm::reverse(dims)) {
      int64_t limit = 0;
      size_t place = 0;
      for (auto [i, other] : llvm::enumerate(dims)) {
        if (other.loop != dim.loop)
          continue;
        place = i;
        limit = std::max(limit, other.limit);
      }
      levels.insert(levels.begin(), {inner, limit, place});
      inner *= dim.size;
    }
    places.assign(dims.size(), 0);
  }

  void run() { visit(0, 0); }

private:
  struct Level {
    int64_t inner; ///< Elements of one step.
    int64_t limit; ///< Of the loop; 0 for none.
    size_t place;  ///< Where the loop counts its steps.
  };

  void visit(size_t depth, int64_t offset) {
    const RelayoutDim &dim = dims[depth];
    const Level &level = levels[depth];
    int64_t &place = places[level.place];
    int64_t before = place;
    int64_t count = dim.size;
    // How far the loop goes on in this dimension.
    if (level.limit)
      count = std::clamp<int64_t>(
          (level.limit - before + dim.weight - 1) / dim.weight, 0, dim.size);
    if (depth + 1 == dims.size()) {
      for (int64_t i = 0; i < count; ++i)
        target[i] = source[offset + i * dim.stride];
      target += dim.size;
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      place = before + i * dim.weight;
      visit(depth + 1, offset + i * dim.stride);
    }
    place = before;
    // The memory behind the end is zero already.
    target += (dim.size - count) * level.inner;
  }

  const Element *source;
  Element *target;
  ArrayRef<RelayoutDim> dims;
  SmallVector<Level> levels;
  SmallVector<int64_t> places;
};
} // namespace

static ArrayRef<char> getData(ElementsAttr elements) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  return dense && !dense.isSplat() ? dense.getRawData() : ArrayRef<char>();
}

DenseResourceElementsAttr graphc::relayoutConstant(ElementsAttr elements,
                                                   RankedTensorType type,
                                                   ArrayRef<RelayoutDim> dims) {
  ArrayRef<char> data = getData(elements);
  size_t unit = type.getElementTypeBitWidth() / 8;
  if (data.size() != unit * elements.getNumElements())
    return {};
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(unit * type.getNumElements(), 64);
  char *target = blob.getMutableData().data();
  std::memset(target, 0, unit * type.getNumElements());
  switch (unit) {
  case 1:
    Relayout<uint8_t>(data.data(), target, dims).run();
    break;
  case 2:
    Relayout<uint16_t>(data.data(), target, dims).run();
    break;
  case 4:
    Relayout<uint32_t>(data.data(), target, dims).run();
    break;
  case 8:
    Relayout<uint64_t>(data.data(), target, dims).run();
    break;
  default:
    return {};
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(elements);
  StringRef name = resource ? resource.getRawHandle().getKey() : "constant";
  return DenseResourceElementsAttr::get(type, (name + ".packed").str(),
                                        std::move(blob));
}

namespace {
/// The element of the new layout at the indices of a linalg body.
class ElementBuilder {
public:
  ElementBuilder(OpBuilder &builder, Location loc, ArrayRef<RelayoutDim> dims)
      : builder(builder), loc(loc), dims(dims) {
    for (size_t i = 0; i < dims.size(); ++i)
      indices.push_back(linalg::IndexOp::create(builder, loc, i));
  }

  Value build(Value flat) {
    Value place = sum([](const RelayoutDim &dim) { return dim.stride; });
    Value inside = buildInside();
    if (inside)
      place = arith::SelectOp::create(builder, loc, inside, place, constant(0));
    Value element = tensor::ExtractOp::create(builder, loc, flat, place);
    if (!inside)
      return element;
    Value zero = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(element.getType()));
    return arith::SelectOp::create(builder, loc, inside, element, zero);
  }

private:
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }

  /// The indices times what `factor` says of their dimensions.
  Value sum(llvm::function_ref<int64_t(const RelayoutDim &)> factor) {
    Value total;
    for (auto [dim, index] : llvm::zip(dims, indices)) {
      int64_t times = factor(dim);
      if (times == 0 || dim.size == 1)
        continue;
      Value term = times == 1 ? index
                              : arith::MulIOp::create(builder, loc, index,
                                                      constant(times))
                                    .getResult();
      total = total
                  ? arith::AddIOp::create(builder, loc, total, term).getResult()
                  : term;
    }
    return total ? total : constant(0);
  }

  /// Whether no loop is behind its end; null where none can be.
  Value buildInside() {
    Value inside;
    for (const RelayoutDim &limited : dims) {
      int64_t last = 0;
      for (const RelayoutDim &dim : dims)
        if (dim.loop == limited.loop)
          last += (dim.size - 1) * dim.weight;
      if (!limited.limit || last < limited.limit)
        continue;
      Value position = sum([&](const RelayoutDim &dim) {
        return dim.loop == limited.loop ? dim.weight : 0;
      });
      Value below =
          arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                                position, constant(limited.limit));
      inside =
          inside
              ? arith::AndIOp::create(builder, loc, inside, below).getResult()
              : below;
    }
    return inside;
  }

  OpBuilder &builder;
  Location loc;
  ArrayRef<RelayoutDim> dims;
  SmallVector<Value> indices;
};
} // namespace

Value graphc::buildRelayout(OpBuilder &builder, Location loc, Value source,
                            RankedTensorType type, ArrayRef<RelayoutDim> dims,
                            StringRef name) {
  auto sourceType = cast<RankedTensorType>(source.getType());
  if (sourceType.getRank() > 1)
    source = tensor::CollapseShapeOp::create(
        builder, loc, source,
        ReassociationIndices(
            llvm::to_vector(llvm::seq<int64_t>(0, sourceType.getRank()))));
  Value init = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                       type.getElementType());
  auto region = kernel::RegionOp::create(
      builder, loc, TypeRange(type), name, kernel::Form::Pointwise,
      ValueRange(source), ValueRange(init), DictionaryAttr());
  int64_t rank = type.getRank();
  region->setAttr("row_dims", builder.getI64IntegerAttr(rank ? rank - 1 : 0));
  region->setAttr("domain_rank", builder.getI64IntegerAttr(rank));
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&region.getBody(), {},
                                     {source.getType(), type}, {loc, loc});
  auto map = builder.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(type), ValueRange(), block->getArgument(1),
      ArrayRef<AffineMap>(map), iterators,
      [&](OpBuilder &inner, Location place, ValueRange) {
        Value element =
            ElementBuilder(inner, place, dims).build(block->getArgument(0));
        linalg::YieldOp::create(inner, place, element);
      });
  kernel::YieldOp::create(builder, loc, generic.getResults());
  return region.getResult(0);
}
