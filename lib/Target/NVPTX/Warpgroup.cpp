//===- Warpgroup.cpp - Instructions of warpgroups and copies --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Warpgroup.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static constexpr unsigned sharedSpace = 3, clusterSpace = 7;

Value WarpgroupEmitter::number(int64_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(value));
}
Value WarpgroupEmitter::toI32(Value index) {
  return builder.createOrFold<arith::IndexCastOp>(loc, builder.getI32Type(),
                                                  index);
}
Value WarpgroupEmitter::toIndex(Value number) {
  return builder.createOrFold<arith::IndexCastUIOp>(loc, builder.getIndexType(),
                                                    number);
}
Value WarpgroupEmitter::add(Value a, Value b) {
  return fold<arith::AddIOp>(a, b);
}
Value WarpgroupEmitter::sub(Value a, Value b) {
  return fold<arith::SubIOp>(a, b);
}
Value WarpgroupEmitter::mul(Value a, Value b) {
  return fold<arith::MulIOp>(a, b);
}
Value WarpgroupEmitter::div(Value a, Value b) {
  return fold<arith::DivUIOp>(a, b);
}
Value WarpgroupEmitter::rem(Value a, Value b) {
  return fold<arith::RemUIOp>(a, b);
}
Value WarpgroupEmitter::bitXor(Value a, Value b) {
  return fold<arith::XOrIOp>(a, b);
}
Value WarpgroupEmitter::isEqual(Value a, int64_t b) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a,
                               number(b));
}

Value WarpgroupEmitter::uniform(Value value) {
  return NVVM::ShflOp::create(builder, loc, builder.getI32Type(), number(-1),
                              value, number(0), number(31), NVVM::ShflKind::idx,
                              UnitAttr());
}

Value WarpgroupEmitter::opaque(Value value) {
  return NVVM::ShflOp::create(builder, loc, builder.getI32Type(), number(-1),
                              value, number(0), number(31),
                              NVVM::ShflKind::bfly, UnitAttr());
}

//===----------------------------------------------------------------------===//
// Shared memory and barriers
//===----------------------------------------------------------------------===//

Value WarpgroupEmitter::getShared() {
  MLIRContext *context = builder.getContext();
  auto space =
      gpu::AddressSpaceAttr::get(context, gpu::AddressSpace::Workgroup);
  auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type(),
                              MemRefLayoutAttrInterface(), space);
  Value memory = gpu::DynamicSharedMemoryOp::create(builder, loc, type);
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memory);
  Value bits =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), address);
  return LLVM::IntToPtrOp::create(
      builder, loc, LLVM::LLVMPointerType::get(context, sharedSpace), bits);
}

Value WarpgroupEmitter::offset(Value pointer, Value bytes) {
  return LLVM::GEPOp::create(builder, loc, pointer.getType(),
                             builder.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>{bytes});
}

Value WarpgroupEmitter::offset(Value pointer, int64_t bytes) {
  if (bytes == 0)
    return pointer;
  return LLVM::GEPOp::create(
      builder, loc, pointer.getType(), builder.getI8Type(), pointer,
      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)});
}

void WarpgroupEmitter::initBarrier(Value barrier, int64_t count) {
  NVVM::MBarrierInitOp::create(builder, loc, barrier, number(count), Value());
}

void WarpgroupEmitter::publishBarriers() {
  NVVM::FenceMbarrierInitOp::create(builder, loc);
}

void WarpgroupEmitter::wait(Value barrier, Value parity) {
  // How long the hardware may sleep before it looks again, in nanoseconds.
  constexpr int64_t ticks = 10000000;
  NVVM::MBarrierTryWaitParityOp::create(builder, loc, barrier, parity,
                                        number(ticks));
}

void WarpgroupEmitter::arrive(Value barrier) {
  OperationState state(loc, NVVM::MBarrierArriveOp::getOperationName());
  state.addOperands(barrier);
  builder.create(state);
}

void WarpgroupEmitter::expect(Value barrier, int64_t bytes) {
  OperationState state(loc, NVVM::MBarrierArriveExpectTxOp::getOperationName());
  state.addOperands({barrier, number(bytes)});
  builder.create(state);
}

void WarpgroupEmitter::synchronize(Value id, int64_t threads) {
  NVVM::BarrierOp::create(builder, loc, TypeRange(), id, number(threads), {},
                          Value());
}

void WarpgroupEmitter::announce(Value id, int64_t threads) {
  LLVM::CallIntrinsicOp::create(
      builder, loc,
      builder.getStringAttr("llvm.nvvm.barrier.cta.arrive.aligned.count"),
      ValueRange{id, number(threads)});
}

void WarpgroupEmitter::synchronizeBlock() {
  gpu::BarrierOp::create(builder, loc);
}

void WarpgroupEmitter::arriveInCluster() {
  NVVM::ClusterArriveOp::create(builder, loc, builder.getUnitAttr());
}

void WarpgroupEmitter::waitForCluster() {
  NVVM::ClusterWaitOp::create(builder, loc, builder.getUnitAttr());
}

