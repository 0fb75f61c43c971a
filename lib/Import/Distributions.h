//===- Distributions.h - Random numbers from random bits --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_DISTRIBUTIONS_H
#define GRAPHC_LIB_IMPORT_DISTRIBUTIONS_H

#include "Call.h"

namespace graphc::aten {

/// The random bits of one call: four words for each element.
class Bits {
public:
  /// `seed` and `call` are 0-d i64.
  Bits(Emitter &e, Value seed, Value call, ArrayRef<Expr> shape)
      : e(e), seed(seed), call(call), shape(shape) {}
  /// Of the default generator, for a tensor of `shape`, and `count` - 1 calls
  /// behind it. Operators that take a generator of their own are refused.
  static Bits draw(Call &call, ArrayRef<Expr> shape, int64_t count = 1);
  /// Of a seed that the program has, as Inductor's code for CPUs draws them.
  static Bits ofInductor(Emitter &e, Value seed, ArrayRef<Expr> shape);

  /// Words 0 and 1, or 2 and 3, in i64, the first one below.
  Value half(int64_t index) const {
    return e.emit<graph::PhiloxOp>(seed, call, ArrayRef<Expr>(shape), index);
  }
  /// The lowest `count` bits, at most 31, of word 0 to 3, in i32.
  Value low(int64_t word, unsigned count) const;

  /// The bits of the call that is `ahead`, a 0-d i64, of this one.
  Bits later(Value ahead) const {
    return Bits(e, seed, e.add(call, ahead), shape);
  }
  ArrayRef<Expr> getShape() const { return shape; }

  Emitter &e;

private:
  Value seed, call;
  SmallVector<Expr> shape;
};

/// In [0, 1), in the type that `type` is computed in: each of the numbers that
/// are a multiple of the largest step that `type` has there, with the same
/// probability, as torch has it. Uses word `first`, of f64 the next one, too.
Value emitUniform(const Bits &bits, Type type, int64_t first = 0);
/// In (0, 1].
Value emitPositiveUniform(const Bits &bits, Type type);
/// Box and Muller's normal number from two uniform ones: `u` in (0, 1], and
/// `turn`.
Value emitBoxMuller(Emitter &e, Value u, Value turn);
/// Mean 0 and deviation 1, in the type that `type` is computed in.
Value emitNormal(const Bits &bits, Type type);
/// Mean 1, positive, in the type that `type` is computed in.
Value emitExponential(const Bits &bits, Type type);
/// Whether there are numbers in a range of that size; a failure if not, or the
/// run's where symbols leave it open.
bool checkRange(Emitter &e, Expr range);
/// From 0 up to `range`, exclusively, in i64.
Value emitInteger(const Bits &bits, Expr range);
/// True with probability `p`, a 0-d or broadcasting float tensor.
Value emitBernoulli(const Bits &bits, Value p);
Value emitBernoulli(const Bits &bits, double p);

/// The words modulo `range`, a positive i64, as unsigned numbers.
Value emitWideRemainder(const Bits &bits, Value range);

/// What elements are multiplied by that are kept with probability 1 - p.
double getDropoutScale(double p);
/// `input` with each element dropped with probability `p`.
Value emitDropout(Call &call, Value input, double p);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_DISTRIBUTIONS_H
