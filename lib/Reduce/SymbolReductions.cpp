//===- SymbolReductions.cpp - Dynamic sizes and what is known of them -----===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reductions.h"

#include "dialects/Graph/IR/Graph.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::reduce;

//===----------------------------------------------------------------------===//
// Ranges and constraints
//===----------------------------------------------------------------------===//

static constexpr StringLiteral signatureName = "graph.signature";

static ArrayAttr getEntries(ModuleOp module, StringRef key) {
  auto signature = module->getAttrOfType<DictionaryAttr>(signatureName);
  return signature ? signature.getAs<ArrayAttr>(key) : ArrayAttr();
}

static void setEntries(ModuleOp module, StringRef key,
                       ArrayRef<Attribute> entries) {
  NamedAttrList signature(module->getAttrOfType<DictionaryAttr>(signatureName));
  signature.set(key, ArrayAttr::get(module.getContext(), entries));
  module->setAttr(signatureName, signature.getDictionary(module.getContext()));
}

static unsigned countConstraints(ModuleOp module) {
  ArrayAttr entries = getEntries(module, "constraints");
  return entries ? entries.size() : 0;
}

static bool dropConstraints(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Attribute> entries =
      llvm::to_vector(getEntries(module, "constraints").getValue());
  last = std::min<unsigned>(last, entries.size());
  if (first >= last)
    return false;
  entries.erase(entries.begin() + first, entries.begin() + last);
  setEntries(module, "constraints", entries);
  return true;
}

/// Symbols that a type or a size names.
static llvm::StringSet<> usedSymbols(ModuleOp module) {
  llvm::SetVector<StringRef> symbols;
  AttrTypeWalker walker;
  walker.addWalk([&](graph::StridedTensorType type) {
    for (graph::Expr size : type.getShape())
      size.collectSymbols(symbols);
    for (graph::Expr stride : type.getStrides())
      stride.collectSymbols(symbols);
  });
  walker.addWalk(
      [&](graph::ExprAttr attr) { graph::Expr(attr).collectSymbols(symbols); });
  walker.addWalk([&](graph::ExprArrayAttr attr) {
    for (graph::Expr expr : attr.getValue())
      expr.collectSymbols(symbols);
  });
  walker.addWalk([&](StringAttr attr) { symbols.insert(attr.getValue()); });
  module.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      walker.walk(type);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Type type : block.getArgumentTypes())
          walker.walk(type);
    if (op != module)
      walker.walk(op->getAttrDictionary());
  });
  llvm::StringSet<> names;
  for (StringRef symbol : symbols)
    names.insert(symbol);
  return names;
}

static unsigned countEntries(ModuleOp module) {
  ArrayAttr entries = getEntries(module, "symbols");
  return entries ? entries.size() : 0;
}

/// Symbols without users go.
static bool dropSymbols(ModuleOp module, unsigned first, unsigned last) {
  llvm::StringSet<> used = usedSymbols(module);
  SmallVector<Attribute> left;
  for (auto [i, entry] : llvm::enumerate(getEntries(module, "symbols"))) {
    auto name = cast<DictionaryAttr>(entry).getAs<StringAttr>("name");
    bool isUsed = !name || used.contains(name.getValue());
    if (isUsed || i < first || i >= last)
      left.push_back(entry);
  }
  bool changed = left.size() < countEntries(module);
  if (changed)
    setEntries(module, "symbols", left);
  return changed;
}

/// `change` gives a symbol another entry.
template <bool (*change)(NamedAttrList &entry)>
static bool changeSymbols(ModuleOp module, unsigned first, unsigned last) {
  SmallVector<Attribute> entries =
      llvm::to_vector(getEntries(module, "symbols").getValue());
  last = std::min<unsigned>(last, entries.size());
  bool changed = false;
  for (unsigned i = first; i < last; ++i) {
    NamedAttrList entry(cast<DictionaryAttr>(entries[i]));
    if (!change(entry))
      continue;
    entries[i] = entry.getDictionary(module.getContext());
    changed = true;
  }
  if (changed)
    setEntries(module, "symbols", entries);
  return changed;
}

/// Neither bounds nor hint.
static bool dropRange(NamedAttrList &entry) {
  bool changed = false;
  for (StringRef key : {"min", "max", "hint"})
    changed |= bool(entry.erase(key));
  return changed;
}

/// From the smallest size to one more, or what is nearest to that.
static bool shrinkRange(NamedAttrList &entry) {
  auto max = dyn_cast_or_null<IntegerAttr>(entry.get("max"));
  auto min = dyn_cast_or_null<IntegerAttr>(entry.get("min"));
  int64_t smallest = (min ? min.getInt() : 0) + 1;
  if (!max || max.getInt() <= smallest)
    return false;
  Type type =
      IntegerType::get(entry.getAttrs().front().getValue().getContext(), 64);
  entry.set("max", IntegerAttr::get(type, smallest));
  return true;
}

