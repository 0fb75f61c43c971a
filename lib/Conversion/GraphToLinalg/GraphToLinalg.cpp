//===- GraphToLinalg.cpp - The convert-graph-to-linalg pass ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "graphc/Conversion/Passes.h"
#include "graphc/Import/Signature.h"
#include "graphc/Support/ErrorCode.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc {
#define GEN_PASS_DEF_CONVERTGRAPHTOLINALG
#include "graphc/Conversion/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// The symbols of `function` in the order of its index arguments.
static FailureOr<SmallVector<std::string>> getSymbols(ModuleOp module,
                                                      func::FuncOp function) {
  SmallVector<std::string> names;
  if (module->hasAttr(Signature::getAttrName())) {
    FailureOr<Signature> signature = Signature::get(module);
    if (failed(signature))
      return failure();
    for (const Signature::Symbol &symbol : signature->symbols)
      names.push_back(symbol.name);
    return names;
  }
  llvm::SetVector<StringRef> found;
  for (Type type : function.getArgumentTypes())
    if (auto tensor = dyn_cast<graph::StridedTensorType>(type))
      for (graph::Expr size : tensor.getShape())
        size.collectSymbols(found);
  for (StringRef name : found)
    names.push_back(name.str());
  return names;
}

namespace {

struct GraphToLinalgTypeConverter : TypeConverter {
  GraphToLinalgTypeConverter() {
    addConversion([](Type type) { return type; });
    addConversion([](graph::StridedTensorType type) -> Type {
      return getTensorType(type.getShape(), type.getElementType());
    });
  }
};

struct ConvertGraphToLinalg
    : graphc::impl::ConvertGraphToLinalgBase<ConvertGraphToLinalg> {
  using Base::Base;

  void runOnOperation() override {
    SymbolValues symbols;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isDeclaration())
        continue;
      auto names = getSymbols(getOperation(), function);
      if (failed(names) ||
          failed(symbols.addArguments(
              function, SmallVector<StringRef>(names->begin(), names->end()))))
        return signalPassFailure();
    }

    GraphToLinalgTypeConverter converter;
    RewritePatternSet patterns(&getContext());
    for (PopulateFunction *populate :
         {populateAttentionPatterns,
          device ? populateDeviceCompactionPatterns
                 : populateCompactionPatterns,
          device ? populateDeviceContractionPatterns
                 : populateContractionPatterns,
          populateControlFlowPatterns,
          device ? populateDeviceConvolutionPatterns
                 : populateConvolutionPatterns,
          populateCreationPatterns, populateElementwisePatterns,
          populateIndexingPatterns, populateNormalizationPatterns,
          populatePoolingPatterns, populateRandomPatterns,
          populateReductionPatterns, populateResizePatterns,
          device ? populateDeviceScanPatterns : populateScanPatterns,
          device ? populateDeviceScatterPatterns : populateScatterPatterns,
          device ? populateDeviceSortingPatterns : populateSortingPatterns,
          populateSymbolPatterns, populateViewPatterns})
      populate(converter, symbols, patterns);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   converter);
    populateReturnOpTypeConversionPattern(patterns, converter);

    ConversionTarget target(getContext());
    // Graph ops that no pattern takes are not illegal but unknown: conversion
    // goes on behind them, and all are reported together.
    target.markUnknownOpDynamicallyLegal([](Operation *op) {
      return isa_and_nonnull<graph::GraphDialect>(op->getDialect())
                 ? std::nullopt
                 : std::optional(true);
    });
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp op) {
      return converter.isSignatureLegal(op.getFunctionType());
    });
    target.addDynamicallyLegalOp<func::ReturnOp>(
        [&](func::ReturnOp op) { return converter.isLegal(op); });
    ConversionConfig config;
    DenseSet<Operation *> refused;
    config.unlegalizedOps = &refused;
    // Values that a refused op does not give are missed, too.
    LogicalResult result = success();
    {
      ScopedDiagnosticHandler handler(&getContext(), [&](Diagnostic &error) {
        return success(!refused.empty() &&
                       error.getSeverity() == DiagnosticSeverity::Error);
      });
      result = applyPartialConversion(getOperation(), target,
                                      std::move(patterns), config);
    }
    report(refused, symbols);
    if (failed(result) || symbols.failed() || !refused.empty())
      signalPassFailure();
  }

private:
  void report(const DenseSet<Operation *> &refused,
              const SymbolValues &symbols) {
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!refused.contains(op) || refused.contains(op->getParentOp()))
        return;
      InFlightDiagnostic error =
          withCode("unsupported-lowering", emitError(op->getLoc()));
      error << "'" << op->getName() << "' on (" << op->getOperandTypes()
            << ") has no code";
      if (StringRef reason = symbols.getRefusal(op); !reason.empty())
        error << ": " << reason;
    });
  }
};

} // namespace
