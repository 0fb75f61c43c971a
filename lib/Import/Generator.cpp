//===- Generator.cpp - The default generator of a program -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// What torch seeds a generator with that nobody seeds.
static constexpr int64_t defaultSeed = 67280421310721;

/// A name that no input, weight or buffer of the program has.
static std::string chooseName(const loader::Program &program) {
  std::string name = "random_state";
  auto isTaken = [&] {
    return llvm::any_of(program.inputs,
                        [&](const loader::InputSpec &spec) {
                          return spec.target == name;
                        }) ||
           llvm::any_of(program.graphs.front().inputs,
                        [&](const auto &input) { return input.name == name; });
  };
  while (isTaken())
    name += "_";
  return name;
}

void Generator::ensureState() {
  if (state || e.hasFailed())
    return;
  func::FuncOp function = importer.function;
  std::string name = chooseName(importer.program);
  auto type = StridedTensorType::get(e.getContext(), e.exprs({2}), e.i64());
  unsigned number = function.getNumArguments();
  DictionaryAttr attributes = e.builder.getDictionaryAttr(
      e.builder.getNamedAttr("graph.name", e.builder.getStringAttr(name)));
  Location loc = NameLoc::get(e.builder.getStringAttr(name));
  if (failed(function.insertArgument(number, type, attributes, loc)))
    return (void)e.fail("internal", "the state cannot be added");
  state = function.getArgument(number);

  Signature::Input entry;
  entry.name = name;
  entry.target = name;
  entry.role = Signature::Input::Role::Random;
  entry.type = type;
  entry.argument = number;
  entry.initial = DenseElementsAttr::get(RankedTensorType::get({2}, e.i64()),
                                         ArrayRef<int64_t>{defaultSeed, 0});
  input = importer.signature.inputs.size();
  importer.signature.inputs.push_back(entry);

  // The first call may be inside a branch.
  OpBuilder::InsertionGuard guard(e.builder);
  e.builder.setInsertionPointToStart(&function.getBody().front());
  seed = e.select(state, 0, e.expr(0));
  calls = e.select(state, 0, e.expr(1));
}

Value Generator::getSeed() {
  ensureState();
  return seed;
}

Value Generator::emitPosition() {
  ensureState();
  Value base = position.base ? position.base : calls;
  if (position.ahead == 0)
    return base;
  return e.add(base, e.number(Item(e.expr(position.ahead)), e.i64()));
}

Value Generator::takeCall(int64_t count) {
  Value call = emitPosition();
  position.ahead += count;
  return call;
}

std::optional<std::pair<unsigned, Value>> Generator::finish() {
  if (!state)
    return std::nullopt;
  Value after;
  if (position.base) {
    after = e.cat(
        {e.reshape(seed, {e.expr(1)}), e.reshape(emitPosition(), {e.expr(1)})},
        0);
  } else {
    Value step = e.emit<graph::ConstantOp>(
        DenseElementsAttr::get(RankedTensorType::get({2}, e.i64()),
                               ArrayRef<int64_t>{0, position.ahead}));
    after = e.add(state, step);
  }
  return std::make_pair(input, after);
}
