//===- KernelBufferization.cpp - Kernels from tensors to memrefs ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace graphc::kernel;

namespace {

/// The body stays on tensors: it is a description, not a computation that runs
/// where it stands. Only the operands become memrefs.
struct RegionOpInterface
    : DstBufferizableOpInterfaceExternalModel<RegionOpInterface, RegionOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    auto region = cast<RegionOp>(op);
    if (!region.isDpsInit(&operand))
      return true;
    return !region.getBlockArgument(operand.getOperandNumber()).use_empty() &&
           readsInit(region, operand.getOperandNumber());
  }

  bool bufferizesToMemoryWrite(Operation *op, OpOperand &operand,
                               const AnalysisState &) const {
    return cast<RegionOp>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto region = cast<RegionOp>(op);
    if (region.isBufferized())
      return success();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> inputs, inits;
    auto toBuffer = [&](Value value, SmallVectorImpl<Value> &out) {
      if (!isa<TensorType>(value.getType())) {
        out.push_back(value);
        return success();
      }
      FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
      if (failed(buffer))
        return failure();
      out.push_back(*buffer);
      return success();
    };
    for (Value input : region.getInputs())
      if (failed(toBuffer(input, inputs)))
        return failure();
    for (Value init : region.getInits())
      if (failed(toBuffer(init, inits)))
        return failure();
    rewriter.setInsertionPoint(op);
    auto bufferized = RegionOp::create(
        rewriter, op->getLoc(), TypeRange(), region.getKernelNameAttr(),
        region.getFormAttr(), inputs, inits, region.getScheduleAttr());
    bufferized->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.inlineRegionBefore(region.getBody(), bufferized.getBody(),
                                bufferized.getBody().end());
    replaceOpWithBufferizedValues(rewriter, op, inits);
    return success();
  }

private:
  /// An init that only gives a linalg op its destination shape is not read.
  static bool readsInit(RegionOp region, unsigned operandNumber) {
    BlockArgument argument = region.getBlockArgument(operandNumber);
    return llvm::any_of(argument.getUses(), [](OpOperand &use) {
      auto dps = dyn_cast<linalg::LinalgOp>(use.getOwner());
      return !dps || !dps.isDpsInit(&use) ||
             dps.payloadUsesValueFromOperand(&use);
    });
  }
};

/// All of the inits is written, none of it read.
struct SortOpInterface
    : DstBufferizableOpInterfaceExternalModel<SortOpInterface, SortOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    return !cast<SortOp>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto sort = cast<SortOp>(op);
    if (sort->getNumResults() == 0)
      return success();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> buffers;
    for (Value operand :
         {sort.getInput(), sort.getValues(), sort.getIndices()}) {
      FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
      if (failed(buffer))
        return failure();
      buffers.push_back(*buffer);
    }
    SortOp::create(rewriter, op->getLoc(), TypeRange(), buffers[0], buffers[1],
                   buffers[2], Value(), sort.getDescending(),
                   sort.getIsUnsigned());
    replaceOpWithBufferizedValues(rewriter, op, {buffers[1], buffers[2]});
    return success();
  }
};

} // namespace

void graphc::kernel::registerBufferizableOpInterfaceModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, KernelDialect *) {
    RegionOp::attachInterface<RegionOpInterface>(*context);
    SortOp::attachInterface<SortOpInterface>(*context);
  });
}
