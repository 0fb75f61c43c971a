//===- Graph.cpp - The graph dialect, through the reference ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reference evaluates ops whose sizes are constants, so an op with symbols
// is copied with their values first. What the reference lacks is lowered, one
// op at a time, and the lowering is interpreted: then a mistake in the lowering
// of that op cannot be seen, which is reported.
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Reference/Reference.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

static graph::Expr substitute(Machine &machine, graph::Expr expr) {
  return expr.substitute([&](StringRef name) {
    auto found = machine.symbols.find(name);
    return found == machine.symbols.end()
               ? graph::Expr()
               : graph::Expr::constant(expr.getContext(), found->second);
  });
}

static SmallVector<graph::Expr> substitute(Machine &machine,
                                           ArrayRef<graph::Expr> exprs) {
  return llvm::map_to_vector(
      exprs, [&](graph::Expr expr) { return substitute(machine, expr); });
}

static Type substitute(Machine &machine, Type type) {
  auto tensor = dyn_cast<graph::StridedTensorType>(type);
  if (!tensor)
    return type;
  return graph::StridedTensorType::get(
      type.getContext(), substitute(machine, tensor.getShape()),
      tensor.getElementType(), substitute(machine, tensor.getStrides()));
}

static Attribute substitute(Machine &machine, Attribute attribute) {
  if (auto expr = dyn_cast<graph::ExprAttr>(attribute))
    return substitute(machine, graph::Expr(expr)).getAttr();
  if (auto exprs = dyn_cast<graph::ExprArrayAttr>(attribute))
    return graph::ExprArrayAttr::get(attribute.getContext(),
                                     substitute(machine, exprs.getValue()));
  return attribute;
}

/// A module whose function `@main` is `op` alone, with the values of symbols.
static OwningOpRef<ModuleOp> isolate(Machine &machine, Operation *op) {
  OpBuilder builder(op->getContext());
  OwningOpRef<ModuleOp> module = ModuleOp::create(op->getLoc());
  SmallVector<Type> operands, results;
  for (Type type : op->getOperandTypes())
    operands.push_back(substitute(machine, type));
  for (Type type : op->getResultTypes())
    results.push_back(substitute(machine, type));
  builder.setInsertionPointToEnd(module->getBody());
  auto main = func::FuncOp::create(builder, op->getLoc(), "main",
                                   builder.getFunctionType(operands, results));
  Block *block = main.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  IRMapping mapping;
  mapping.map(op->getOperands(), block->getArguments());
  Operation *copy = builder.clone(*op, mapping);
  for (auto [result, type] : llvm::zip_equal(copy->getResults(), results))
    result.setType(type);
  SmallVector<NamedAttribute> attributes;
  for (NamedAttribute named : copy->getAttrDictionary())
    attributes.emplace_back(named.getName(),
                            substitute(machine, named.getValue()));
  copy->setAttrs(builder.getDictionaryAttr(attributes));
  func::ReturnOp::create(builder, op->getLoc(), copy->getResults());
  return module;
}

static bool isStatic(Type type) {
  auto tensor = dyn_cast<graph::StridedTensorType>(type);
  return !tensor || tensor.hasStaticShape();
}

static bool isConstant(Attribute attribute) {
  auto isFixed = [](graph::Expr expr) { return expr.isConstant(); };
  if (auto expr = dyn_cast<graph::ExprAttr>(attribute))
    return isFixed(expr);
  if (auto exprs = dyn_cast<graph::ExprArrayAttr>(attribute))
    return llvm::all_of(exprs.getValue(), isFixed);
  return true;
}

