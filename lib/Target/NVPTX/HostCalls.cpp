//===- HostCalls.cpp - Calls of the runtime by the host -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostCalls.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace graphc;
using nvptx::HostCalls;

func::CallOp HostCalls::call(OpBuilder &builder, Location loc, StringRef name,
                             ValueRange arguments) {
  if (!module.lookupSymbol(name)) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    func::FuncOp::create(
        builder, loc, name,
        builder.getFunctionType(arguments.getTypes(), TypeRange()))
        .setPrivate();
  }
  return func::CallOp::create(builder, loc, name, TypeRange(), arguments);
}

Value HostCalls::makeSlot(func::FuncOp function, Location loc, Type type,
                          int64_t count) {
  OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
  Value number = LLVM::ConstantOp::create(builder, loc, builder.getI64Type(),
                                          builder.getI64IntegerAttr(count));
  return LLVM::AllocaOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), type,
      number);
}

Value HostCalls::getAddress(OpBuilder &builder, Location loc, Value memref,
                            ValueRange indices) {
  auto type = cast<MemRefType>(memref.getType());
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value base =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  Value position = metadata.getOffset();
  for (auto [index, stride] : llvm::zip_equal(indices, metadata.getStrides())) {
    Value step = arith::MulIOp::create(builder, loc, index, stride);
    position = arith::AddIOp::create(builder, loc, position, step);
  }
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8u);
  position = arith::MulIOp::create(builder, loc, position, constant(bytes));
  position = arith::AddIOp::create(builder, loc, base, position);
  return arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                    position);
}
