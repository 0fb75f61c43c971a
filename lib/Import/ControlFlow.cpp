//===- ControlFlow.cpp - cond, while_loop and wrappers --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "Loops.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// The operands of a higher-order call: its lists spread out.
static Item::List flatten(ArrayRef<Item> items) {
  Item::List flat;
  for (const Item &item : items) {
    if (const auto *list = item.as<Item::List>())
      flat.insert(flat.end(), list->begin(), list->end());
    else
      flat.push_back(item);
  }
  return flat;
}

/// Values for what a branch returns. Numbers become 0-d tensors.
static std::optional<SmallVector<Value>>
materializeAll(Importer &importer, Emitter &e, const Item::List &items) {
  SmallVector<Value> values;
  for (const Item &item : items) {
    if (item.isNone()) {
      e.unsupported("a branch returns None");
      return std::nullopt;
    }
    values.push_back(importer.materialize(item));
    if (!values.back())
      return std::nullopt;
  }
  return values;
}

/// A result of an op as what the program takes it for: a tensor, or a number.
static Item wrapResult(Importer &importer, Emitter &e, const loader::Node &node,
                       Value value, const Item &like) {
  if (like.as<TensorRef>())
    return std::make_shared<Tensor>(value);
  if (like.as<double>() || like.as<SymFloat>())
    return SymFloat{Expr(), 1, value};
  if (like.as<Expr>())
    return importer.defineItem(node, value);
  return TensorBool{value};
}

/// An op of two regions.
template <typename OpTy>
static Operation *createOp(Emitter &e, ValueRange operands, TypeRange types,
                           std::unique_ptr<Region> (&regions)[2]) {
  OperationState state(e.loc, OpTy::getOperationName());
  state.addOperands(operands);
  state.addTypes(types);
  for (std::unique_ptr<Region> &region : regions)
    state.addRegion(std::move(region));
  return e.builder.create(state);
}

/// The leading results of `op` in the kinds of `likes`.
static Item::List wrapResults(Importer &importer, Emitter &e,
                              const loader::Node &node, Operation *op,
                              const Item::List &likes) {
  Item::List results;
  for (auto [value, like] : llvm::zip(op->getResults(), likes))
    results.push_back(wrapResult(importer, e, node, value, like));
  return results;
}

//===----------------------------------------------------------------------===//
// cond
//===----------------------------------------------------------------------===//

static std::optional<Item::List> importCond(Importer &importer, Emitter &e,
                                            const loader::Node &node,
                                            ArrayRef<Item> arguments) {
  const GraphIndex *branches[2] = {};
  if (arguments.size() >= 3) {
    branches[0] = arguments[1].as<GraphIndex>();
    branches[1] = arguments[2].as<GraphIndex>();
  }
  if (!branches[0] || !branches[1]) {
    e.fail("op-argument", "expected a predicate, two graphs and operands");
    return std::nullopt;
  }
  Item::List operands = flatten(arguments.drop_front(3));
  // A predicate that is known chooses now.
  if (const auto *known = arguments[0].as<bool>())
    return importer.importGraph(branches[*known ? 0 : 1]->index, operands);

  Value predicate = e.reshape(e.toBool(importer.materialize(arguments[0])), {});
  if (!predicate)
    return std::nullopt;
  std::unique_ptr<Region> regions[2];
  SmallVector<Value> types;
  Item::List outputs;
  Generator &generator = importer.getGenerator();
  Generator::Position before = generator.getPosition(), behind = before;
  for (int branch : {0, 1}) {
    RegionScope scope(e);
    generator.setPosition(before);
    auto results = importer.importGraph(branches[branch]->index, operands);
    if (!results)
      return std::nullopt;
    auto values = materializeAll(importer, e, *results);
    if (!values)
      return std::nullopt;
    if (branch == 0) {
      types = *values;
      outputs = *results;
    } else if (values->size() != types.size()) {
      e.fail("shape-mismatch", "the branches return different numbers of "
                               "results");
      return std::nullopt;
    } else {
      // The branches may lay out their results differently.
      for (auto [value, type] : llvm::zip(*values, types))
        value = e.withLayoutOf(value, type);
    }
    if (e.hasFailed())
      return std::nullopt;
    for (auto [value, type] : llvm::zip(*values, types)) {
      if (value.getType() != type.getType()) {
        e.fail("shape-mismatch", "the branches return different types");
        return std::nullopt;
      }
    }
    // One branch runs, so both may draw the same numbers. What follows draws
    // others than either.
    Generator::Position position = generator.getPosition();
    if (position.base != before.base)
      e.unsupported("a loop inside a branch draws random numbers");
    behind.ahead = std::max(behind.ahead, position.ahead);
    scope.yield(*values);
    regions[branch] = scope.take();
  }
  generator.setPosition(behind);

  Operation *op = createOp<graph::CondOp>(
      e, predicate, ValueRange(types).getTypes(), regions);
  return wrapResults(importer, e, node, op, outputs);
}

