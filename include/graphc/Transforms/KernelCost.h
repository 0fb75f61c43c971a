//===- KernelCost.h - What a kernel moves and computes ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Estimates for reports and profiles: what the program asks for, not what a
// target makes of it. They are read off the body of a `kernel.region`, so they
// are there from formation until a target emits the region.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TRANSFORMS_KERNELCOST_H
#define GRAPHC_TRANSFORMS_KERNELCOST_H

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Kernel/IR/Kernel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace graphc {

/// Expressions over the kernel's operands: symbol `o2` is operand 2, an index,
/// and `o2_d1` the size of its dimension 1, when it is a tensor or memref.
struct KernelCost {
  /// Bytes of memory, each operand once: inputs that the body uses and inits.
  /// An input that is read element by element at computed places (an embedding
  /// table) counts as much as is read of it. Null: not known.
  graph::Expr bytes;
  /// Floating-point operations of the whole body: sums, products, quotients,
  /// larger and smaller ones of two, and functions count 1 each, a fused
  /// multiply-add 2; casts, comparisons, selections and integers count nothing.
  /// What a target skips (the upper half of causal scores) is counted. Null:
  /// not known, as when a loop depends on data.
  graph::Expr flops;
};

KernelCost estimateCost(kernel::RegionOp region);

/// The cost of the region that `function` holds, as graphc-outline-kernels
/// leaves it; nothing for a function without exactly one region.
std::optional<KernelCost> estimateCost(mlir::func::FuncOp function);

/// The bytes of all tensors or memrefs among `operands`, each once.
graph::Expr countBytes(mlir::ValueRange operands);

/// `cost` over the sizes of the program: `operands` are those of the region, or
/// of the call of its function in `main`, a function of `module` whose leading
/// arguments are the symbols of the signature. Sizes that cannot be traced to
/// symbols stay as they are; those that depend on data become their bounds.
graph::Expr nameSizes(graph::Expr cost, mlir::ModuleOp module,
                      mlir::func::FuncOp main, mlir::ValueRange operands);

/// Code that computes `cost` from `operands`, as an index.
mlir::Value materializeCost(mlir::OpBuilder &builder, mlir::Location loc,
                            graph::Expr cost, mlir::ValueRange operands);

/// For people: "1536", "64*s0", "unknown".
std::string formatCost(graph::Expr cost);

} // namespace graphc

#endif // GRAPHC_TRANSFORMS_KERNELCOST_H
