//===- Elements.h - Elements of tensors as numbers ---------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_RUN_ELEMENTS_H
#define GRAPHC_TOOLS_GRAPHC_RUN_ELEMENTS_H

#include "graphc/Runtime/Runtime.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace graphc::run {

/// float64, float32, float16, bfloat16.
bool isFloat(DLDataType dtype);
/// Integers and bools of up to 64 bits.
bool isInteger(DLDataType dtype);

int64_t countElements(const DLTensor &tensor);
/// The elements of a tensor of floats in row-major order, with their number.
void forEachFloat(const DLTensor &tensor,
                  llvm::function_ref<void(int64_t, double)> visit);
/// The bits of elements of any type of up to 64 bits.
void forEachBits(const DLTensor &tensor,
                 llvm::function_ref<void(int64_t, uint64_t)> visit);

/// The distance from `value` to the next larger number of the type with this
/// many bits of mantissa and this smallest exponent of a normal number.
struct FloatFormat {
  int mantissaBits, minExponent;
  double getUlp(double value) const;
  /// Null for what is no float of PyTorch's names.
  static const FloatFormat *find(llvm::StringRef dtype);
};

/// "[3, 0, 7]", the place of element `index` of a row-major tensor.
std::string formatPlace(int64_t index, const int64_t *shape, int32_t rank);

} // namespace graphc::run

#endif // GRAPHC_TOOLS_GRAPHC_RUN_ELEMENTS_H
