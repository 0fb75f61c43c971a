//===- Windows.cpp - How convolutions read images
//------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/IR/Windows.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::kernel;

static bool collectTerms(AffineExpr expr, SmallVectorImpl<AffineTerm> &terms) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    terms.push_back({dim.getPosition(), 1});
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (binary.getKind() == AffineExprKind::Add)
    return collectTerms(binary.getLHS(), terms) &&
           collectTerms(binary.getRHS(), terms);
  auto dim = dyn_cast<AffineDimExpr>(binary.getLHS());
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (binary.getKind() != AffineExprKind::Mul || !dim || !factor ||
      factor.getValue() < 1)
    return false;
  terms.push_back({dim.getPosition(), factor.getValue()});
  return true;
}

std::optional<SmallVector<AffineTerm>> kernel::splitSum(AffineExpr expr) {
  SmallVector<AffineTerm> terms;
  if (!collectTerms(expr, terms))
    return std::nullopt;
  return terms;
}

std::optional<SmallVector<int64_t>> kernel::lookThroughPadding(Value &value) {
  SmallVector<int64_t> low(cast<ShapedType>(value.getType()).getRank(), 0);
  auto pad = value.getDefiningOp<tensor::PadOp>();
  if (!pad)
    return low;
  Value filling = pad.getConstantPaddingValue();
  if (!filling || !matchPattern(filling, m_PosZeroFloat()) ||
      llvm::any_of(pad.getStaticLow(), ShapedType::isDynamic))
    return std::nullopt;
  value = pad.getSource();
  return SmallVector<int64_t>(pad.getStaticLow());
}
