//===- Compare.cpp - What rounding explains -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compare.h"

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include "llvm/Support/Format.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using interpreter::Array;
using interpreter::Scalar;

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

static bool isSame(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

std::optional<Difference> graphc::compare(const Array &before,
                                          const Array &after,
                                          const Tolerance &tolerance) {
  Difference worst;
  if (before.shape != after.shape) {
    llvm::raw_string_ostream os(worst.shape);
    os << "[";
    llvm::interleaveComma(before.shape, os);
    os << "] before and [";
    llvm::interleaveComma(after.shape, os);
    os << "] after";
    return worst;
  }
  if (tolerance.isUnstable)
    return std::nullopt;
  double excess = -1;
  bool isFloat = before.element.isFloat() && after.element.isFloat();
  for (int64_t i = 0, e = before.size(); i < e; ++i) {
    Scalar x = before.get(i), y = after.get(i);
    double a = isFloat ? x.f : static_cast<double>(x.i),
           b = isFloat ? y.f : static_cast<double>(y.i);
    if (isFloat ? isSame(a, b) : x.i == y.i)
      continue;
    double allowed =
        isFloat ? tolerance.absolute + tolerance.relative * std::fabs(a) : 0;
    double distance = std::fabs(a - b);
    // Not a number is beyond every tolerance.
    if (isFloat && std::isfinite(distance) && distance <= allowed)
      continue;
    ++worst.count;
    double over = std::isfinite(distance)
                      ? distance / std::max(allowed, 1e-300)
                      : std::numeric_limits<double>::infinity();
    if (over > excess) {
      excess = over;
      worst.index = i;
      worst.before = a;
      worst.after = b;
      worst.allowed = allowed;
    }
  }
  return worst.count ? std::optional(worst) : std::nullopt;
}

Tolerance graphc::estimate(const Array &base, ArrayRef<Array> others) {
  Tolerance tolerance;
  bool isFloat = base.element.isFloat();
  double moved = 0;
  for (const Array &other : others) {
    if (other.shape != base.shape) {
      tolerance.isUnstable = true;
      return tolerance;
    }
    for (int64_t i = 0, e = base.size(); i < e; ++i) {
      Scalar x = base.get(i), y = other.get(i);
      if (!isFloat) {
        tolerance.isUnstable |= x.i != y.i;
        continue;
      }
      if (isSame(x.f, y.f))
        continue;
      double distance = std::fabs(x.f - y.f);
      if (!std::isfinite(distance))
        tolerance.isUnstable = true;
      else
        moved = std::max(moved, distance);
    }
  }
  if (isFloat) {
    tolerance.absolute = 4 * moved;
    tolerance.relative = 8 * base.element.epsilon();
  }
  return tolerance;
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

namespace {
enum class Noise { None, Each, Sum };
} // namespace

/// Ops that only move, select or compare values are exact.
static Noise getNoise(Operation *op) {
  using namespace graph;
  if (isa<GraphDialect>(op->getDialect())) {
    if (isa<ConstantOp, FullOp, IotaOp, PermuteOp, ReshapeOp, ContiguousOp,
            ExpandOp, SliceOp, SliceScatterOp, AsStridedOp, DiagonalOp, CatOp,
            PadOp, FlipOp, BitcastOp, GatherOp, IndexOp, NonzeroOp,
            MaskedSelectOp, SelectOp, ClampOp, MaximumOp, MinimumOp, FmaxOp,
            FminOp, ReluOp, NegOp, AbsOp, SignOp, CeilOp, FloorOp, RoundOp,
            TruncOp, SortOp, TopkOp, MaxPoolOp, AdaptiveMaxPoolOp, CopysignOp,
            SizeToTensorOp, ArgReduceOp, CastOp>(op))
      return Noise::None;
    if (auto reduce = dyn_cast<ReduceOp>(op))
      return reduce.getKind() == ReduceKind::Max ||
                     reduce.getKind() == ReduceKind::Min
                 ? Noise::None
                 : Noise::Sum;
    if (isa<MatmulOp, GroupedMatmulOp, ConvolutionOp, AttentionOp, LayerNormOp,
            RmsNormOp, GroupNormOp, BatchNormOp, VarMeanOp, ScanOp, AvgPoolOp,
            AdaptiveAvgPoolOp, ResizeOp, IndexPutOp, ScatterOp, LogSoftmaxOp>(
            op))
      return Noise::Sum;
    return Noise::Each;
  }
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  if (!structured)
    return Noise::None;
  bool computes = false;
  for (Operation &inner : *structured.getBlock())
    computes |= isa<math::MathDialect>(inner.getDialect()) ||
                isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
                    arith::TruncFOp>(inner);
  if (!computes)
    return Noise::None;
  return structured.getNumReductionLoops() ? Noise::Sum : Noise::Each;
}

void Perturb::seen(Operation *op, ArrayRef<const Array *> operands,
                   ArrayRef<Array *> results) {
  Noise noise = getNoise(op);
  if (noise == Noise::None)
    return;
  std::uniform_real_distribution<double> unit(-1, 1);
  for (Array *result : results) {
    if (!result->element.isFloat())
      continue;
    int64_t size = result->size();
    double epsilon = result->element.epsilon(), scale = 0, terms = 1;
    if (noise == Noise::Sum) {
      // Errors are as large as the terms, of which the result is a sum. Masks
      // of the largest finite numbers are no terms.
      int64_t most = 1;
      auto look = [&](const Array &array) {
        most = std::max(most, array.size());
        for (int64_t i = 0, e = array.size(); i < e; ++i)
          if (double x = std::fabs(array.get(i).f); x < 1e30)
            scale = std::max(scale, x);
      };
      look(*result);
      for (const Array *operand : operands)
        if (operand->element.isFloat())
          most = std::max(most, operand->size());
      terms = std::sqrt(1.0 + static_cast<double>(most) /
                                  static_cast<double>(std::max<int64_t>(
                                      1, std::min(size, most))));
    }
    for (int64_t i = 0; i < size; ++i) {
      double x = result->get(i).f;
      if (!std::isfinite(x))
        continue;
      double step = 2 * epsilon * (std::fabs(x) + terms * scale);
      double moved = result->element.round(x + step * unit(random));
      if (std::isfinite(moved))
        result->set(i, {.f = moved});
    }
  }
}

//===----------------------------------------------------------------------===//
// Values that are no numbers
//===----------------------------------------------------------------------===//

static std::optional<int64_t> findFirst(const Array &array,
                                        bool (*matches)(double)) {
  if (array.element.isFloat())
    for (int64_t i = 0, e = array.size(); i < e; ++i)
      if (matches(array.get(i).f))
        return i;
  return std::nullopt;
}

static bool isNan(double x) { return std::isnan(x); }
static bool isInfinite(double x) { return std::isinf(x); }

static std::string describeOperand(const Array &operand, const Array &result,
                                   int64_t index) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto number = [&](int64_t i) {
    if (operand.element.isFloat())
      os << llvm::format("%.6g", operand.get(i).f);
    else
      os << operand.get(i).i;
  };
  if (operand.shape == result.shape || operand.size() == 1) {
    number(operand.size() == 1 ? 0 : index);
    return text;
  }
  if (!operand.element.isFloat() || operand.size() == 0)
    return "integers";
  double least = operand.get(0).f, most = least;
  for (int64_t i = 1, e = operand.size(); i < e; ++i) {
    least = std::min(least, operand.get(i).f);
    most = std::max(most, operand.get(i).f);
  }
  os << llvm::format("%.6g to %.6g", least, most);
  return text;
}

void FindNonFinite::seen(Operation *op, ArrayRef<const Array *> operands,
                         ArrayRef<Array *> results) {
  // Constants say what they want; a mask of -inf is no accident.
  if (operands.empty() || llvm::none_of(operands, [](const Array *operand) {
        return operand->element.isFloat();
      }))
    return;
  auto look = [&](Origin &origin, bool (*matches)(double)) {
    if (origin.op || llvm::any_of(operands, [&](const Array *operand) {
          return findFirst(*operand, matches).has_value();
        }))
      return;
    for (Array *result : results) {
      std::optional<int64_t> place = findFirst(*result, matches);
      if (!place)
        continue;
      origin.op = op;
      origin.value = result->get(*place).f;
      origin.index = *place;
      origin.shape.assign(result->shape.begin(), result->shape.end());
      for (const Array *operand : operands)
        origin.operands += (origin.operands.empty() ? "" : ", ") +
                           describeOperand(*operand, *result, *place);
      return;
    }
  };
  look(nan, isNan);
  look(infinity, isInfinite);
}

//===----------------------------------------------------------------------===//
// Traces
//===----------------------------------------------------------------------===//

std::string graphc::getNode(Location loc) {
  std::string names;
  loc->walk([&](Location inner) {
    auto name = dyn_cast<NameLoc>(inner);
    if (!name)
      return WalkResult::advance();
    names += (names.empty() ? "" : ", ") + name.getName().str();
    return WalkResult::skip();
  });
  return names;
}

void Trace::seen(Operation *op, ArrayRef<const Array *>,
                 ArrayRef<Array *> results) {
  constexpr int64_t most = int64_t(256) << 20;
  std::string node = getNode(op->getLoc());
  if (node.empty())
    return;
  for (Array *result : results) {
    bytes += result->size() * result->element.bytes;
    if (bytes > most)
      return;
    entries.push_back({op, node, result->clone()});
  }
}

const Trace::Entry *graphc::findFirstDifference(const Trace &before,
                                                const Trace &after,
                                                const Tolerance &tolerance) {
  for (const Trace::Entry &entry : after.entries) {
    bool isKnown = false, isEqual = false;
    double largest = 0;
    for (int64_t i = 0, e = entry.value.size(); i < e; ++i)
      if (entry.value.element.isFloat())
        if (double x = std::fabs(entry.value.get(i).f); std::isfinite(x))
          largest = std::max(largest, x);
    // Generous: this only chooses where to point at.
    Tolerance own = tolerance;
    own.absolute =
        std::max(own.absolute, 256 * entry.value.element.epsilon() * largest);
    for (const Trace::Entry &other : before.entries) {
      if (other.node != entry.node || other.value.shape != entry.value.shape ||
          other.value.element.isFloat() != entry.value.element.isFloat())
        continue;
      isKnown = true;
      isEqual |= !compare(other.value, entry.value, own);
    }
    if (isKnown && !isEqual)
      return &entry;
  }
  return nullptr;
}