static bool isStatic(Operation *op) {
  return llvm::all_of(op->getOperandTypes(),
                      [](Type type) { return isStatic(type); }) &&
         llvm::all_of(op->getResultTypes(),
                      [](Type type) { return isStatic(type); }) &&
         llvm::all_of(op->getAttrDictionary(), [](NamedAttribute named) {
           return isConstant(named.getValue());
         });
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

static reference::Tensor toTensor(const Array &array, Type type) {
  reference::Tensor tensor(
      array.shape, cast<graph::StridedTensorType>(type).getElementType());
  for (int64_t i = 0, e = array.size(); i < e; ++i) {
    if (tensor.isFloat())
      tensor.floats[i] = array.get(i).f;
    else
      tensor.set(i, array.get(i).i);
  }
  return tensor;
}

static Array toArray(const reference::Tensor &tensor) {
  Array array(tensor.shape, Element::get(tensor.elementType));
  for (int64_t i = 0, e = array.size(); i < e; ++i)
    array.set(i, tensor.isFloat() ? Scalar{.f = tensor.floats[i]}
                                  : Scalar{.i = tensor.ints[i]});
  return array;
}

/// False when the reference does not know the op, or has no result for these
/// values.
static bool evaluate(Operation *op, Cell *slots, const Instruction &from) {
  for (Type type :
       llvm::concat<const Type>(llvm::to_vector(op->getOperandTypes()),
                                llvm::to_vector(op->getResultTypes())))
    if (!reference::isSupported(
            cast<graph::StridedTensorType>(type).getElementType()))
      return false;
  std::vector<reference::Tensor> tensors;
  for (auto [slot, type] : llvm::zip_equal(from.in, op->getOperandTypes()))
    tensors.push_back(toTensor(slots[slot].array, type));
  SmallVector<const reference::Tensor *> operands;
  for (const reference::Tensor &tensor : tensors)
    operands.push_back(&tensor);
  auto results = reference::evaluate(op, operands);
  if (!results)
    return false;
  for (auto [slot, result] : llvm::zip_equal(from.out, *results))
    slots[slot].array = toArray(result);
  return true;
}

static bool lower(Machine &machine, ModuleOp module, Cell *slots,
                  const Instruction &op) {
  StringRef name = op.op->getName().getStringRef();
  if (!machine.options.lower || failed(machine.options.lower(module)))
    return machine.fail(op.op, "op '" + name + "' has no evaluator", true);
  auto main = module.lookupSymbol<func::FuncOp>("main");
  Options own;
  own.maxSteps = machine.options.maxSteps;
  Machine inner(module, own);
  std::vector<Cell> arguments, results;
  for (auto [slot, type] : llvm::zip_equal(op.in, main.getArgumentTypes())) {
    arguments.push_back(slots[slot]);
    // A bool is a byte from here on.
    arguments.back().array.element = getElement(type);
  }
  if (!inner.call(main, std::move(arguments), results))
    return machine.fail(op.op, inner.error.message, inner.error.isUnsupported);
  for (auto [slot, result, to] :
       llvm::zip_equal(op.out, results, op.op->getResultTypes())) {
    slots[slot].array = std::move(result.array);
    slots[slot].array.element = getElement(to);
  }
  if (!llvm::is_contained(machine.lowered, name))
    machine.lowered.push_back(name.str());
  return true;
}

bool interpreter::runGraph(Machine &machine, Cell *slots,
                           const Instruction &op) {
  Operation *own = op.op;
  if (isStatic(own) && evaluate(own, slots, op)) {
    machine.observe(op, slots);
    return machine.count(slots[op.out[0]].array.size());
  }
  OwningOpRef<ModuleOp> module = isolate(machine, own);
  Operation *copy =
      &cast<func::FuncOp>(module->getBody()->front()).front().front();
  for (Type type : copy->getResultTypes())
    if (!isStatic(type))
      return machine.fail(own, "has a result of unknown size", true);
  if (!evaluate(copy, slots, op) && !lower(machine, *module, slots, op))
    return false;
  machine.observe(op, slots);
  return machine.count(1);
}

//===----------------------------------------------------------------------===//
// Control flow and symbols
//===----------------------------------------------------------------------===//

static bool runConstant(Machine &machine, Cell *slots, const Instruction &op) {
  slots[op.out[0]].array = op.array;
  machine.observe(op, slots);
  return true;
}

static bool runCond(Machine &machine, Cell *slots, const Instruction &op) {
  const Code &body = *op.regions[slots[op.in[0]].array.get(0).i ? 0 : 1];
  if (!machine.run(body, slots))
    return false;
  pass(slots, body.yields, body.isLast, op.out);
  return true;
}

static bool runWhile(Machine &machine, Cell *slots, const Instruction &op) {
  const Code &before = *op.regions[0], &body = *op.regions[1];
  std::vector<Cell> carried;
  for (unsigned slot : op.in)
    carried.push_back(slots[slot]);
  while (true) {
    for (auto [slot, value] : llvm::zip_equal(before.arguments, carried))
      slots[slot] = value;
    if (!machine.run(before, slots))
      return false;
    if (!slots[before.yields[0]].array.get(0).i)
      break;
    for (auto [slot, value] : llvm::zip_equal(body.arguments, carried))
      slots[slot] = value;
    if (!machine.run(body, slots))
      return false;
    for (auto [value, slot] : llvm::zip_equal(carried, body.yields))
      value = slots[slot];
  }
  for (auto [slot, value] : llvm::zip_equal(op.out, carried))
    slots[slot] = value;
  return true;
}

static bool runItem(Machine &machine, Cell *slots, const Instruction &op) {
  machine.symbols[cast<graph::ItemOp>(op.op).getSymbol()] =
      slots[op.in[0]].array.get(0).i;
  return true;
}

static bool runSizeToTensor(Machine &machine, Cell *slots,
                            const Instruction &op) {
  std::optional<int64_t> value =
      cast<graph::SizeToTensorOp>(op.op).getValue().evaluate(machine.symbols);
  if (!value)
    return machine.fail(op.op, "needs a size that is not known");
  Array array(ArrayRef<int64_t>(), op.to);
  array.set(0, {.i = *value});
  slots[op.out[0]].array = std::move(array);
  return true;
}

static bool failAssertion(Machine &machine, Operation *op, StringRef message) {
  return machine.fail(op, "the program's own check fails: " + message);
}
static bool runAssert(Machine &machine, Cell *, const Instruction &op) {
  auto assertion = cast<graph::AssertOp>(op.op);
  std::optional<int64_t> value =
      assertion.getCondition().evaluate(machine.symbols);
  return (value && *value != 0) ||
         failAssertion(machine, op.op, assertion.getMessage());
}
static bool runAssertTensor(Machine &machine, Cell *slots,
                            const Instruction &op) {
  auto assertion = cast<graph::AssertTensorOp>(op.op);
  return slots[op.in[0]].array.get(0).i ||
         failAssertion(machine, op.op, assertion.getMessage());
}

static bool isTrue(Scalar value, const Element &element) {
  return element.isFloat() ? value.f != 0 : value.i != 0;
}

static bool runNonzero(Machine &machine, Cell *slots, const Instruction &op) {
  const Array &input = slots[op.in[0]].array;
  SmallVector<int64_t> found;
  int64_t rank = input.shape.size();
  for (int64_t i = 0, e = input.size(); i < e; ++i)
    if (isTrue(input.get(i), input.element))
      found.push_back(i);
  int64_t count = found.size();
  Array result({count, rank}, op.to);
  for (auto [row, index] : llvm::enumerate(found)) {
    int64_t rest = index;
    for (int64_t dim = rank; dim-- > 0;) {
      result.set(row * rank + dim, {.i = rest % input.shape[dim]});
      rest /= input.shape[dim];
    }
  }
  machine.symbols[cast<graph::NonzeroOp>(op.op).getSymbol()] = count;
  slots[op.out[0]].array = std::move(result);
  machine.observe(op, slots);
  return true;
}

/// `array` read as a tensor of `shape` that it broadcasts to.
static Array broadcast(Array array, ArrayRef<int64_t> shape) {
  size_t missing = shape.size() - array.shape.size();
  SmallVector<int64_t, 4> strides(missing, 0);
  for (auto [size, stride] : llvm::zip_equal(array.shape, array.strides))
    strides.push_back(size == 1 ? 0 : stride);
  array.shape.assign(shape.begin(), shape.end());
  array.strides = strides;
  return array;
}

static bool runMaskedSelect(Machine &machine, Cell *slots,
                            const Instruction &op) {
  Array input = slots[op.in[0]].array, mask = slots[op.in[1]].array;
  SmallVector<int64_t> shape;
  size_t rank = std::max(input.shape.size(), mask.shape.size());
  for (size_t dim = 0; dim < rank; ++dim) {
    auto size = [&](const Array &array) -> int64_t {
      size_t missing = rank - array.shape.size();
      return dim < missing ? 1 : array.shape[dim - missing];
    };
    shape.push_back(size(input) == 1 ? size(mask) : size(input));
  }
  input = broadcast(input, shape);
  mask = broadcast(mask, shape);
  std::vector<Scalar> found;
  for (int64_t i = 0, e = mask.size(); i < e; ++i)
    if (mask.get(i).i)
      found.push_back(input.get(i));
  auto count = static_cast<int64_t>(found.size());
  Array result(count, op.to);
  for (auto [i, value] : llvm::enumerate(found))
    result.set(i, value);
  machine.symbols[cast<graph::MaskedSelectOp>(op.op).getSymbol()] = count;
  slots[op.out[0]].array = std::move(result);
  machine.observe(op, slots);
  return true;
}

void interpreter::addGraph(Table &table) {
  using namespace graph;
  table[ConstantOp::getOperationName()] = {
      runConstant, [](Instruction &op) {
        return readElements(cast<ConstantOp>(op.op).getValue(), op.array);
      }};
  table[CondOp::getOperationName()] = {runCond};
  table[WhileOp::getOperationName()] = {runWhile};
  table[ItemOp::getOperationName()] = {runItem};
  table[SizeToTensorOp::getOperationName()] = {runSizeToTensor};
  table[AssertOp::getOperationName()] = {runAssert};
  table[AssertTensorOp::getOperationName()] = {runAssertTensor};
  table[NonzeroOp::getOperationName()] = {runNonzero};
  table[MaskedSelectOp::getOperationName()] = {runMaskedSelect};
}