Value WarpgroupEmitter::inCluster(Value shared, Value block) {
  return NVVM::MapaOp::create(
      builder, loc,
      LLVM::LLVMPointerType::get(builder.getContext(), clusterSpace), shared,
      block);
}

Ring WarpgroupEmitter::advance(Ring ring, int64_t count) {
  Value next = add(ring.stage, 1);
  Value isOver = isEqual(next, count);
  auto select = [&](Value yes, Value no) -> Value {
    return arith::SelectOp::create(builder, loc, isOver, yes, no);
  };
  return {select(number(0), next),
          select(bitXor(ring.parity, number(1)), ring.parity)};
}

Ring WarpgroupEmitter::skip(Ring ring, Value stages, int64_t count) {
  Value place = add(ring.stage, stages);
  return {rem(place, count), bitXor(ring.parity, rem(div(place, count), 2))};
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

void WarpgroupEmitter::load(Value shared, Value map, Value barrier,
                            ValueRange at) {
  loadWindow(shared, map, barrier, at, {});
}

void WarpgroupEmitter::loadWindow(Value shared, Value map, Value barrier,
                                  ValueRange at, ValueRange offsets) {
  Value place = LLVM::AddrSpaceCastOp::create(
      builder, loc,
      LLVM::LLVMPointerType::get(builder.getContext(), clusterSpace), shared);
  SmallVector<Value> narrow;
  for (Value offset : offsets)
    narrow.push_back(builder.createOrFold<arith::TruncIOp>(
        loc, builder.getI16Type(), offset));
  NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
      builder, loc, place, map, at, barrier, narrow, Value(), Value(),
      offsets.empty() ? NVVM::TMALoadMode::TILE : NVVM::TMALoadMode::IM2COL,
      /*isCTAOnly=*/false, NVVM::CTAGroupKindAttr(), Value());
}

void WarpgroupEmitter::store(Value map, Value shared, ValueRange at) {
  NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp::create(
      builder, loc, map, shared, at, Value(), NVVM::TMAStoreMode::TILE,
      Value());
}

void WarpgroupEmitter::commitStores() {
  NVVM::CpAsyncBulkCommitGroupOp::create(builder, loc);
}

void WarpgroupEmitter::waitForStores(bool onlyRead) {
  NVVM::CpAsyncBulkWaitGroupOp::create(
      builder, loc, 0, onlyRead ? builder.getUnitAttr() : UnitAttr());
}

void WarpgroupEmitter::publishShared() {
  MLIRContext *context = builder.getContext();
  NVVM::FenceProxyOp::create(
      builder, loc,
      NVVM::ProxyKindAttr::get(context, NVVM::ProxyKind::async_shared),
      NVVM::SharedSpaceAttr::get(context, NVVM::SharedSpace::shared_cta));
}

