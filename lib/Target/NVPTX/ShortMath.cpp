//===- ShortMath.cpp - Fewer instructions for the same numbers ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShortMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;

/// Calls `intrinsic` for every lane of the operand at `position`.
static void replaceWithCalls(Operation *op, unsigned position,
                             StringRef intrinsic) {
  ImplicitLocOpBuilder builder(op->getLoc(), op);
  Value operand = op->getOperand(position);
  auto call = [&](Value lane) -> Value {
    return LLVM::CallIntrinsicOp::create(builder, builder.getF32Type(),
                                         builder.getStringAttr(intrinsic),
                                         ValueRange{lane})
        .getResult(0);
  };
  Value result;
  if (auto type = dyn_cast<VectorType>(operand.getType())) {
    SmallVector<Value> lanes;
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      lanes.push_back(call(vector::ExtractOp::create(
          builder, operand, delinearize(i, computeStrides(type.getShape())))));
    result = vector::FromElementsOp::create(builder, type, lanes);
  } else {
    result = call(operand);
  }
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}

/// Whether `value` is a constant that hides what is below the least normal
/// number when the two are added.
static bool hidesSmallNumbers(Value value) {
  constexpr double least = 0x1p-100;
  FloatAttr number;
  DenseFPElementsAttr splat;
  if (matchPattern(value, m_Constant(&number)))
    return std::abs(number.getValueAsDouble()) >= least;
  return matchPattern(value, m_Constant(&splat)) && splat.isSplat() &&
         std::abs(splat.getSplatValue<APFloat>().convertToDouble()) >= least;
}

/// 1 / (2^x + c), as in 1 + tanh(x): instructions that take numbers below the
/// least normal one for zero. The sum hides that of the power; what is divided
/// by 2^126 or more becomes zero.
static void flushQuotient(arith::DivFOp op) {
  auto sum = op.getRhs().getDefiningOp<arith::AddFOp>();
  auto power = sum ? sum.getLhs().getDefiningOp<math::Exp2Op>() : nullptr;
  auto isApproximate = [](auto op) {
    return bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::afn) &&
           getElementTypeOrSelf(op.getType()).isF32();
  };
  if (!power || !isApproximate(op) || !isApproximate(power) ||
      !power->hasOneUse() || !matchPattern(op.getLhs(), m_OneFloat()) ||
      !hidesSmallNumbers(sum.getRhs()))
    return;
  replaceWithCalls(power, 0, "llvm.nvvm.ex2.approx.ftz.f32");
  replaceWithCalls(op, 1, "llvm.nvvm.rcp.approx.ftz.f");
}

/// What is rounded to bf16 and widened again. The backend would round single
/// numbers, by an instruction with an eighth of the throughput of that for two;
/// so their bits are asked for, two by two.
static void roundInPairs(arith::ExtFOp op) {
  auto rounded = op.getIn().getDefiningOp<arith::TruncFOp>();
  auto type = dyn_cast<VectorType>(op.getType());
  if (!rounded || !type || type.getRank() != 1 || type.isScalable() ||
      type.getNumElements() % 2 || !type.getElementType().isF32() ||
      !getElementTypeOrSelf(op.getIn().getType()).isBF16())
    return;
  ImplicitLocOpBuilder builder(op.getLoc(), op);
  Type i32 = builder.getI32Type();
  int64_t count = type.getNumElements();
  Value bits = vector::BitCastOp::create(
      builder, VectorType::get({count / 2}, i32), rounded.getOut());
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, i32, value);
  };
  auto asFloat = [&](Value word) -> Value {
    return arith::BitcastOp::create(builder, builder.getF32Type(), word);
  };
  Value shift = number(16), mask = number(0xffff0000);
  SmallVector<Value> lanes;
  for (int64_t i = 0; i < count / 2; ++i) {
    Value pair = vector::ExtractOp::create(builder, bits, i);
    lanes.push_back(asFloat(arith::ShLIOp::create(builder, pair, shift)));
    lanes.push_back(asFloat(arith::AndIOp::create(builder, pair, mask)));
  }
  op.replaceAllUsesWith(
      vector::FromElementsOp::create(builder, type, lanes).getResult());
  op.erase();
}

void nvptx::shortenMath(gpu::GPUModuleOp module) {
  module.walk([](arith::DivFOp op) { flushQuotient(op); });
  module.walk([](arith::ExtFOp op) { roundInPairs(op); });
}
