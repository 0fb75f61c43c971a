//===- LowerHost.cpp - The host's part as calls of the runtime ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostCalls.h"

#include "graphc/Import/ExternWeight.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Target/NVPTX/Device.h"
#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"

#include "llvm/ADT/StringSet.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXLOWERHOST
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using nvptx::HostCalls;

namespace {
struct NVPTXLowerHost : graphc::impl::NVPTXLowerHostBase<NVPTXLowerHost> {
  void runOnOperation() override;

private:
  LogicalResult addContexts();
  void lowerLaunch(gpu::LaunchFuncOp launch);
  void lowerChipHas(kernel::ChipHasOp op);
  void lowerCounters(kernel::CountersOp op);
  template <typename MapOp>
  void lowerMap(MapOp op, StringRef name, ArrayRef<ArrayRef<int32_t>> arrays,
                ArrayRef<int32_t> numbers);
  Value makeArray(Operation *before, Type type, ValueRange values);

  std::optional<HostCalls> host;
};
} // namespace

/// What the entry begins the call with; null for a function that is none.
static Value findContext(func::FuncOp entry) {
  for (auto call : entry.getOps<func::CallOp>())
    if (call.getCallee() == "graphc_rt_gpu_begin")
      return call.getOperand(0);
  return nullptr;
}

LogicalResult NVPTXLowerHost::addContexts() {
  Type pointer = LLVM::LLVMPointerType::get(&getContext());
  StringSet<> changed;
  SmallVector<func::FuncOp> functions;
  for (auto function : getOperation().getOps<func::FuncOp>())
    // The entry has the context from its caller.
    if (!function.isDeclaration() && function.isPrivate())
      functions.push_back(function);
  for (func::FuncOp function : functions) {
    (void)function.insertArgument(0, pointer, {}, function.getLoc());
    changed.insert(function.getName());
  }
  SmallVector<func::CallOp> calls;
  getOperation().walk([&](func::CallOp op) {
    if (changed.contains(op.getCallee()))
      calls.push_back(op);
  });
  for (func::CallOp op : calls) {
    auto caller = op->getParentOfType<func::FuncOp>();
    Value context = changed.contains(caller.getName()) ? caller.getArgument(0)
                                                       : findContext(caller);
    if (!context)
      return withCode("module-stage", op.emitOpError("has no context to pass "
                                                     "on; run "
                                                     "graphc-make-entry "
                                                     "for a device first"));
    op->insertOperands(0, context);
  }
  return success();
}

void NVPTXLowerHost::lowerLaunch(gpu::LaunchFuncOp launch) {
  OpBuilder builder(launch);
  Location loc = launch.getLoc();
  auto function = launch->getParentOfType<func::FuncOp>();
  Type i64 = builder.getI64Type();
  Type pointer = LLVM::LLVMPointerType::get(&getContext());
  auto asInteger = [&](Value value) -> Value {
    return value.getType().isIndex()
               ? arith::IndexCastOp::create(builder, loc, i64, value)
                     .getResult()
               : value;
  };
  Value parameters =
      host->makeSlot(function, loc, pointer,
                     std::max<int64_t>(1, launch.getNumKernelOperands()));
  for (auto [i, operand] : llvm::enumerate(launch.getKernelOperands())) {
    Value value = asInteger(operand);
    Value slot = value;
    // Maps are taken by value, from where they are.
    if (!isa_and_nonnull<kernel::TensorMapOp, kernel::WindowMapOp>(
            operand.getDefiningOp())) {
      slot = host->makeSlot(function, loc, value.getType());
      LLVM::StoreOp::create(builder, loc, value, slot);
    }
    Value place =
        LLVM::GEPOp::create(builder, loc, pointer, pointer, parameters,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(builder, loc, slot, place);
  }
  auto device = getOperation().lookupSymbol<gpu::GPUModuleOp>(
      launch.getKernelModuleName());
  int32_t index = 0;
  for (auto kernel : device.getOps<gpu::GPUFuncOp>()) {
    if (kernel.getName() == launch.getKernelName())
      break;
    ++index;
  }
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  };
  SmallVector<Value> arguments = {HostCalls::getContextOf(launch),
                                  number(index)};
  for (Value size :
       {launch.getGridSizeX(), launch.getGridSizeY(), launch.getGridSizeZ(),
        launch.getBlockSizeX(), launch.getBlockSizeY(), launch.getBlockSizeZ()})
    arguments.push_back(asInteger(size));
  Value shared = launch.getDynamicSharedMemorySize();
  arguments.push_back(shared ? shared : number(0));
  arguments.push_back(parameters);
  host->call(builder, loc, "graphc_rt_gpu_launch", arguments);
  launch.erase();
}

/// Values of one type, one behind the other.
Value NVPTXLowerHost::makeArray(Operation *before, Type type,
                                ValueRange values) {
  OpBuilder builder(before);
  Location loc = before->getLoc();
  Value array = host->makeSlot(before->getParentOfType<func::FuncOp>(), loc,
                               type, std::max<int64_t>(1, values.size()));
  for (auto [i, value] : llvm::enumerate(values)) {
    Value place =
        LLVM::GEPOp::create(builder, loc, array.getType(), type, array,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(builder, loc, value, place);
  }
  return array;
}

void NVPTXLowerHost::lowerChipHas(kernel::ChipHasOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Value slot = host->makeSlot(op->getParentOfType<func::FuncOp>(), loc,
                              builder.getI32Type());
  Value bit = arith::ConstantOp::create(
      builder, loc,
      builder.getI32IntegerAttr(1 << static_cast<int32_t>(op.getFeature())));
  host->call(builder, loc, "graphc_rt_gpu_chip_has",
             {HostCalls::getContextOf(op), bit, slot});
  Value answer = LLVM::LoadOp::create(builder, loc, bit.getType(), slot);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(0));
  op.replaceAllUsesWith(arith::CmpIOp::create(builder, loc,
                                              arith::CmpIPredicate::ne, answer,
                                              zero)
                            .getResult());
  op.erase();
}