void WarpgroupEmitter::setRegisters(int64_t count, bool isMore) {
  NVVM::SetMaxRegisterOp::create(builder, loc, count,
                                 isMore ? NVVM::SetMaxRegisterAction::increase
                                        : NVVM::SetMaxRegisterAction::decrease);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

Value WarpgroupEmitter::describe(Value start, Major major, int64_t blockBytes) {
  // In units of 16 bytes: the address, from block to block (not looked at along
  // the depth), from atom to atom; 1: permuted in lines of 128 bytes.
  constexpr uint64_t unit = 16, swizzle128 = 1;
  uint64_t leading = major == Major::Depth ? unit : blockBytes;
  uint64_t rest = leading / unit << 16 |
                  static_cast<uint64_t>(atomBytes) / unit << 32 |
                  swizzle128 << 62;
  Type i64 = builder.getI64Type();
  auto constant = [&](uint64_t value) -> Value {
    return arith::ConstantOp::create(
        builder, loc, builder.getI64IntegerAttr(static_cast<int64_t>(value)));
  };
  Value address = LLVM::PtrToIntOp::create(builder, loc, i64, start);
  address = fold<arith::AndIOp>(address, constant(0x3ffff));
  address = fold<arith::ShRUIOp>(address, constant(4));
  return fold<arith::OrIOp>(address, constant(rest));
}

Value WarpgroupEmitter::advance(Value descriptor, int64_t bytes) {
  if (bytes == 0)
    return descriptor;
  return fold<arith::AddIOp>(
      descriptor, arith::ConstantOp::create(
                      builder, loc, builder.getI64IntegerAttr(bytes / 16)));
}

static LLVM::LLVMStructType getSumsType(Builder &builder, int64_t count) {
  SmallVector<Type> types(count, builder.getF32Type());
  return LLVM::LLVMStructType::getLiteral(builder.getContext(), types);
}

Value WarpgroupEmitter::makeSums(int64_t columns) {
  return LLVM::UndefOp::create(builder, loc, getSumsType(builder, columns / 2));
}

SmallVector<Value> WarpgroupEmitter::unpackSums(Value sums) {
  auto type = cast<LLVM::LLVMStructType>(sums.getType());
  SmallVector<Value> values;
  for (int64_t i = 0, e = type.getBody().size(); i < e; ++i)
    values.push_back(LLVM::ExtractValueOp::create(builder, loc, sums, i));
  return values;
}

Value WarpgroupEmitter::packSums(ValueRange values) {
  Value sums = makeSums(2 * values.size());
  for (auto [i, value] : llvm::enumerate(values))
    sums = LLVM::InsertValueOp::create(builder, loc, sums, value, i);
  return sums;
}

static StringRef getTypeName(Type type) {
  if (type.isBF16())
    return "bf16";
  if (type.isF16())
    return "f16";
  if (isa<Float8E4M3FNType>(type))
    return "e4m3";
  return isa<Float8E5M2Type>(type) ? "e5m2" : "tf32";
}

// Spelled out, because the op of the NVVM dialect neither takes registers for
// the left operand nor decides at run time whether to begin with zero.
Value WarpgroupEmitter::multiply(Value sums, ValueRange left, Value right,
                                 Value keeps, Type type, Major leftMajor,
                                 Major rightMajor) {
  auto sumsType = cast<LLVM::LLVMStructType>(sums.getType());
  int64_t count = sumsType.getBody().size(), next = 2 * count;
  std::string text, constraints;
  llvm::raw_string_ostream os(text), rules(constraints);
  bool inRegisters = left.size() > 1;
  auto list = [&](int64_t first, int64_t number) {
    for (int64_t i = 0; i < number; ++i)
      os << (i ? "," : "{") << "$" << first + i;
    os << "}";
  };
  int64_t bits = type.getIntOrFloatBitWidth();
  os << "{ .reg .pred p; setp.ne.b32 p, $" << next + left.size() + 1
     << ", 0; wgmma.mma_async.sync.aligned.m64n" << 2 * count << "k"
     << stepBytes * 8 / bits << ".f32." << getTypeName(type) << "."
     << getTypeName(type) << " ";
  list(0, count);
  os << ", ";
  if (inRegisters)
    list(next, left.size());
  else
    os << "$" << next;
  os << ", $" << next + left.size() << ", p, 1, 1";
  if (bits == 16) {
    if (!inRegisters)
      os << ", " << (leftMajor == Major::Lines);
    os << ", " << (rightMajor == Major::Lines);
  }
  os << "; }";
  SmallVector<Value> operands = unpackSums(sums);
  for (int64_t i = 0; i < count; ++i)
    rules << (i ? "," : "") << "=f";
  for (int64_t i = 0; i < count; ++i)
    rules << "," << i;
  for (std::size_t i = 0; i < left.size(); ++i)
    rules << (inRegisters ? ",r" : ",l");
  rules << ",l,r";
  llvm::append_range(operands, left);
  operands.append({right, keeps});
  return LLVM::InlineAsmOp::create(
             builder, loc, sumsType, operands, text, constraints,
             /*has_side_effects=*/true, /*is_align_stack=*/false,
             LLVM::tailcallkind::TailCallKind::None,
             LLVM::AsmDialectAttr::get(builder.getContext(),
                                       LLVM::AsmDialect::AD_ATT),
             ArrayAttr())
      .getResult(0);
}

void WarpgroupEmitter::beginProducts() {
  NVVM::WgmmaFenceAlignedOp::create(builder, loc);
}
void WarpgroupEmitter::commitProducts() {
  NVVM::WgmmaGroupSyncAlignedOp::create(builder, loc);
}
void WarpgroupEmitter::waitForProducts(int64_t pending) {
  NVVM::WgmmaWaitGroupSyncOp::create(builder, loc, pending);
}

// The sums go through the wait, so that nothing reads them earlier.
Value WarpgroupEmitter::finish(Value sums, int64_t pending) {
  auto type = cast<LLVM::LLVMStructType>(sums.getType());
  int64_t count = type.getBody().size();
  std::string constraints;
  llvm::raw_string_ostream rules(constraints);
  for (int64_t i = 0; i < count; ++i)
    rules << (i ? "," : "") << "=f";
  for (int64_t i = 0; i < count; ++i)
    rules << "," << i;
  return LLVM::InlineAsmOp::create(
             builder, loc, type, unpackSums(sums),
             ("wgmma.wait_group.sync.aligned " + Twine(pending) + ";").str(),
             constraints,
             /*has_side_effects=*/true, /*is_align_stack=*/false,
             LLVM::tailcallkind::TailCallKind::None,
             LLVM::AsmDialectAttr::get(builder.getContext(),
                                       LLVM::AsmDialect::AD_ATT),
             ArrayAttr())
      .getResult(0);
}

void WarpgroupEmitter::storeMatrices(Value line, ValueRange pieces) {
  MLIRContext *context = builder.getContext();
  NVVM::StMatrixOp::create(builder, loc, line, pieces, NVVM::MMALayout::row,
                           NVVM::LdStMatrixShapeAttr::get(context, 8, 8),
                           NVVM::LdStMatrixEltType::B16);
}
