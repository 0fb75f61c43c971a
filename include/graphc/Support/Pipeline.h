//===- Pipeline.h - What a pass manager holds -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_PIPELINE_H
#define GRAPHC_SUPPORT_PIPELINE_H

#include "mlir/Pass/PassManager.h"

#include <string>
#include <vector>

namespace graphc {

/// The arguments of all passes of `pm`, nested ones included, each once, in the
/// order in which they first stand.
std::vector<std::string> listPassArguments(mlir::OpPassManager &pm);

/// Of `known` the names that are spelled most like `name`, as the end of a
/// message: ", did you mean 'a' or 'b'?".
std::string suggestNames(llvm::StringRef name,
                         llvm::ArrayRef<std::string> known);

} // namespace graphc

#endif // GRAPHC_SUPPORT_PIPELINE_H
