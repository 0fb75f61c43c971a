//===- Mma.cpp - Instructions of tensor cores since sm_80 -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Mma.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace graphc;

static constexpr unsigned globalSpace = 1, sharedSpace = 3;

std::optional<nvptx::MmaType> nvptx::getMmaType(Type type, bool allowsTF32) {
  if (type.isF16())
    return MmaType::F16;
  if (type.isBF16())
    return MmaType::BF16;
  if (isa<Float8E4M3FNType>(type))
    return MmaType::E4M3;
  if (isa<Float8E5M2Type>(type))
    return MmaType::E5M2;
  if (type.isF32() && allowsTF32)
    return MmaType::TF32;
  return std::nullopt;
}

static SmallVector<Value> unpack(OpBuilder &builder, Location loc,
                                 Value structure, unsigned count) {
  SmallVector<Value> parts;
  for (unsigned i = 0; i < count; ++i)
    parts.push_back(LLVM::ExtractValueOp::create(builder, loc, structure, i));
  return parts;
}

static Type getStruct(Type element, unsigned count) {
  return LLVM::LLVMStructType::getLiteral(element.getContext(),
                                          SmallVector<Type>(count, element));
}

/// What the dialect's op does not know.
static Value multiplyFloat8(OpBuilder &builder, Location loc, StringRef name,
                            ValueRange a, ValueRange b, ValueRange c) {
  SmallVector<Value> operands(a);
  llvm::append_range(operands, b);
  llvm::append_range(operands, c);
  std::string intrinsic =
      ("llvm.nvvm.mma.m16n8k32.row.col.f32." + name + "." + name + ".f32")
          .str();
  return LLVM::CallIntrinsicOp::create(
             builder, loc, getStruct(builder.getF32Type(), 4),
             builder.getStringAttr(intrinsic), operands)
      .getResult(0);
}

