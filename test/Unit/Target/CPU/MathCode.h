//===- MathCode.h - Expanded functions, compiled and callable ---*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TEST_UNIT_TARGET_CPU_MATHCODE_H
#define GRAPHC_TEST_UNIT_TARGET_CPU_MATHCODE_H

#include <memory>
#include <string>
#include <vector>

namespace graphc::test {

/// What the compiled code may use.
struct Features {
  bool fma = true, rounding = true, half = true, libm = true;
};

/// One operation of arith or math on vectors.
struct VectorOp {
  std::string name;      ///< "math.exp".
  std::string from;      ///< Element of the operands: "f32".
  std::string to;        ///< Element of the result; also of casts.
  unsigned operands = 1; ///< Of three, the first is also the last.
};

/// Functions that apply operations to arrays, made by the passes of the CPU
/// pipeline and compiled in this process.
class MathCode {
public:
  MathCode(const std::vector<VectorOp> &ops, const Features &features);
  ~MathCode();

  /// The operation `op`, on `count` elements, a multiple of 16.
  void run(unsigned op, const void *a, const void *b, void *out,
           std::int64_t count) const;

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation;
};

} // namespace graphc::test

#endif // GRAPHC_TEST_UNIT_TARGET_CPU_MATHCODE_H
