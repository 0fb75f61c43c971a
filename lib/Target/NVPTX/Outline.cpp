//===- Outline.cpp - Launches to kernels of a device module ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/GPU/Utils/GPUUtils.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXOUTLINE
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// What a kernel better computes itself than takes as an argument.
static bool isCheap(Operation *op) {
  return matchPattern(op, m_Constant()) ||
         isa<memref::DimOp, memref::SubViewOp, memref::ReinterpretCastOp,
             memref::CollapseShapeOp, memref::CastOp>(op);
}

namespace {
/// How a memref goes to a kernel: its aligned pointer, then the numbers that
/// its type leaves open.
struct FlatMemRef {
  explicit FlatMemRef(MemRefType type) : type(type) {
    std::tie(strides, offset) = type.getStridesAndOffset();
  }

  bool hasOffset() const { return ShapedType::isDynamic(offset); }
  SmallVector<Type> getTypes() const {
    MLIRContext *context = type.getContext();
    unsigned open = hasOffset() +
                    llvm::count_if(type.getShape(), ShapedType::isDynamic) +
                    llvm::count_if(strides, ShapedType::isDynamic);
    SmallVector<Type> types(1 + open, IndexType::get(context));
    types[0] = LLVM::LLVMPointerType::get(context);
    return types;
  }
  SmallVector<Value> flatten(OpBuilder &builder, Location loc,
                             Value memref) const;
  Value rebuild(OpBuilder &builder, Location loc, ValueRange parts) const;

  MemRefType type;
  SmallVector<int64_t> strides;
  int64_t offset;
};
} // namespace

SmallVector<Value> FlatMemRef::flatten(OpBuilder &builder, Location loc,
                                       Value memref) const {
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  Value number =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), address);
  SmallVector<Value> parts = {LLVM::IntToPtrOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), number)};
  if (getTypes().size() == 1)
    return parts;
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  if (hasOffset())
    parts.push_back(metadata.getOffset());
  for (auto [size, value] :
       llvm::zip_equal(type.getShape(), metadata.getSizes()))
    if (ShapedType::isDynamic(size))
      parts.push_back(value);
  for (auto [stride, value] : llvm::zip_equal(strides, metadata.getStrides()))
    if (ShapedType::isDynamic(stride))
      parts.push_back(value);
  return parts;
}

Value FlatMemRef::rebuild(OpBuilder &builder, Location loc,
                          ValueRange parts) const {
  LLVMTypeConverter converter(builder.getContext());
  auto descriptor =
      MemRefDescriptor::poison(builder, loc, converter.convertType(type));
  descriptor.setAllocatedPtr(builder, loc, parts[0]);
  descriptor.setAlignedPtr(builder, loc, parts[0]);
  unsigned next = 1;
  auto number = [&](int64_t known) -> Value {
    Value index =
        ShapedType::isDynamic(known)
            ? parts[next++]
            : arith::ConstantIndexOp::create(builder, loc, known).getResult();
    return arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                      index);
  };
  descriptor.setOffset(builder, loc, number(offset));
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    descriptor.setSize(builder, loc, dim, number(size));
  for (auto [dim, stride] : llvm::enumerate(strides))
    descriptor.setStride(builder, loc, dim, number(stride));
  Value value = descriptor;
  return UnrealizedConversionCastOp::create(builder, loc, type, value)
      .getResult(0);
}

//===----------------------------------------------------------------------===//
// What kernels may assume of their arguments
//===----------------------------------------------------------------------===//

/// The buffer that `memref` is in. Views of the arena, or of a workspace, are
/// buffers of their own: those that one launch uses are apart.
static Value getBuffer(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>()) {
    if (isa<memref::ViewOp>(view))
      break;
    memref = view.getViewSource();
  }
  return memref;
}

/// False when all that happens to `memref` is that it is read.
static bool mayWrite(Value memref) {
  return llvm::any_of(memref.getUsers(), [&](Operation *user) {
    if (isa<memref::LoadOp, memref::DimOp, memref::PrefetchOp, vector::LoadOp,
            vector::MaskedLoadOp, vector::GatherOp>(user))
      return false;
    auto view = dyn_cast<ViewLikeOpInterface>(user);
    return !view || mayWrite(view.getViewDest());
  });
}

namespace {
/// What is known of a memref among the arguments of a kernel.
struct ArgumentUse {
  bool isWritten = false;
  /// Nothing that is written lies in it, or it in nothing else.
  bool isApart = true;
};
} // namespace

/// Of the `operands` of a kernel, whose arguments have not been replaced yet.
static SmallVector<ArgumentUse> findUses(gpu::GPUFuncOp kernel,
                                         ValueRange operands) {
  SmallVector<ArgumentUse> uses(operands.size());
  auto isMemRef = [&](unsigned i) {
    return isa<MemRefType>(operands[i].getType());
  };
  for (unsigned i = 0; i < operands.size(); ++i)
    if (isMemRef(i))
      uses[i].isWritten = mayWrite(kernel.getArgument(i));
  for (unsigned i = 0; i < operands.size(); ++i)
    for (unsigned j = 0; j < operands.size(); ++j)
      if (i != j && isMemRef(i) && isMemRef(j) &&
          getBuffer(operands[i]) == getBuffer(operands[j]) &&
          (uses[i].isWritten || uses[j].isWritten))
        uses[i].isApart = false;
  return uses;
}

