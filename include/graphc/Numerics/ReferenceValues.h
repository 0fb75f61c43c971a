//===- ReferenceValues.h - What every op of a graph computes ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates a module of graph ops with the reference, in float64 and in its own
// types, and writes the values for who compares compiled code with them. The
// folder holds `values.json`, an object with
//
//   values   in the order of evaluation: node, op, module_path, source (or
//            null), dtype (of the program), shape, file, own_error, tolerance,
//            relative_tolerance, is_unstable, nan, infinite
//   outputs  in the order of the results of `@main`: the same, with name
//
// and raw files, row-major: float64 for floats, int64 for integers and bools.
// `own_error` is the largest distance from float64 of the reference in the
// program's types; rounding explains `tolerance + relative_tolerance * |x|`;
// `nan` and `infinite` count elements in the program's types.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_NUMERICS_REFERENCEVALUES_H
#define GRAPHC_NUMERICS_REFERENCEVALUES_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace graphc {

/// Evaluates `module` on the inputs in `inputs`, a folder as graphc-run takes
/// it, and writes the values to `folder`, which must exist. An error says what
/// cannot be evaluated.
llvm::Error writeReferenceValues(mlir::ModuleOp module, llvm::StringRef inputs,
                                 llvm::StringRef folder);

} // namespace graphc

#endif // GRAPHC_NUMERICS_REFERENCEVALUES_H
