//===- ScalarFunctions.h - Scalar functions that no dialect has -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCALARFUNCTIONS_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCALARFUNCTIONS_H

#include "ScalarBuilder.h"

namespace graphc {

// Integers. A divisor of zero gives an unspecified value, the least value
// divided by -1 wraps; neither traps.
mlir::Value buildTruncDiv(ScalarBuilder &b, mlir::Value lhs, mlir::Value rhs,
                          mlir::Type graphType);
mlir::Value buildFloorDiv(ScalarBuilder &b, mlir::Value lhs, mlir::Value rhs,
                          mlir::Type graphType);
/// The remainder of buildTruncDiv, with the dividend's sign.
mlir::Value buildFmod(ScalarBuilder &b, mlir::Value lhs, mlir::Value rhs,
                      mlir::Type graphType);
/// The remainder of buildFloorDiv, with the divisor's sign.
mlir::Value buildRemainder(ScalarBuilder &b, mlir::Value lhs, mlir::Value rhs,
                           mlir::Type graphType);
/// Wraps. A negative exponent truncates to 0 but for bases 1 and -1.
mlir::Value buildIntegerPow(ScalarBuilder &b, mlir::Value base,
                            mlir::Value exponent, mlir::Type graphType);

// Floats.
mlir::Value buildLgamma(ScalarBuilder &b, mlir::Value x);
mlir::Value buildDigamma(ScalarBuilder &b, mlir::Value x);
mlir::Value buildErfinv(ScalarBuilder &b, mlir::Value x);
mlir::Value buildHypot(ScalarBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value buildNextafter(ScalarBuilder &b, mlir::Value x, mlir::Value y,
                           mlir::Type graphType);
mlir::Value buildSigmoid(ScalarBuilder &b, mlir::Value x);
mlir::Value buildGelu(ScalarBuilder &b, mlir::Value x, bool tanh);

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SCALARFUNCTIONS_H