/// Lets LLVM move and merge accesses, and read what nothing writes through the
/// cache that is not kept coherent.
static void describeArguments(gpu::GPUFuncOp kernel, ArrayRef<ArgumentUse> uses,
                              ArrayRef<unsigned> pointers) {
  Attribute unit = UnitAttr::get(kernel.getContext());
  for (auto [use, pointer] : llvm::zip_equal(uses, pointers)) {
    if (!use.isApart)
      continue;
    kernel.setArgAttr(pointer, LLVM::LLVMDialect::getNoAliasAttrName(), unit);
    if (!use.isWritten)
      kernel.setArgAttr(pointer, LLVM::LLVMDialect::getReadonlyAttrName(),
                        unit);
  }
}

/// Replaces memrefs among the arguments of `kernel` and gives the operands for
/// them, made from `operands` at `builder`.
static SmallVector<Value> flattenArguments(gpu::GPUFuncOp kernel,
                                           ValueRange operands,
                                           OpBuilder &builder) {
  Location loc = kernel.getLoc();
  Block &entry = kernel.getBody().front();
  SmallVector<ArgumentUse> all = findUses(kernel, operands), uses;
  SmallVector<unsigned> pointers;
  OpBuilder inner = OpBuilder::atBlockBegin(&entry);
  SmallVector<Type> types;
  SmallVector<Value> flat;
  unsigned position = 0;
  for (auto [operand, use] : llvm::zip_equal(operands, all)) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type) {
      types.push_back(operand.getType());
      flat.push_back(operand);
      ++position;
      continue;
    }
    uses.push_back(use);
    pointers.push_back(position);
    FlatMemRef layout(type);
    SmallVector<Value> parts;
    for (Type part : layout.getTypes()) {
      types.push_back(part);
      parts.push_back(entry.insertArgument(position++, part, loc));
    }
    llvm::append_range(flat, layout.flatten(builder, loc, operand));
    entry.getArgument(position).replaceAllUsesWith(
        layout.rebuild(inner, loc, parts));
    entry.eraseArgument(position);
  }
  kernel.setFunctionType(builder.getFunctionType(types, {}));
  describeArguments(kernel, uses, pointers);
  return flat;
}

/// Argument `index` points to the bytes of a tensor map among the parameters.
static void passByValue(gpu::GPUFuncOp kernel, unsigned index) {
  Builder builder(kernel.getContext());
  kernel.setArgAttr(
      index, "llvm.byval",
      TypeAttr::get(LLVM::LLVMArrayType::get(
          builder.getI8Type(), kernel::TensorMapOp::getSizeInBytes())));
  kernel.setArgAttr(
      index, "llvm.align",
      builder.getI64IntegerAttr(kernel::TensorMapOp::getAlignment()));
}

/// Shared memory is accessed in whole vectors, whatever lies before it.
static void alignShared(gpu::GPUFuncOp kernel) {
  constexpr int64_t vectorBytes = 16;
  Attribute alignment = Builder(kernel).getI64IntegerAttr(vectorBytes);
  for (unsigned i = 0, e = kernel.getNumWorkgroupAttributions(); i < e; ++i)
    kernel.setWorkgroupAttributionAttr(i, LLVM::LLVMDialect::getAlignAttrName(),
                                       alignment);
}

namespace {
struct NVPTXOutline : graphc::impl::NVPTXOutlineBase<NVPTXOutline> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<gpu::LaunchOp> launches;
    module.walk([&](gpu::LaunchOp launch) { launches.push_back(launch); });
    if (launches.empty())
      return;
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto device = gpu::GPUModuleOp::create(builder, module.getLoc(), "device");
    SymbolTable(module).insert(device);
    module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                    builder.getUnitAttr());
    SymbolTable symbols(device);
    for (gpu::LaunchOp launch : launches)
      if (failed(outline(launch, device, symbols)))
        return signalPassFailure();
  }

  LogicalResult outline(gpu::LaunchOp launch, gpu::GPUModuleOp device,
                        SymbolTable &symbols) {
    if (failed(sinkOperationsIntoLaunchOp(launch, isCheap)))
      return failure();
    StringRef name = launch->getParentOfType<func::FuncOp>().getName();
    SmallVector<Value> operands;
    gpu::GPUFuncOp kernel = outlineKernelFunc(launch, name, operands);
    OpBuilder builder(launch);
    for (NamedAttribute attribute : launch->getDiscardableAttrs())
      kernel->setAttr(attribute.getName(), attribute.getValue());
    alignShared(kernel);
    SmallVector<Value> flat = flattenArguments(kernel, operands, builder);
    for (auto [i, operand] : llvm::enumerate(flat))
      if (isa_and_nonnull<kernel::TensorMapOp, kernel::WindowMapOp>(
              operand.getDefiningOp()))
        passByValue(kernel, i);
    symbols.insert(kernel);
    gpu::LaunchFuncOp::create(builder, launch.getLoc(), kernel,
                              launch.getGridSizeOperandValues(),
                              launch.getBlockSizeOperandValues(),
                              launch.getDynamicSharedMemorySize(), flat);
    launch.erase();
    return success();
  }
};
} // namespace
