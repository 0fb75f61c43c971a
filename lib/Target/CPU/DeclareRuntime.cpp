//===- DeclareRuntime.cpp - Functions that kernels call -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/CPU/Passes.h"

namespace graphc {
#define GEN_PASS_DEF_CPUDECLARERUNTIME
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

namespace {
struct CPUDeclareRuntime
    : graphc::impl::CPUDeclareRuntimeBase<CPUDeclareRuntime> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    StringRef name = "omp_get_max_threads";
    if (!parallel || module.lookupSymbol(name))
      return;
    OpBuilder builder(module.getBody(), module.getBody()->begin());
    func::FuncOp::create(builder, module.getLoc(), name,
                         builder.getFunctionType({}, {builder.getI32Type()}))
        .setPrivate();
  }
};
} // namespace
