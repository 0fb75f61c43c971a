//===- Loops.h - Regions and counted loops under construction ---*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_LOOPS_H
#define GRAPHC_LIB_IMPORT_LOOPS_H

#include "Emitter.h"

#include <memory>

namespace graphc::aten {

/// A region under construction outside any op, filled at the builder's place
/// and moved into the op once its types are known.
class RegionScope {
public:
  explicit RegionScope(Emitter &e)
      : e(e), guard(e.builder), region(std::make_unique<mlir::Region>()) {
    e.builder.createBlock(region.get());
  }
  mlir::Block &block() { return region->front(); }
  void yield(ArrayRef<Value> values) {
    graph::YieldOp::create(e.builder, e.loc, values);
  }
  std::unique_ptr<mlir::Region> take() { return std::move(region); }

  Emitter &e;

private:
  mlir::OpBuilder::InsertionGuard guard;
  std::unique_ptr<mlir::Region> region;
};

/// The next carried values from the number of the iteration, a 0-d i64, and
/// the present ones.
using LoopBody = llvm::function_ref<SmallVector<Value>(
    Value index, ArrayRef<Value> carried)>;

/// `inits` after `count` iterations of `body`. Carried values are contiguous.
SmallVector<Value> emitLoop(Emitter &e, Expr count, ArrayRef<Value> inits,
                            LoopBody body);

/// Element `index`, a 0-d i64, of dimension `dim`, which goes away.
Value emitElement(Emitter &e, Value x, int64_t dim, Value index);
/// `x` with that element replaced.
Value emitWithElement(Emitter &e, Value x, int64_t dim, Value index,
                      Value element);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_LOOPS_H