//===----------------------------------------------------------------------===//
// while_loop
//===----------------------------------------------------------------------===//

namespace {
/// A loop whose parts draw random numbers carries the number of the next call,
/// so that each iteration draws others.
class CarriedCalls {
public:
  CarriedCalls(Generator &generator, Emitter &e)
      : generator(generator), e(e), before(generator.getPosition()),
        type(StridedTensorType::get(e.getContext(), ArrayRef<Expr>(),
                                    e.i64())) {}

  /// The condition comes first, then the body.
  void beginPart(Block &block) {
    begin = {block.addArgument(type, e.loc), inCondition};
    generator.setPosition(begin);
  }
  void endPart(SmallVectorImpl<Value> &yielded) {
    Generator::Position end = generator.getPosition();
    isUsed |= end.base != begin.base || end.ahead != begin.ahead;
    if (isBody && isUsed)
      yielded.push_back(generator.emitPosition());
    else if (end.base != begin.base)
      e.unsupported("a loop inside a loop's condition draws random numbers");
    if (!isBody)
      inCondition = end.ahead;
    isBody = true;
  }
  /// Gives the loop another carried value, or takes back what was prepared.
  /// Whether it has one.
  bool addTo(SmallVectorImpl<Value> &inits, SmallVectorImpl<Type> &types,
             std::unique_ptr<Region> (&regions)[2]) {
    generator.setPosition(before);
    if (isUsed) {
      inits.push_back(generator.emitPosition());
      types.push_back(type);
    } else {
      for (std::unique_ptr<Region> &region : regions)
        region->front().eraseArgument(types.size());
    }
    return isUsed;
  }
  /// The condition was evaluated once more than the body.
  void continueBehind(Operation *loop) {
    generator.setPosition(
        {loop->getResult(loop->getNumResults() - 1), inCondition});
  }

private:
  Generator &generator;
  Emitter &e;
  Generator::Position before, begin;
  StridedTensorType type;
  int64_t inCondition = 0;
  bool isUsed = false, isBody = false;
};
} // namespace