//===----------------------------------------------------------------------===//
// Dynamic dimensions of builtin types
//===----------------------------------------------------------------------===//

/// Each once, in order.
static SetVector<Type> listDynamicTypes(ModuleOp module) {
  SetVector<Type> types;
  auto note = [&](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    bool isPlain = isa<RankedTensorType>(type);
    if (auto memref = dyn_cast<MemRefType>(type))
      isPlain = memref.getLayout().isIdentity();
    if (isPlain && !shaped.hasStaticShape())
      types.insert(type);
  };
  module.walk([&](Operation *op) {
    llvm::for_each(op->getResultTypes(), note);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        llvm::for_each(block.getArgumentTypes(), note);
  });
  return types;
}

static unsigned countDynamicTypes(ModuleOp module) {
  return listDynamicTypes(module).size();
}

/// Sizes of a slice that its type has fixed need no operand.
template <typename Op>
static void fixSlice(Op op, ArrayRef<int64_t> shape, int64_t size) {
  SmallVector<int64_t> sizes(op.getStaticSizes());
  if (!llvm::is_contained(sizes, ShapedType::kDynamic) ||
      ShapedType::isDynamicShape(shape))
    return;
  llvm::replace(sizes, ShapedType::kDynamic, size);
  op.setStaticSizes(sizes);
  op.getSizesMutable().clear();
}

/// Ops whose operands are the sizes that are not dynamic any more.
static void dropSizeOperands(ModuleOp module, int64_t size) {
  module.walk([&](Operation *op) {
    if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
      if (empty.getType().hasStaticShape())
        empty.getDynamicSizesMutable().clear();
    } else if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
      if (alloc.getType().hasStaticShape())
        alloc.getDynamicSizesMutable().clear();
    } else if (auto alloca = dyn_cast<memref::AllocaOp>(op)) {
      if (alloca.getType().hasStaticShape())
        alloca.getDynamicSizesMutable().clear();
    } else if (auto view = dyn_cast<memref::ViewOp>(op)) {
      if (view.getType().hasStaticShape())
        view.getSizesMutable().clear();
    } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
      fixSlice(slice, slice.getType().getShape(), size);
    } else if (auto slice = dyn_cast<tensor::InsertSliceOp>(op)) {
      fixSlice(slice, slice.getSourceType().getShape(), size);
    } else if (auto slice = dyn_cast<memref::SubViewOp>(op)) {
      fixSlice(slice, slice.getType().getShape(), size);
    } else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
      if (!expand.getResultType().hasStaticShape())
        return;
      expand.setStaticOutputShape(expand.getResultType().getShape());
      expand.getOutputShapeMutable().clear();
    }
  });
}

/// `?` is `size` in some types, wherever they stand.
template <int64_t size>
static bool fixDimensions(ModuleOp module, unsigned first, unsigned last) {
  SetVector<Type> all = listDynamicTypes(module);
  last = std::min<unsigned>(last, all.size());
  ArrayRef<Type> chosen = all.getArrayRef().slice(first, last - first);
  AttrTypeReplacer replacer;
  auto withSizes = [](auto type) {
    SmallVector<int64_t> shape(type.getShape());
    llvm::replace(shape, ShapedType::kDynamic, size);
    return shape;
  };
  replacer.addReplacement([&](RankedTensorType type) -> Type {
    return llvm::is_contained(chosen, type)
               ? RankedTensorType::get(withSizes(type), type.getElementType(),
                                       type.getEncoding())
               : type;
  });
  replacer.addReplacement([&](MemRefType type) -> Type {
    return llvm::is_contained(chosen, type)
               ? MemRefType::get(withSizes(type), type.getElementType(),
                                 MemRefLayoutAttrInterface(),
                                 type.getMemorySpace())
               : type;
  });
  if (first >= last)
    return false;
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  dropSizeOperands(module, size);
  return true;
}

ArrayRef<Reduction> graphc::reduce::symbolReductions() {
  static constexpr Reduction reductions[] = {
      {"constraints", countConstraints, dropConstraints},
      {"unused symbols", countEntries, dropSymbols},
      {"ranges of symbols", countEntries, changeSymbols<dropRange>},
      {"ends of ranges", countEntries, changeSymbols<shrinkRange>},
      {"dynamic dimensions to 2", countDynamicTypes, fixDimensions<2>},
      {"dynamic dimensions to 1", countDynamicTypes, fixDimensions<1>},
  };
  return reductions;
}
