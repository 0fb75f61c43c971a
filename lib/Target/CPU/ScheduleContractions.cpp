//===- ScheduleContractions.cpp - Schedules for matrix products -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionSchedule.h"
#include "graphc/Target/CPU/Passes.h"
#include "graphc/Transforms/ConstantOperand.h"

#include "mlir/IR/DialectResourceBlobManager.h"

namespace graphc {
#define GEN_PASS_DEF_CPUSCHEDULECONTRACTIONS
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;

/// A second copy of a weight is worth less than this many bytes.
static constexpr int64_t maxDuplicate = 1 << 20;

namespace {
struct CPUScheduleContractions
    : graphc::impl::CPUScheduleContractionsBase<CPUScheduleContractions> {
  using Base::Base;

  void runOnOperation() override {
    Processor processor;
    processor.vectorBits = vectorBits;
    processor.l1Bytes = l1Bytes;
    processor.l2Bytes = l2Bytes;
    processor.registers = registers;
    processor.fused = fused;
    processor.dotBF16 = dotBF16;

    std::vector<std::pair<RegionOp, ContractionShape>> products;
    getOperation()->walk([&](RegionOp region) {
      if (region.getForm() != kernel::Form::Contraction ||
          region.getScheduleAttr())
        return;
      if (std::optional<ContractionShape> shape = ContractionShape::get(region))
        products.emplace_back(region, *shape);
    });
    // How often each constant is B, and how often it is anything.
    DenseMap<Attribute, unsigned> asB, uses;
    getOperation()->walk([&](arith::ConstantOp constant) {
      countUses(constant, uses[constant.getValue()]);
    });
    auto findB = [](RegionOp region, const ContractionShape &shape) {
      return ConstantOperand::find(
                 region.getOperand(ContractionShape::getArgument(shape.b)))
          .constant;
    };
    for (auto &[region, shape] : products)
      if (arith::ConstantOp constant = findB(region, shape))
        ++asB[constant.getValue()];

    for (auto &[region, shape] : products) {
      bool mayPack = false;
      if (arith::ConstantOp constant = findB(region, shape))
        mayPack = canPack(region, shape, constant) &&
                  (asB[constant.getValue()] == uses[constant.getValue()] ||
                   getBytes(constant) < maxDuplicate);
      auto schedule = ContractionSchedule::choose(shape, processor, mayPack);
      region.setScheduleAttr(schedule.getAttr(&getContext()));
      if (schedule.feed == Feed::Packed)
        requestPacking(region, shape, schedule);
    }
  }

  static void countUses(Operation *op, unsigned &count) {
    for (Operation *user : op->getUsers()) {
      if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp,
              tensor::ExtractSliceOp>(user))
        countUses(user, count);
      else
        ++count;
    }
  }

  static int64_t getBytes(arith::ConstantOp constant) {
    auto type = cast<ShapedType>(constant.getType());
    return type.getNumElements() *
           llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  }

  static bool canPack(RegionOp region, const ContractionShape &shape,
                      arith::ConstantOp constant) {
    BlockArgument argument =
        region.getBlockArgument(ContractionShape::getArgument(shape.b));
    auto elements = dyn_cast<ElementsAttr>(constant.getValue());
    return elements && !elements.isSplat() && argument.hasOneUse() &&
           elements.getElementType().isIntOrFloat() &&
           elements.getElementType().getIntOrFloatBitWidth() % 8 == 0 &&
           kernel::isProjection(shape.getMap(shape.b));
  }

  /// graphc-pack-constants carries it out.
  void requestPacking(RegionOp region, const ContractionShape &shape,
                      const ContractionSchedule &schedule) {
    Builder b(&getContext());
    SmallVector<NamedAttribute> entries = {
        b.getNamedAttr("operand", b.getI64IntegerAttr(
                                      ContractionShape::getArgument(shape.b))),
        b.getNamedAttr("loop", b.getI64IntegerAttr(shape.n)),
        b.getNamedAttr("columns", b.getI64IntegerAttr(schedule.columns))};
    if (schedule.pairs)
      entries.push_back(
          b.getNamedAttr("pairs", b.getI64IntegerAttr(shape.k.front())));
    region->setAttr("pack", b.getDictionaryAttr(entries));
  }
};
} // namespace
