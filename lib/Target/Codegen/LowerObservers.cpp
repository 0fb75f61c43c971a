//===- LowerObservers.cpp - Observations become calls of the runtime ------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/Codegen/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace graphc {
#define GEN_PASS_DEF_LOWEROBSERVERS
#include "graphc/Target/Codegen/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

static constexpr StringLiteral runtimeName = "graphc_rt_observe";

namespace {
/// Rewrites the observations of `@main`.
class ObserverLowering {
public:
  ObserverLowering(ModuleOp module, func::FuncOp main)
      : main(main), builder(module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        i64(builder.getI64Type()) {
    builder.setInsertionPointToStart(module.getBody());
    Type i32 = builder.getI32Type();
    runtime = func::FuncOp::create(
        builder, module.getLoc(), runtimeName,
        builder.getFunctionType({pointer, i64, i32, i64, i64, pointer}, {}));
    runtime.setPrivate();
  }

  void run(ArrayRef<kernel::ObserveOp> ops);

private:
  void lower(kernel::ObserveOp op);
  void store(Value value, Location loc);
  void storeBuffer(Value buffer, Location loc);

  func::FuncOp main, runtime;
  OpBuilder builder;
  Type pointer, i64;
  Value context, values;
  /// The next of `values` to store to.
  int32_t next = 0;
};
} // namespace

/// An address, sizes and strides for each buffer.
static int64_t countValues(kernel::ObserveOp op) {
  int64_t count = 0;
  for (Type type : op.getBuffers().getTypes())
    count += 1 + 2 * cast<MemRefType>(type).getRank();
  return count;
}

void ObserverLowering::run(ArrayRef<kernel::ObserveOp> ops) {
  Location loc = main.getLoc();
  Block &entry = main.getBody().front();
  context = entry.addArgument(pointer, loc);
  main.setFunctionType(
      builder.getFunctionType(entry.getArgumentTypes(), main.getResultTypes()));
  // One place for all: observations are in order.
  int64_t most = 1;
  for (kernel::ObserveOp op : ops)
    most = std::max(most, countValues(op));
  builder.setInsertionPointToStart(&entry);
  Value size = LLVM::ConstantOp::create(builder, loc, i64,
                                        builder.getI64IntegerAttr(most));
  values = LLVM::AllocaOp::create(builder, loc, pointer, i64, size);
  for (kernel::ObserveOp op : ops)
    lower(op);
}

void ObserverLowering::store(Value value, Location loc) {
  if (value.getType().isIndex())
    value = arith::IndexCastOp::create(builder, loc, i64, value);
  Value place = LLVM::GEPOp::create(builder, loc, pointer, i64, values,
                                    ArrayRef<LLVM::GEPArg>{next++});
  LLVM::StoreOp::create(builder, loc, value, place);
}

void ObserverLowering::storeBuffer(Value buffer, Location loc) {
  auto view = memref::ExtractStridedMetadataOp::create(builder, loc, buffer);
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, buffer);
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  int64_t bytes = 8;
  if (auto complex = dyn_cast<ComplexType>(element))
    bytes = complex.getElementType().getIntOrFloatBitWidth() / 4;
  else if (!element.isIndex())
    bytes = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  Value offset = arith::MulIOp::create(
      builder, loc, view.getOffset(),
      arith::ConstantIndexOp::create(builder, loc, bytes));
  store(arith::AddIOp::create(builder, loc, address, offset), loc);
  for (Value size : view.getSizes())
    store(size, loc);
  for (Value stride : view.getStrides())
    store(stride, loc);
}

void ObserverLowering::lower(kernel::ObserveOp op) {
  Location loc = op.getLoc();
  builder.setInsertionPoint(op);
  Value null = LLVM::ZeroOp::create(builder, loc, pointer);
  Value isWatched = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne,
                                         context, null);
  auto branch = scf::IfOp::create(builder, loc, isWatched);
  builder.setInsertionPointToStart(branch.thenBlock());
  next = 0;
  for (Value buffer : op.getBuffers())
    storeBuffer(buffer, loc);
  auto asInteger = [&](Value index) -> Value {
    return arith::IndexCastOp::create(builder, loc, i64, index);
  };
  Value kernel = arith::ConstantOp::create(
      builder, loc, builder.getI64IntegerAttr(op.getKernel()));
  Value done = arith::ConstantOp::create(
      builder, loc, builder.getI32IntegerAttr(op.getDone()));
  func::CallOp::create(builder, loc, runtime,
                       ValueRange{context, kernel, done,
                                  asInteger(op.getBytes()),
                                  asInteger(op.getFlops()), values});
  op.erase();
}

namespace {
struct LowerObservers : graphc::impl::LowerObserversBase<LowerObservers> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || main.isExternal())
      return;
    SmallVector<kernel::ObserveOp> ops;
    main.walk([&](kernel::ObserveOp op) { ops.push_back(op); });
    if (!ops.empty())
      ObserverLowering(getOperation(), main).run(ops);
  }
};
} // namespace
