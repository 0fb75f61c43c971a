//===- TypeReductions.cpp - Smaller and simpler types ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "dialects/Graph/IR/Graph.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;
using graph::Expr;
using graph::StridedTensorType;

//===----------------------------------------------------------------------===//
// All types of a module at once
//===----------------------------------------------------------------------===//

/// The types of all values, each once, in order.
static SetVector<Type> listTypes(ModuleOp module) {
  SetVector<Type> types;
  module.walk([&](Operation *op) {
    types.insert(op->getResultTypes().begin(), op->getResultTypes().end());
    for (Region &region : op->getRegions())
      for (Block &block : region)
        types.insert(block.getArgumentTypes().begin(),
                     block.getArgumentTypes().end());
  });
  return types;
}

/// Constants of a changed type have zeros for values.
static void addConstants(AttrTypeReplacer &replacer) {
  auto renew = [&replacer](TypedAttr attr) -> std::optional<Attribute> {
    Type type = replacer.replace(attr.getType());
    if (!type || type == attr.getType())
      return std::nullopt;
    TypedAttr zero = Builder(attr.getContext()).getZeroAttr(type);
    return zero ? Attribute(zero) : Attribute(attr);
  };
  replacer.addReplacement([renew](FloatAttr attr) -> std::optional<Attribute> {
    return renew(attr);
  });
  replacer.addReplacement(
      [renew](DenseElementsAttr attr) -> std::optional<Attribute> {
        return renew(attr);
      });
  replacer.addReplacement(
      [renew](DenseResourceElementsAttr attr) -> std::optional<Attribute> {
        return renew(cast<TypedAttr>(Attribute(attr)));
      });
}

/// Puts what `change` returns in the place of every shaped type, and what
/// follows from it; false when that is not possible.
static bool changeTypes(ModuleOp module, AttrTypeReplacer &replacer) {
  addConstants(replacer);
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  if (!renewInferredTypes(module))
    return false;
  for (FunctionOpInterface function : definitions(module))
    renewResultTypes(function);
  return true;
}

/// The order of strides stays when sizes change: the innermost dimension of the
/// old type is that of the new one.
static StridedTensorType withShape(StridedTensorType type,
                                   ArrayRef<Expr> shape) {
  auto contiguous =
      StridedTensorType::get(type.getContext(), shape, type.getElementType());
  auto strides = type.getStaticStrides();
  if (type.isContiguous() || !strides || shape.size() != type.getShape().size())
    return contiguous;
  SmallVector<unsigned> order =
      llvm::to_vector(llvm::seq<unsigned>(0, shape.size()));
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::pair((*strides)[a], b) < std::pair((*strides)[b], a);
  });
  SmallVector<Expr> renewed(shape.size());
  Expr next = Expr::constant(type.getContext(), 1);
  for (unsigned dim : order) {
    renewed[dim] = next;
    next = next * shape[dim];
  }
  return contiguous.withStrides(renewed);
}

/// Builtin types keep their layouts only when those are the plain ones.
static Type withShape(ShapedType type, ArrayRef<int64_t> shape) {
  if (auto vector = dyn_cast<VectorType>(type)) {
    if (vector.isScalable())
      return type;
    return VectorType::get(shape, vector.getElementType());
  }
  if (auto memref = dyn_cast<MemRefType>(type)) {
    if (!memref.getLayout().isIdentity())
      return type;
    return MemRefType::get(shape, memref.getElementType(),
                           MemRefLayoutAttrInterface(),
                           memref.getMemorySpace());
  }
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return RankedTensorType::get(shape, tensor.getElementType(),
                                 tensor.getEncoding());
  return type;
}

static std::optional<SmallVector<int64_t>> staticShape(Type type) {
  if (auto tensor = dyn_cast<StridedTensorType>(type))
    return tensor.getStaticShape();
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasRank())
    return std::nullopt;
  return SmallVector<int64_t>(shaped.getShape());
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Sizes above two, the largest first.
static SmallVector<int64_t> listSizes(ModuleOp module) {
  SmallVector<int64_t> sizes;
  for (Type type : listTypes(module))
    if (auto shape = staticShape(type))
      for (int64_t size : *shape)
        if (size > 1 && !llvm::is_contained(sizes, size))
          sizes.push_back(size);
  llvm::sort(sizes, std::greater<>());
  return sizes;
}

static unsigned countSizes(ModuleOp module) { return listSizes(module).size(); }

template <int64_t target, bool alsoNumbers>
static bool shrinkSizes(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<int64_t> all = listSizes(module);
  last = std::min<unsigned>(last, all.size());
  ArrayRef<int64_t> sizes = ArrayRef(all).slice(first, last - first);
  auto renew = [sizes](int64_t size) {
    return size > target && llvm::is_contained(sizes, size) ? target : size;
  };
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](StridedTensorType type) -> Type {
    SmallVector<Expr> shape;
    for (Expr size : type.getShape()) {
      std::optional<int64_t> constant = size.getConstant();
      shape.push_back(constant
                          ? Expr::constant(type.getContext(), renew(*constant))
                          : size);
    }
    return shape == type.getShape() ? type : withShape(type, shape);
  });
  replacer.addReplacement([&](ShapedType type) -> std::optional<Type> {
    if (!type.hasRank())
      return std::nullopt;
    SmallVector<int64_t> shape;
    for (int64_t size : type.getShape())
      shape.push_back(renew(size));
    if (shape == type.getShape())
      return std::nullopt;
    return withShape(type, shape);
  });
  if (alsoNumbers) {
    replacer.addReplacement([&](IntegerAttr attr) -> Attribute {
      if (attr.getValue().getSignificantBits() > 63)
        return attr;
      int64_t value = attr.getValue().getSExtValue();
      return IntegerAttr::get(attr.getType(), renew(value));
    });
    replacer.addReplacement([&](DenseI64ArrayAttr attr) -> Attribute {
      SmallVector<int64_t> values =
          llvm::map_to_vector(attr.asArrayRef(), renew);
      return DenseI64ArrayAttr::get(attr.getContext(), values);
    });
    replacer.addReplacement([&](graph::ExprArrayAttr attr) -> Attribute {
      SmallVector<Expr> values;
      for (Expr value : attr.getValue()) {
        std::optional<int64_t> constant = value.getConstant();
        values.push_back(
            constant ? Expr::constant(attr.getContext(), renew(*constant))
                     : value);
      }
      return graph::ExprArrayAttr::get(attr.getContext(), values);
    });
  }
  return first < last && changeTypes(module, replacer);
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