SmallVector<Value> nvptx::multiplyFragments(OpBuilder &builder, Location loc,
                                            MmaType type, ValueRange a,
                                            ValueRange b, ValueRange c) {
  SmallVector<Value> left(a), right(b);
  NVVM::MMATypes operand = NVVM::MMATypes::bf16;
  int64_t depth = 16;
  switch (type) {
  case MmaType::E4M3:
    return unpack(builder, loc, multiplyFloat8(builder, loc, "e4m3", a, b, c),
                  4);
  case MmaType::E5M2:
    return unpack(builder, loc, multiplyFloat8(builder, loc, "e5m2", a, b, c),
                  4);
  case MmaType::TF32:
    operand = NVVM::MMATypes::tf32;
    depth = 8;
    break;
  case MmaType::F16:
    operand = NVVM::MMATypes::f16;
    for (SmallVector<Value> *words : {&left, &right})
      for (Value &word : *words)
        word = LLVM::BitcastOp::create(
            builder, loc, VectorType::get({2}, builder.getF16Type()), word);
    break;
  case MmaType::BF16:
    break;
  }
  Value sums = NVVM::MmaOp::create(
      builder, loc, getStruct(builder.getF32Type(), 4), left, right, c,
      ArrayRef<int64_t>{mmaRows, mmaColumns, depth}, std::nullopt, std::nullopt,
      std::array{operand, operand},
      std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
  return unpack(builder, loc, sums, 4);
}

SmallVector<Value> nvptx::loadMatrices(OpBuilder &builder, Location loc,
                                       Value line, int64_t count,
                                       bool isTransposed) {
  Type word = builder.getI32Type();
  Value words = NVVM::LdMatrixOp::create(
      builder, loc, count == 1 ? word : getStruct(word, count), line,
      static_cast<uint32_t>(count),
      isTransposed ? NVVM::MMALayout::col : NVVM::MMALayout::row,
      NVVM::LdStMatrixShapeAttr::get(builder.getContext(), 8, 8),
      NVVM::LdStMatrixEltType::B16);
  if (count == 1)
    return {words};
  return unpack(builder, loc, words, count);
}

Value nvptx::roundToTF32(OpBuilder &builder, Location loc, Value word) {
  Value value =
      LLVM::BitcastOp::create(builder, loc, builder.getF32Type(), word);
  return NVVM::ConvertFloatToTF32Op::create(
      builder, loc, builder.getI32Type(), value, NVVM::FPRoundingMode::RNA,
      NVVM::SaturationMode::NONE, /*relu=*/false);
}

Value nvptx::getPointer(OpBuilder &builder, Location loc, Value memref,
                        ValueRange indices) {
  auto type = cast<MemRefType>(memref.getType());
  auto space = dyn_cast_or_null<gpu::AddressSpaceAttr>(type.getMemorySpace());
  bool isShared = space && space.getValue() == gpu::AddressSpace::Workgroup;
  auto add = [&](Value x, Value y) {
    return builder.createOrFold<arith::AddIOp>(loc, x, y);
  };
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  auto [strides, offset] = type.getStridesAndOffset();
  memref::ExtractStridedMetadataOp metadata;
  if (llvm::any_of(strides, ShapedType::isDynamic) ||
      ShapedType::isDynamic(offset))
    metadata = memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  Value element = ShapedType::isDynamic(offset) ? Value(metadata.getOffset())
                                                : constant(offset);
  for (auto [i, index] : llvm::enumerate(indices)) {
    Value stride = ShapedType::isDynamic(strides[i])
                       ? Value(metadata.getStrides()[i])
                       : constant(strides[i]);
    element =
        add(element, builder.createOrFold<arith::MulIOp>(loc, index, stride));
  }
  Value bytes = builder.createOrFold<arith::MulIOp>(
      loc, element,
      constant(llvm::divideCeil(type.getElementTypeBitWidth(), 8u)));
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  Type number = builder.getI64Type();
  Value start = LLVM::IntToPtrOp::create(
      builder, loc,
      LLVM::LLVMPointerType::get(builder.getContext(),
                                 isShared ? sharedSpace : 0),
      arith::IndexCastOp::create(builder, loc, number, address).getResult());
  return advance(builder, loc, start,
                 builder.createOrFold<arith::IndexCastOp>(loc, number, bytes));
}

Value nvptx::advance(OpBuilder &builder, Location loc, Value pointer,
                     Value bytes) {
  if (isZeroInteger(bytes))
    return pointer;
  return LLVM::GEPOp::create(builder, loc, pointer.getType(),
                             builder.getI8Type(), pointer, bytes);
}

static Value toGlobal(OpBuilder &builder, Location loc, Value pointer) {
  return LLVM::AddrSpaceCastOp::create(
      builder, loc,
      LLVM::LLVMPointerType::get(builder.getContext(), globalSpace), pointer);
}

void nvptx::copyAsync(OpBuilder &builder, Location loc, Value toShared,
                      Value from, int64_t bytes, Value valid) {
  Value global = toGlobal(builder, loc, from);
  // Pieces of 16 bytes need not pass through the first cache.
  NVVM::CpAsyncOp::create(builder, loc, toShared, global,
                          static_cast<uint32_t>(bytes),
                          bytes == pieceBytes ? NVVM::LoadCacheModifierKind::CG
                                              : NVVM::LoadCacheModifierKind::CA,
                          valid);
}

void nvptx::copyLineAsync(OpBuilder &builder, Location loc, Value toShared,
                          Value from, Value valid) {
  std::string text = "cp.async.cg.shared.global.L2::128B [$0], [$1], 16",
              operands = "l,l";
  SmallVector<Value> values = {toShared, toGlobal(builder, loc, from)};
  if (valid) {
    text += ", $2";
    operands += ",r";
    values.push_back(valid);
  }
  LLVM::InlineAsmOp::create(
      builder, loc, TypeRange(), values, text + ";", operands + ",~{memory}",
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None,
      LLVM::AsmDialectAttr::get(builder.getContext(), LLVM::AsmDialect::AD_ATT),
      ArrayAttr());
}

void nvptx::commitCopies(OpBuilder &builder, Location loc) {
  NVVM::CpAsyncCommitGroupOp::create(builder, loc);
}

void nvptx::waitForCopies(OpBuilder &builder, Location loc,
                          int64_t mayBeMissing) {
  NVVM::CpAsyncWaitGroupOp::create(builder, loc,
                                   static_cast<uint32_t>(mayBeMissing));
}