void NVPTXLowerHost::lowerCounters(kernel::CountersOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(&getContext());
  Value slot =
      host->makeSlot(op->getParentOfType<func::FuncOp>(), loc, pointer);
  host->call(builder, loc, "graphc_rt_gpu_counters",
             {HostCalls::getContextOf(op), slot});
  Value address = LLVM::LoadOp::create(builder, loc, pointer, slot);
  auto type = cast<MemRefType>(op.getType());
  Value descriptor = MemRefDescriptor::fromStaticShape(
      builder, loc, LLVMTypeConverter(&getContext()), type, address);
  op.replaceAllUsesWith(
      UnrealizedConversionCastOp::create(builder, loc, type, descriptor)
          .getResult(0));
  op.erase();
}

/// As the driver counts them (CUtensorMapDataType); it only moves bits.
static int32_t getDataType(Operation *map, Type type) {
  if (map->hasAttr(tf32AttrName))
    return 11;
  switch (type.getIntOrFloatBitWidth()) {
  case 8:
    return 0;
  case 16:
    return type.isF16() ? 6 : type.isBF16() ? 9 : 1;
  case 32:
    return type.isF32() ? 7 : 2;
  default:
    return type.isF64() ? 8 : 4;
  }
}

/// Calls `name` for the map that `op` makes, with what both kinds have, then
/// `more`.
template <typename MapOp>
void NVPTXLowerHost::lowerMap(MapOp op, StringRef name,
                              ArrayRef<ArrayRef<int32_t>> arrays,
                              ArrayRef<int32_t> numbers) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Type i64 = builder.getI64Type(), i32 = builder.getI32Type();
  MemRefType type = op.getBuffer().getType();
  Value map = host->makeSlot(op->template getParentOfType<func::FuncOp>(), loc,
                             builder.getI8Type(),
                             kernel::TensorMapOp::getSizeInBytes());
  map.getDefiningOp<LLVM::AllocaOp>().setAlignment(
      kernel::TensorMapOp::getAlignment());
  auto number = [&](int32_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI32IntegerAttr(value));
  };
  auto cast = [&](Value value, int64_t scale) -> Value {
    Value scaled = builder.createOrFold<arith::MulIOp>(
        loc, value, arith::ConstantIndexOp::create(builder, loc, scale));
    return arith::IndexCastOp::create(builder, loc, i64, scaled);
  };
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  SmallVector<Value> sizes, strides;
  for (Value size : op.getSizes())
    sizes.push_back(cast(size, 1));
  for (Value stride : op.getStrides())
    strides.push_back(cast(stride, bytes));
  Value start = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc,
                                                               op.getBuffer());
  Value base =
      memref::ExtractStridedMetadataOp::create(builder, loc, op.getBuffer())
          .getOffset();
  Value first = builder.createOrFold<arith::AddIOp>(loc, base, op.getOffset());
  Value address = arith::AddIOp::create(
      builder, loc, cast(first, bytes),
      arith::IndexCastOp::create(builder, loc, i64, start));
  SmallVector<Value> arguments = {
      HostCalls::getContextOf(op),
      map,
      address,
      number(getDataType(op, type.getElementType())),
      number(sizes.size()),
      makeArray(op, i64, sizes),
      makeArray(op, i64, strides)};
  for (ArrayRef<int32_t> array : arrays)
    arguments.push_back(makeArray(op, i32, llvm::map_to_vector(array, number)));
  for (int32_t value : numbers)
    arguments.push_back(number(value));
  host->call(builder, loc, name, arguments);
  op.replaceAllUsesWith(map);
  op.erase();
}

void NVPTXLowerHost::runOnOperation() {
  ModuleOp module = getOperation();
  host.emplace(module);
  if (failed(addContexts()))
    return signalPassFailure();
  SmallVector<gpu::LaunchFuncOp> launches;
  module.walk([&](gpu::LaunchFuncOp op) { launches.push_back(op); });
  for (gpu::LaunchFuncOp launch : launches)
    lowerLaunch(launch);
  module.walk([&](kernel::ChipHasOp op) { lowerChipHas(op); });
  module.walk([&](kernel::CountersOp op) { lowerCounters(op); });
  module.walk([&](kernel::TensorMapOp op) {
    lowerMap(op, "graphc_rt_gpu_tensor_map", {op.getBox()},
             {static_cast<int32_t>(op.getSwizzle())});
  });
  module.walk([&](kernel::WindowMapOp op) {
    lowerMap(op, "graphc_rt_gpu_window_map",
             {op.getLower(), op.getUpper(), op.getSteps()},
             {static_cast<int32_t>(op.getChannels()),
              static_cast<int32_t>(op.getPixels()),
              static_cast<int32_t>(op.getSwizzle())});
  });
  module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  for (StringRef name : {StringRef("main"), StringRef(loadFunctionName)})
    if (auto function = module.lookupSymbol<func::FuncOp>(name))
      lowerAccesses(*host, function);
}