static SmallVector<std::string> listSymbols(ModuleOp module) {
  llvm::SetVector<StringRef> symbols;
  for (Type type : listTypes(module))
    if (auto tensor = dyn_cast<StridedTensorType>(type))
      for (Expr size : tensor.getShape())
        size.collectSymbols(symbols);
  return SmallVector<std::string>(
      llvm::map_range(symbols, [](StringRef name) { return name.str(); }));
}

static unsigned countSymbols(ModuleOp module) {
  return listSymbols(module).size();
}

/// Dynamic sizes become 2.
static bool fixSymbols(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<std::string> symbols = listSymbols(module);
  last = std::min<unsigned>(last, symbols.size());
  MLIRContext *context = module.getContext();
  auto renew = [&](Expr expr) {
    return expr.substitute([&](StringRef name) {
      for (const std::string &symbol :
           ArrayRef(symbols).slice(first, last - first))
        if (symbol == name)
          return Expr::constant(context, 2);
      return Expr();
    });
  };
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](StridedTensorType type) -> Type {
    SmallVector<Expr> shape = llvm::map_to_vector(type.getShape(), renew);
    SmallVector<Expr> strides = llvm::map_to_vector(type.getStrides(), renew);
    return StridedTensorType::get(context, shape, type.getElementType())
        .withStrides(strides);
  });
  replacer.addReplacement([&](graph::ExprArrayAttr attr) -> Attribute {
    return graph::ExprArrayAttr::get(
        context, llvm::map_to_vector(attr.getValue(), renew));
  });
  replacer.addReplacement(
      [&](graph::ExprAttr attr) -> Attribute { return renew(attr).getAttr(); });
  return first < last && changeTypes(module, replacer);
}

//===----------------------------------------------------------------------===//
// Ranks
//===----------------------------------------------------------------------===//

/// Ranks above zero, the largest first.
static SmallVector<int64_t> listRanks(ModuleOp module) {
  SmallVector<int64_t> ranks;
  for (Type type : listTypes(module))
    if (auto shape = staticShape(type))
      if (!shape->empty() && !llvm::is_contained(ranks, shape->size()))
        ranks.push_back(shape->size());
  llvm::sort(ranks, std::greater<>());
  return ranks;
}

static unsigned countRanks(ModuleOp module) { return listRanks(module).size(); }

/// Types of some ranks lose their first dimension.
static bool dropDimensions(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<int64_t> all = listRanks(module);
  last = std::min<unsigned>(last, all.size());
  ArrayRef<int64_t> ranks = ArrayRef(all).slice(first, last - first);
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](StridedTensorType type) -> Type {
    if (!llvm::is_contained(ranks, type.getRank()))
      return type;
    return withShape(type, type.getShape().drop_front());
  });
  replacer.addReplacement([&](ShapedType type) -> std::optional<Type> {
    if (!type.hasRank() || !llvm::is_contained(ranks, type.getRank()))
      return std::nullopt;
    return withShape(type, type.getShape().drop_front());
  });
  return first < last && changeTypes(module, replacer);
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

/// Floats other than f32.
static SmallVector<Type> listFloats(ModuleOp module) {
  SmallVector<Type> floats;
  AttrTypeWalker walker;
  walker.addWalk([&](FloatType type) {
    if (!type.isF32() && !llvm::is_contained(floats, type))
      floats.push_back(type);
  });
  for (Type type : listTypes(module)) {
    if (auto tensor = dyn_cast<StridedTensorType>(type))
      walker.walk(tensor.getElementType());
    else
      walker.walk(type);
  }
  return floats;
}

static unsigned countFloats(ModuleOp module) {
  return listFloats(module).size();
}

static bool unifyFloats(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Type> all = listFloats(module);
  last = std::min<unsigned>(last, all.size());
  Type f32 = Float32Type::get(module.getContext());
  auto renew = [&](Type type) {
    return llvm::is_contained(ArrayRef(all).slice(first, last - first), type)
               ? f32
               : type;
  };
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](FloatType type) -> Type { return renew(type); });
  replacer.addReplacement([&](StridedTensorType type) -> Type {
    return type.withElementType(renew(type.getElementType()));
  });
  return first < last && changeTypes(module, replacer);
}

ArrayRef<Reduction> graphc::reduce::typeReductions() {
  static constexpr Reduction reductions[] = {
      {"sizes and numbers to 2", countSizes, shrinkSizes<2, true>},
      {"sizes to 2", countSizes, shrinkSizes<2, false>},
      {"sizes and numbers to 1", countSizes, shrinkSizes<1, true>},
      {"sizes to 1", countSizes, shrinkSizes<1, false>},
      {"symbols", countSymbols, fixSymbols},
      {"ranks", countRanks, dropDimensions},
      {"element types", countFloats, unifyFloats},
  };
  return reductions;
}
