//===- Loops.cpp - Counted loops of operators that recur ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loops.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

SmallVector<Value> graphc::aten::emitLoop(Emitter &e, Expr count,
                                          ArrayRef<Value> inits,
                                          LoopBody body) {
  SmallVector<Value> carried{e.number(0, e.i64())};
  for (Value init : inits)
    carried.push_back(e.contiguous(init));
  Value end = e.sizeToTensor(count);
  SmallVector<Value> failed(inits.size());
  if (e.hasFailed())
    return failed;
  if (count == 0)
    return llvm::to_vector(ArrayRef(carried).drop_front());
  SmallVector<Type> types(ValueRange(carried).getTypes());
  SmallVector<Location> locs(types.size(), e.loc);

  std::unique_ptr<Region> regions[2];
  {
    RegionScope scope(e);
    Value index = scope.block().addArguments(types, locs).begin()[0];
    scope.yield(e.compare(ComparePredicate::Lt, index, end));
    regions[0] = scope.take();
  }
  {
    RegionScope scope(e);
    SmallVector<Value> arguments(scope.block().addArguments(types, locs));
    SmallVector<Value> next{e.add(arguments[0], 1)};
    for (Value value : body(arguments[0], ArrayRef(arguments).drop_front()))
      next.push_back(e.contiguous(value));
    if (!e.hasFailed() &&
        SmallVector<Type>(ValueRange(next).getTypes()) != types)
      e.fail("shape-mismatch", "a carried value changes its type");
    if (e.hasFailed())
      return failed;
    scope.yield(next);
    regions[1] = scope.take();
  }

  OperationState state(e.loc, graph::WhileOp::getOperationName());
  state.addOperands(carried);
  state.addTypes(types);
  for (std::unique_ptr<Region> &region : regions)
    state.addRegion(std::move(region));
  return llvm::to_vector_of<Value>(
      e.builder.create(state)->getResults().drop_front());
}

Value graphc::aten::emitElement(Emitter &e, Value x, int64_t dim, Value index) {
  return e.emit<graph::IndexOp>(x, ValueRange(index), ArrayRef<int64_t>{dim});
}

Value graphc::aten::emitWithElement(Emitter &e, Value x, int64_t dim,
                                    Value index, Value element) {
  return e.emit<graph::IndexPutOp>(x, ValueRange(index), element,
                                   ArrayRef<int64_t>{dim},
                                   /*accumulate=*/false);
}
