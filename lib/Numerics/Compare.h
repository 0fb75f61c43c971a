//===- Compare.h - What rounding explains -----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_NUMERICS_COMPARE_H
#define GRAPHC_LIB_NUMERICS_COMPARE_H

#include "graphc/Interpreter/Interpreter.h"

#include <optional>
#include <random>

namespace graphc {

/// How far values may be apart.
struct Tolerance {
  /// For any element, and per unit of its value.
  double absolute = 0, relative = 0;
  /// Rounding alone changes the value altogether, so nothing can be said.
  bool isUnstable = false;
};

struct Difference {
  /// The worst element, row-major.
  int64_t index = 0;
  double before = 0, after = 0, allowed = 0;
  /// How many elements differ beyond the tolerance.
  int64_t count = 0;
  std::string shape;
};

/// Where `after` differs from `before` by more than `tolerance`. Integers are
/// equal or not; NaN equals NaN.
std::optional<Difference> compare(const interpreter::Array &before,
                                  const interpreter::Array &after,
                                  const Tolerance &tolerance);

/// The tolerance for `base` of which other runs, with other rounding, gave
/// `others`.
Tolerance estimate(const interpreter::Array &base,
                   llvm::ArrayRef<interpreter::Array> others);

/// Rounds results differently: adds noise of the size that another order of
/// operations or another implementation of a function has.
class Perturb : public interpreter::Observer {
public:
  explicit Perturb(uint64_t seed) : random(seed) {}
  void seen(mlir::Operation *op,
            llvm::ArrayRef<const interpreter::Array *> operands,
            llvm::ArrayRef<interpreter::Array *> results) override;

private:
  std::mt19937_64 random;
};

/// The first op that makes NaN from numbers, and the first that makes infinity
/// from finite ones, with the operands of the element that it makes it of.
class FindNonFinite : public interpreter::Observer {
public:
  void seen(mlir::Operation *op,
            llvm::ArrayRef<const interpreter::Array *> operands,
            llvm::ArrayRef<interpreter::Array *> results) override;
  struct Origin {
    mlir::Operation *op = nullptr;
    double value = 0;
    /// Row-major, in the result.
    int64_t index = 0;
    std::vector<int64_t> shape;
    /// What the operands hold there, for those of the result's shape or of one
    /// element; else their extremes.
    std::string operands;
  };
  Origin nan, infinity;
};

/// The values that ops compute, by the node of the model that they come from.
class Trace : public interpreter::Observer {
public:
  struct Entry {
    mlir::Operation *op;
    std::string node;
    interpreter::Array value;
  };
  void seen(mlir::Operation *op,
            llvm::ArrayRef<const interpreter::Array *> operands,
            llvm::ArrayRef<interpreter::Array *> results) override;
  std::vector<Entry> entries;

private:
  int64_t bytes = 0;
};

/// The first value in `after` whose node has values of this shape in `before`,
/// none of them equal.
const Trace::Entry *findFirstDifference(const Trace &before, const Trace &after,
                                        const Tolerance &tolerance);

/// The names in a location, inside out: the FX nodes.
std::string getNode(mlir::Location loc);

} // namespace graphc

#endif // GRAPHC_LIB_NUMERICS_COMPARE_H
