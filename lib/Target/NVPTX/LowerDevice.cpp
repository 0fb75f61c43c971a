//===- LowerDevice.cpp - Kernels of a device module to LLVM ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShortMath.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Conversion/ArithCommon/AttrToLLVMConverter.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/LLVMCommon/VectorPattern.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXLOWERDEVICE
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Math that the backend has instructions for, or expands without a library.
static bool hasInstruction(Operation *op) {
  if (isa<math::SqrtOp, math::AbsFOp, math::FloorOp, math::CeilOp,
          math::TruncOp, math::RoundEvenOp, math::RoundOp, math::FmaOp,
          math::CopySignOp, math::CtPopOp, math::CountLeadingZerosOp,
          math::CountTrailingZerosOp, math::AbsIOp, math::IsNaNOp,
          math::IsInfOp, math::IsFiniteOp, math::IsNormalOp>(op))
    return true;
  if (auto exp2 = dyn_cast<math::Exp2Op>(op))
    return exp2.getType().isF32() ||
           getElementTypeOrSelf(exp2.getType()).isF32();
  return !isa_and_nonnull<math::MathDialect>(op->getDialect()) &&
         !isa<arith::RemFOp>(op);
}

/// Where the shared memory that a launch asks for lies. Not upstream's, which
/// is aligned to 16 bytes and may overlap with what kernels have besides.
static constexpr StringLiteral sharedName = "graphc_shared";
static constexpr int64_t sharedAlignment = 1024; // of swizzled boxes

static void declareShared(gpu::GPUModuleOp module) {
  bool isUsed = module
                    .walk([](gpu::DynamicSharedMemoryOp) {
                      return WalkResult::interrupt();
                    })
                    .wasInterrupted();
  if (!isUsed || module.lookupSymbol(sharedName))
    return;
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  LLVM::GlobalOp::create(builder, module.getLoc(),
                         LLVM::LLVMArrayType::get(builder.getI8Type(), 0),
                         /*isConstant=*/false, LLVM::Linkage::External,
                         sharedName, Attribute(), sharedAlignment,
                         /*addrSpace=*/3);
}

/// What the conversion loses. Arguments were flattened before.
static void setArgumentAttributes(LLVM::LLVMFuncOp kernel,
                                  ArrayAttr attributes) {
  kernel.setAllArgAttrs(attributes);
  // Bytes among the parameters are read where they are, not copied; the dialect
  // wants that said of kernels alone.
  for (unsigned i = 0, e = kernel.getNumArguments(); i < e; ++i)
    if (kernel.getArgAttr(i, LLVM::LLVMDialect::getByValAttrName()))
      kernel.setArgAttr(i, NVVM::NVVMDialect::getGridConstantAttrName(),
                        UnitAttr::get(kernel.getContext()));
}

namespace {
struct LowerShared : ConvertOpToLLVMPattern<gpu::DynamicSharedMemoryOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;
  LogicalResult
  matchAndRewrite(gpu::DynamicSharedMemoryOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto descriptor = MemRefDescriptor::poison(
        rewriter, loc, getTypeConverter()->convertType(op.getType()));
    Value address = LLVM::AddressOfOp::create(
        rewriter, loc, LLVM::LLVMPointerType::get(op.getContext(), 3),
        sharedName);
    descriptor.setAllocatedPtr(rewriter, loc, address);
    descriptor.setAlignedPtr(rewriter, loc, address);
    auto number = [&](int64_t value) -> Value {
      return LLVM::ConstantOp::create(rewriter, loc, getIndexType(),
                                      rewriter.getIndexAttr(value));
    };
    descriptor.setOffset(rewriter, loc, number(0));
    // How much there is the launch knows; nobody asks here.
    descriptor.setSize(rewriter, loc, 0, number(0));
    descriptor.setStride(rewriter, loc, 0, number(1));
    rewriter.replaceOp(op, Value(descriptor));
    return success();
  }
};

