//===- PipelineText.h - Pass pipelines as text ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_PIPELINETEXT_H
#define GRAPHC_LIB_SUPPORT_PIPELINETEXT_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace graphc {

/// `pipeline` without the passes that stand before the occurrence number
/// `skip` (from 0) of `pass`, `name{options}`, with the anchors around it.
/// All of `pipeline` when there is no such occurrence.
///
///   dropPassesBefore("builtin.module(a,func.func(b,c),d)", "c", 0)
///     = "builtin.module(func.func(c),d)"
std::string dropPassesBefore(llvm::StringRef pipeline, llvm::StringRef pass,
                             unsigned skip);

/// The rest: the passes before that occurrence.
///
///   keepPassesBefore("builtin.module(a,func.func(b,c),d)", "c", 0)
///     = "builtin.module(a,func.func(b))"
std::string keepPassesBefore(llvm::StringRef pipeline, llvm::StringRef pass,
                             unsigned skip);

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_PIPELINETEXT_H
