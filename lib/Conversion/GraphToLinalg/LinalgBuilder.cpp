//===- LinalgBuilder.cpp - Builds linalg.generic from graph values --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

Type graphc::getStoredType(Type graphType) {
  if (auto type = dyn_cast<IntegerType>(graphType))
    return IntegerType::get(type.getContext(), std::max(type.getWidth(), 8u));
  return graphType;
}

RankedTensorType graphc::getTensorType(ArrayRef<Expr> shape, Type graphType) {
  SmallVector<int64_t> sizes;
  for (Expr size : shape)
    sizes.push_back(size.getConstant().value_or(ShapedType::kDynamic));
  return RankedTensorType::get(sizes, getStoredType(graphType));
}

SmallVector<Expr> graphc::getShape(Value graphValue) {
  return llvm::to_vector(
      cast<graph::StridedTensorType>(graphValue.getType()).getShape());
}

Type graphc::getElementType(Value graphValue) {
  return cast<graph::StridedTensorType>(graphValue.getType()).getElementType();
}

Type graphc::getAccumulatorType(Type elementType) {
  return isa<FloatType>(elementType) ? getComputeType(elementType)
                                     : elementType;
}

SmallVector<int64_t> graphc::getOtherDims(int64_t rank,
                                          ArrayRef<int64_t> dims) {
  SmallVector<int64_t> others;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  return others;
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Value LinalgBuilder::index(Expr value) { return index(*this, value); }

Value LinalgBuilder::index(OpBuilder &at, Expr value) {
  return symbols.materialize(at, getLoc(), function, value);
}

Value LinalgBuilder::number(ScalarBuilder &at, Expr value, Type type) {
  if (auto constant = value.getConstant())
    return at.number(type, *constant);
  Value wide = at.op<arith::IndexCastOp>(getI64Type(), index(at, value));
  return at.cast(wide, getI64Type(), type);
}

OpFoldResult LinalgBuilder::size(Expr value) {
  if (auto constant = value.getConstant())
    return getIndexAttr(*constant);
  return index(value);
}

SmallVector<OpFoldResult> LinalgBuilder::sizes(ArrayRef<Expr> values) {
  return llvm::map_to_vector(values, [&](Expr value) { return size(value); });
}

std::optional<Expr> LinalgBuilder::findBound(StringRef symbol) {
  auto bounds =
      function->getParentOfType<ModuleOp>()->getAttrOfType<DictionaryAttr>(
          "graph.bounds");
  auto bound = bounds ? dyn_cast_or_null<graph::ExprAttr>(bounds.get(symbol))
                      : graph::ExprAttr();
  return bound ? std::optional<Expr>(bound) : std::nullopt;
}

Expr LinalgBuilder::bind(Value value) {
  // No symbol of a model has such a name.
  std::string name = ("%" + Twine(symbols.takeSize())).str();
  symbols.define(function, name, value);
  return Expr::symbol(getContext(), name);
}

Value LinalgBuilder::define(StringRef symbol, Value value,
                            std::optional<Expr> bound) {
  // Code behind a failed check still runs, in memory of the bound's size. The
  // checks that follow see the bounded value, so that this one stands here.
  if (bound) {
    Value limit = index(*bound);
    std::string message;
    llvm::raw_string_ostream(message)
        << symbol << " must be at most " << *bound;
    check(arith::CmpIOp::create(*this, arith::CmpIPredicate::sle, value, limit),
          message);
    value = arith::MinSIOp::create(*this, value, limit);
  }
  symbols.define(function, symbol, value);
  kernel::DefineSymbolOp::create(*this, value, symbol);
  return value;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// Loops whose bound no operand gives.
static SmallVector<int64_t> getUnboundLoops(unsigned numLoops,
                                            ArrayRef<AffineMap> maps) {
  llvm::SmallBitVector bound(numLoops);
  for (AffineMap map : maps)
    for (AffineExpr result : map.getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(result))
        bound.set(dim.getPosition());
  SmallVector<int64_t> unbound;
  for (unsigned i = 0; i < numLoops; ++i)
    if (!bound.test(i))
      unbound.push_back(i);
  return unbound;
}

SmallVector<Tensor> LinalgBuilder::generic(ArrayRef<Expr> domain,
                                           ArrayRef<int64_t> reduced,
                                           ArrayRef<Operand> inputs,
                                           ArrayRef<Output> outputs,
                                           MultiBody body) {
  unsigned numLoops = domain.size();
  SmallVector<utils::IteratorType> iterators(numLoops,
                                             utils::IteratorType::parallel);
  for (int64_t dim : reduced)
    iterators[dim] = utils::IteratorType::reduction;
  SmallVector<int64_t> parallel;
  SmallVector<Expr> resultShape;
  for (auto [i, size] : llvm::enumerate(domain)) {
    if (iterators[i] == utils::IteratorType::reduction)
      continue;
    parallel.push_back(i);
    resultShape.push_back(size);
  }

  SmallVector<Value> tensors;
  SmallVector<AffineMap> maps;
  for (const Operand &input : inputs) {
    if (!input.tensor)
      continue;
    tensors.push_back(input.tensor);
    maps.push_back(input.map);
  }
  AffineMap resultMap = select(numLoops, parallel);
  maps.push_back(resultMap);
  SmallVector<int64_t> unbound = getUnboundLoops(numLoops, maps);
  maps.pop_back();
  if (!unbound.empty()) {
    // Only its sizes count.
    SmallVector<Expr> window =
        llvm::map_to_vector(unbound, [&](int64_t dim) { return domain[dim]; });
    tensors.push_back(empty(window, getI8Type()).value);
    maps.push_back(select(numLoops, unbound));
  }

  SmallVector<Value> inits;
  SmallVector<Tensor> results;
  for (const Output &output : outputs) {
    Tensor init = output.init
                      ? filled(resultShape, output.elementType, output.init)
                      : empty(resultShape, output.elementType);
    inits.push_back(init.value);
    maps.push_back(resultMap);
    results.push_back(init);
  }

  // A reduction of nothing; kernels would be formed of operands that hold none.
  bool isOfNothing =
      llvm::any_of(reduced, [&](int64_t dim) { return domain[dim] == 0; });
  if (isOfNothing &&
      llvm::all_of(outputs, [](const Output &output) { return output.init; }))
    return results;

  auto op = linalg::GenericOp::create(
      *this, TypeRange(ValueRange(inits)), tensors, inits, maps, iterators,
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        ScalarBuilder b(loc, builder);
        SmallVector<Value> values;
        unsigned next = 0;
        for (const Operand &input : inputs)
          values.push_back(input.tensor
                               ? b.load(args[next++], input.elementType)
                               : b.constant(input.splat, input.elementType));
        ValueRange accumulators = args.take_back(outputs.size());
        for (auto [output, arg] : llvm::zip_equal(outputs, accumulators))
          if (output.init)
            values.push_back(b.load(arg, output.elementType));
        SmallVector<Value> yielded = body(b, values);
        for (auto [value, output] : llvm::zip_equal(yielded, outputs))
          value = b.store(value, output.elementType);
        linalg::YieldOp::create(b, yielded);
      });
  if (group)
    op->setAttr("graphc.group", getI64IntegerAttr(*group));
  for (auto [result, value] : llvm::zip_equal(results, op.getResults()))
    result.value = value;
  return results;
}

Tensor LinalgBuilder::pointwise(ArrayRef<Expr> shape, ArrayRef<Operand> inputs,
                                Type elementType, Body body) {
  return generic(shape, {}, inputs, Output{elementType, Attribute()},
                 [&](ScalarBuilder &b, ArrayRef<Value> args) {
                   return SmallVector<Value>{body(b, args)};
                 })
      .front();
}

Tensor LinalgBuilder::reduce(ArrayRef<Expr> domain, ArrayRef<int64_t> reduced,
                             ArrayRef<Operand> inputs, Output output,
                             Body body) {
  return generic(domain, reduced, inputs, output,
                 [&](ScalarBuilder &b, ArrayRef<Value> args) {
                   return SmallVector<Value>{body(b, args)};
                 })
      .front();
}

Tensor LinalgBuilder::mean(ArrayRef<Expr> domain, ArrayRef<int64_t> reduced,
                           ArrayRef<Operand> inputs, Body body) {
  Type type = getAccumulatorType(inputs.front().elementType);
  Tensor sum = reduce(domain, reduced, inputs, {type, getNumber(type, 0)},
                      [&](ScalarBuilder &b, ArrayRef<Value> args) {
                        return b.add(args.back(), body(b, args.drop_back()));
                      });
  Expr count = expr(1);
  for (int64_t dim : reduced)
    count = count * domain[dim];
  return pointwise(sum.shape, read(sum), type,
                   [&](ScalarBuilder &b, ArrayRef<Value> args) {
                     return b.div(args[0], number(b, count, type));
                   });
}

Tensor LinalgBuilder::cast(const Tensor &source, Type elementType) {
  if (source.elementType == elementType)
    return source;
  return pointwise(source.shape, read(source), elementType,
                   [&](ScalarBuilder &b, ArrayRef<Value> args) {
                     return b.cast(args[0], source.elementType, elementType);
                   });
}

SmallVector<Value> LinalgBuilder::loop(
    ScalarBuilder &at, Value size, ValueRange inits,
    function_ref<SmallVector<Value>(ScalarBuilder &, Value, ValueRange)> body) {
  Value zero = at.op<arith::ConstantIndexOp>(0);
  Value one = at.op<arith::ConstantIndexOp>(1);
  auto op = scf::ForOp::create(
      at, zero, size, one, inits,
      [&](OpBuilder &builder, Location loc, Value index, ValueRange carried) {
        ScalarBuilder b(loc, builder);
        scf::YieldOp::create(b, body(b, index, carried));
      });
  return llvm::to_vector_of<Value>(op.getResults());
}

static SmallVector<Value> buildLoops(ScalarBuilder &b, ArrayRef<Value> bounds,
                                     SmallVector<Value> &indices,
                                     ValueRange carried,
                                     LinalgBuilder::LoopBody body) {
  if (indices.size() == bounds.size())
    return body(b, indices, carried);
  return LinalgBuilder::loop(
      b, bounds[indices.size()], carried,
      [&](ScalarBuilder &inner, Value index, ValueRange values) {
        indices.push_back(index);
        SmallVector<Value> next =
            buildLoops(inner, bounds, indices, values, body);
        indices.pop_back();
        return next;
      });
}

SmallVector<Value> LinalgBuilder::loops(ArrayRef<Expr> shape, ValueRange inits,
                                        LoopBody body) {
  SmallVector<Value> bounds =
      llvm::map_to_vector(shape, [&](Expr size) { return index(size); });
  SmallVector<Value> indices;
  ScalarBuilder b(getLoc(), *this);
  return buildLoops(b, bounds, indices, inits, body);
}

SmallVector<Value> LinalgBuilder::parallelLoops(ArrayRef<Expr> shape,
                                                ValueRange inits,
                                                LoopBody body) {
  return markedLoops(shape, inits, body, /*atomic=*/false);
}

SmallVector<Value> LinalgBuilder::atomicLoops(ArrayRef<Expr> shape,
                                              ValueRange inits, LoopBody body) {
  return markedLoops(shape, inits, body, /*atomic=*/true);
}

SmallVector<Value> LinalgBuilder::markedLoops(ArrayRef<Expr> shape,
                                              ValueRange inits, LoopBody body,
                                              bool atomic) {
  SmallVector<Value> results = loops(shape, inits, body);
  // Loops of one iteration will be gone, with what they say.
  int64_t depth = llvm::count_if(shape, [](Expr size) { return size != 1; });
  if (depth == 0)
    return results;
  auto loop = llvm::cast<scf::ForOp>(results.front().getDefiningOp());
  for (const Expr *size = shape.begin(); *size == 1; ++size)
    loop = *loop.getBody()->getOps<scf::ForOp>().begin();
  loop->setAttr("graphc.parallel", getI64IntegerAttr(depth));
  if (atomic)
    loop->setAttr("graphc.atomic", getUnitAttr());
  return results;
}

Value graphc::loadElement(ScalarBuilder &b, const Operand &operand,
                          ArrayRef<Value> indices) {
  if (!operand.tensor)
    return b.constant(operand.splat, operand.elementType);
  SmallVector<Value> places;
  for (AffineExpr result : operand.map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(result))
      places.push_back(indices[dim.getPosition()]);
    else
      places.push_back(b.op<arith::ConstantIndexOp>(
          cast<AffineConstantExpr>(result).getValue()));
  }
  return b.load(b.op<tensor::ExtractOp>(operand.tensor, places),
                operand.elementType);
}

Value graphc::loadElement(ScalarBuilder &b, const Tensor &tensor,
                          ArrayRef<Value> indices) {
  return b.load(b.op<tensor::ExtractOp>(tensor.value, indices),
                tensor.elementType);
}

Value graphc::storeElement(ScalarBuilder &b, Value computed, Value into,
                           Type elementType, ArrayRef<Value> indices) {
  return b.op<tensor::InsertOp>(b.store(computed, elementType), into, indices);
}

void LinalgBuilder::check(Value condition, StringRef message) {
  kernel::CheckOp::create(*this, condition, message);
}

void LinalgBuilder::checkAll(ArrayRef<Expr> shape, ArrayRef<Operand> inputs,
                             StringRef message, Body body) {
  Type boolType = getI1Type();
  Tensor all = reduce(shape, llvm::to_vector(llvm::seq<int64_t>(shape.size())),
                      inputs, {boolType, getNumber(boolType, 1)},
                      [&](ScalarBuilder &b, ArrayRef<Value> args) {
                        return b.band(args.back(), body(b, args.drop_back()));
                      });
  Value stored = tensor::ExtractOp::create(*this, all.value, ValueRange());
  check(ScalarBuilder(getLoc(), *this).load(stored, boolType), message);
}