/// What emitters load and store by pointers may be floats of eight bits, which
/// are integers to LLVM.
template <typename Op>
struct LowerAccess : ConvertOpToLLVMPattern<Op> {
  using ConvertOpToLLVMPattern<Op>::ConvertOpToLLVMPattern;
  LogicalResult
  matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (failed(this->getTypeConverter()->convertTypes(op->getResultTypes(),
                                                      types)))
      return failure();
    rewriter.replaceOp(
        op, rewriter.create(op.getLoc(), op->getName().getIdentifier(),
                            adaptor.getOperands(), types, op->getAttrs()));
    return success();
  }
};

/// Over the calls of a device library, too.
template <typename Op, typename Intrinsic>
using LowerMinMax =
    VectorConvertToLLVMPattern<Op, Intrinsic, arith::AttrConvertFastMathToLLVM>;

struct NVPTXLowerDevice : graphc::impl::NVPTXLowerDeviceBase<NVPTXLowerDevice> {
  void runOnOperation() override {
    if (failed(checkMath()) || failed(lowerVectors()))
      return signalPassFailure();
    nvptx::shortenMath(getOperation());
    declareShared(getOperation());
    SmallVector<std::pair<StringAttr, ArrayAttr>> arguments;
    for (auto kernel : getOperation().getOps<gpu::GPUFuncOp>())
      if (ArrayAttr attributes = kernel.getAllArgAttrs())
        arguments.emplace_back(kernel.getNameAttr(), attributes);
    MLIRContext *context = &getContext();
    LowerToLLVMOptions options(context);
    LLVMTypeConverter converter(context, options);
    configureGpuToNVVMTypeConverter(converter);
    RewritePatternSet patterns(context);
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    index::populateIndexToLLVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);
    populateComplexToLLVMConversionPatterns(converter, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
    populateVectorToLLVMConversionPatterns(converter, patterns);
    // Over the calls of a device library that the next ones make.
    populateMathToLLVMConversionPatterns(converter, patterns,
                                         /*approximateLog1p=*/false,
                                         /*benefit=*/10);
    populateGpuToNVVMConversionPatterns(converter, patterns);
    patterns.add<LowerAccess<LLVM::LoadOp>, LowerAccess<LLVM::StoreOp>>(
        converter);
    patterns.add<LowerShared, LowerMinMax<arith::MaxNumFOp, LLVM::MaxNumOp>,
                 LowerMinMax<arith::MinNumFOp, LLVM::MinNumOp>>(converter,
                                                                /*benefit=*/10);
    LLVMConversionTarget target(*context);
    target.addLegalOp<gpu::GPUModuleOp>();
    target.addLegalDialect<NVVM::NVVMDialect>();
    target.addDynamicallyLegalOp<LLVM::LoadOp, LLVM::StoreOp>(
        [&](Operation *op) { return converter.isLegal(op); });
    target.addIllegalDialect<complex::ComplexDialect, gpu::GPUDialect,
                             arith::ArithDialect, math::MathDialect,
                             memref::MemRefDialect, vector::VectorDialect,
                             cf::ControlFlowDialect>();
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      return signalPassFailure();
    for (auto &[name, attributes] : arguments)
      setArgumentAttributes(getOperation().lookupSymbol<LLVM::LLVMFuncOp>(name),
                            attributes);
  }

  /// All that is missing, at once.
  LogicalResult checkMath() {
    bool isComplete = true;
    getOperation().walk([&](Operation *op) {
      if (hasInstruction(op))
        return;
      isComplete = false;
      withCode("unsupported-lowering", op->emitError())
          << "'" << op->getName() << "' on (" << op->getOperandTypes()
          << ") has no code for the target";
    });
    return success(isComplete);
  }

  /// What LLVM has no operation for, such as masks and shuffles of vectors.
  LogicalResult lowerVectors() {
    RewritePatternSet patterns(&getContext());
    vector::populateVectorMaskLoweringPatternsForSideEffectingOps(patterns);
    vector::populateVectorMaskMaterializationPatterns(
        patterns, /*force32BitVectorIndices=*/false);
    vector::populateVectorBroadcastLoweringPatterns(patterns);
    vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
