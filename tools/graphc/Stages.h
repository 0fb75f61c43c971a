//===- Stages.h - The stages of a compilation -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_STAGES_H
#define GRAPHC_TOOLS_GRAPHC_STAGES_H

#include "Options.h"
#include "graphc/Pipelines/Pipelines.h"

namespace graphc {

/// What the stages of each target need to know.
struct TargetOptions {
  CPUOptions cpu;
  NVPTXOptions nvptx;
};

/// A stage between two forms of the IR that can be printed.
struct Stage {
  llvm::StringLiteral name;
  /// The form that the stage leaves.
  Emit result;
  void (*build)(mlir::OpPassManager &, const TargetOptions &);
};

/// Those for a target, in order.
llvm::ArrayRef<Stage> getStages(llvm::StringRef target);

/// The module attribute that names the last stage behind a printed module, so
/// that compilation goes on from there.
inline constexpr llvm::StringLiteral stageAttrName = "kernel.stage";

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_STAGES_H
