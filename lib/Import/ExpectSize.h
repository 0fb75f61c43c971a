//===- ExpectSize.h - Sizes that the run compares ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_EXPECTSIZE_H
#define GRAPHC_LIB_IMPORT_EXPECTSIZE_H

#include "Emitter.h"

namespace graphc::aten {

/// `x` of size `wanted` along `dim`. The run checks that, with `message`, where
/// symbols leave it open: export compares only sizes that the shape of a result
/// depends on. Sizes that never agree are left to the op's verifier.
Value expectSize(Emitter &e, Value x, int64_t dim, Expr wanted,
                 const llvm::Twine &message);

/// `x`, which broadcasts to `shape` if the sizes that symbols leave open are
/// those of `shape`.
Value expectShape(Emitter &e, Value x, llvm::ArrayRef<Expr> shape,
                  llvm::StringRef what);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_EXPECTSIZE_H
