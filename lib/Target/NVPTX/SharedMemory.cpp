//===- SharedMemory.cpp - Memory of a block -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;

Value nvptx::addShared(OpBuilder &builder, gpu::LaunchOp launch,
                       ArrayRef<int64_t> shape, Type element) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  return launch.addWorkgroupAttribution(
      MemRefType::get(shape, element, MemRefLayoutAttrInterface(), space),
      launch.getLoc());
}

Value nvptx::addToShared(OpBuilder &builder, Location loc, Value memory,
                         Value place, Value value) {
  constexpr unsigned sharedSpace = 3;
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memory);
  Value bytes = arith::ConstantIndexOp::create(
      builder, loc, value.getType().getIntOrFloatBitWidth() / 8);
  Value offset = arith::MulIOp::create(builder, loc, place, bytes);
  Value bits = arith::IndexCastOp::create(
      builder, loc, builder.getI64Type(),
      arith::AddIOp::create(builder, loc, address, offset));
  Value pointer = LLVM::IntToPtrOp::create(
      builder, loc,
      LLVM::LLVMPointerType::get(builder.getContext(), sharedSpace), bits);
  return LLVM::AtomicRMWOp::create(builder, loc, LLVM::AtomicBinOp::add,
                                   pointer, value,
                                   LLVM::AtomicOrdering::monotonic, "block");
}