static std::optional<Item::List> importWhile(Importer &importer, Emitter &e,
                                             const loader::Node &node,
                                             ArrayRef<Item> arguments) {
  const auto *condition =
      arguments.size() >= 3 ? arguments[0].as<GraphIndex>() : nullptr;
  const auto *body =
      arguments.size() >= 3 ? arguments[1].as<GraphIndex>() : nullptr;
  if (!condition || !body) {
    e.fail("op-argument", "expected two graphs and carried values");
    return std::nullopt;
  }
  Item::List carried = flatten(arguments[2]);
  Item::List additional = flatten(arguments.drop_front(3));
  auto inits = materializeAll(importer, e, carried);
  if (!inits)
    return std::nullopt;
  // The loop keeps one layout: that of a fresh tensor.
  for (Value &init : *inits)
    init = e.contiguous(init);
  if (e.hasFailed())
    return std::nullopt;
  SmallVector<Type> types(ValueRange(*inits).getTypes());
  SmallVector<Location> locs(types.size(), e.loc);

  std::unique_ptr<Region> regions[2];
  CarriedCalls drawn(importer.getGenerator(), e);
  for (int part : {0, 1}) {
    RegionScope scope(e);
    SmallVector<Value> blockArguments(scope.block().addArguments(types, locs));
    Item::List inputs;
    for (auto [argument, like] : llvm::zip(blockArguments, carried))
      inputs.push_back(wrapResult(importer, e, node, argument, like));
    drawn.beginPart(scope.block());
    inputs.insert(inputs.end(), additional.begin(), additional.end());
    auto results =
        importer.importGraph(part ? body->index : condition->index, inputs);
    if (!results)
      return std::nullopt;
    auto values = materializeAll(importer, e, *results);
    if (!values)
      return std::nullopt;
    if (part == 0) {
      if (values->size() != 1) {
        e.fail("op-argument", "the condition returns no single value");
        return std::nullopt;
      }
      values->front() = e.reshape(e.toBool(values->front()), {});
    } else {
      for (Value &value : *values)
        value = e.contiguous(value);
    }
    if (e.hasFailed())
      return std::nullopt;
    if (part == 1 &&
        SmallVector<Type>(ValueRange(*values).getTypes()) != types) {
      e.fail("shape-mismatch", "a carried value changes its type");
      return std::nullopt;
    }
    drawn.endPart(*values);
    if (e.hasFailed())
      return std::nullopt;
    scope.yield(*values);
    regions[part] = scope.take();
  }
  bool isCarried = drawn.addTo(*inits, types, regions);
  Operation *op = createOp<graph::WhileOp>(e, *inits, types, regions);
  if (isCarried)
    drawn.continueBehind(op);
  return wrapResults(importer, e, node, op, carried);
}

//===----------------------------------------------------------------------===//
// Wrappers
//===----------------------------------------------------------------------===//

/// Operators that run one graph: its first graph argument on what follows.
static std::optional<Item::List> importWrapper(Importer &importer, Emitter &e,
                                               ArrayRef<Item> arguments) {
  for (auto [position, item] : llvm::enumerate(arguments)) {
    const auto *body = item.as<GraphIndex>();
    if (!body)
      continue;
    ArrayRef<Item> rest = arguments.drop_front(position + 1);
    // invoke_subgraph names the graph before its operands.
    if (!rest.empty() && rest.front().as<std::string>())
      rest = rest.drop_front();
    return importer.importGraph(body->index, flatten(rest));
  }
  e.fail("op-argument", "expected a graph");
  return std::nullopt;
}

static constexpr StringLiteral wrappers[] = {
    "higher_order.invoke_subgraph", "higher_order.wrap_with_set_grad_enabled"};

StringRef graphc::aten::getCalledTarget(const loader::Node &node) {
  if (node.target == "higher_order.with_effects" && node.arguments.size() > 1)
    if (const auto *target =
            std::get_if<std::string>(&node.arguments[1].argument.value))
      return *target;
  return node.target;
}

loader::Node graphc::aten::withoutEffects(const loader::Node &node) {
  loader::Node call = node;
  call.target = getCalledTarget(node).str();
  call.arguments.erase(call.arguments.begin(), call.arguments.begin() + 2);
  if (!call.results.empty())
    call.results.erase(call.results.begin());
  return call;
}

bool graphc::aten::isSupportedHigherOrder(StringRef target) {
  return target == "higher_order.cond" || target == "higher_order.while_loop" ||
         llvm::is_contained(wrappers, target);
}

std::vector<StringRef> graphc::aten::supportedHigherOrder() {
  std::vector<StringRef> names(std::begin(wrappers), std::end(wrappers));
  names.push_back("higher_order.cond");
  names.push_back("higher_order.while_loop");
  names.push_back("higher_order.with_effects");
  return names;
}

std::optional<Item::List>
graphc::aten::importHigherOrder(Importer &importer, Emitter &e,
                                const loader::Node &node,
                                ArrayRef<Item> arguments) {
  if (node.target == "higher_order.cond")
    return importCond(importer, e, node, arguments);
  if (node.target == "higher_order.while_loop")
    return importWhile(importer, e, node, arguments);
  return importWrapper(importer, e, arguments);
}
