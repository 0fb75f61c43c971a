//===- MovedCheck.h - Checks that are made later ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_MOVEDCHECK_H
#define GRAPHC_DIALECTS_KERNEL_IR_MOVEDCHECK_H

#include "llvm/ADT/StringRef.h"

namespace graphc::kernel {

/// Set on a kernel.check that is made later than the program says: it does not
/// hide what another one has told, for which lowerCheck reads the status first.
inline constexpr llvm::StringLiteral movedAttrName = "moved";

} // namespace graphc::kernel

#endif // GRAPHC_DIALECTS_KERNEL_IR_MOVEDCHECK_H
