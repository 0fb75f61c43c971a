//===- Recurrent.cpp - LSTM, GRU and Elman networks and their cells -------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The products of inputs and weights are made at once for all steps; a loop
// over the steps does the rest. All is computed in the compute type and rounded
// at the end.
//
//===----------------------------------------------------------------------===//

#include "Contractions.h"
#include "Distributions.h"
#include "Loops.h"
#include "Promotion.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

namespace {
enum class Cell { Lstm, Gru, Tanh, Relu };

/// The weights of one direction of one layer; biases and projection may be
/// null.
struct Weights {
  Value inputWeight, hiddenWeight, inputBias, hiddenBias, projection;
};
} // namespace

/// Part `index` of `count` of the last dimension.
static Value chunk(Emitter &e, Value x, int64_t index, int64_t count) {
  if (!x)
    return {};
  int64_t dim = e.rank(x) - 1;
  Expr size = e.size(x, dim).floorDiv(count);
  return e.slice(x, dim, size * index, size * (index + 1), e.expr(1));
}

static Value sigmoid(Emitter &e, Value x) {
  return e.emit<graph::SigmoidOp>(x);
}
static Value tanh(Emitter &e, Value x) { return e.emit<graph::TanhOp>(x); }

/// The next state, hidden first, from the present one and the product of the
/// input.
template <Cell cell>
static SmallVector<Value> emitStep(Emitter &e, Value fromInput,
                                   ArrayRef<Value> state, const Weights &w) {
  Value hidden = state[0];
  Value fromHidden = emitLinear(e, hidden, w.hiddenWeight, w.hiddenBias);
  if constexpr (cell == Cell::Gru) {
    auto gate = [&](int64_t i) {
      return sigmoid(
          e, e.add(chunk(e, fromInput, i, 3), chunk(e, fromHidden, i, 3)));
    };
    Value reset = gate(0), update = gate(1);
    Value fresh = tanh(e, e.add(chunk(e, fromInput, 2, 3),
                                e.mul(reset, chunk(e, fromHidden, 2, 3))));
    return {e.add(e.mul(e.sub(hidden, fresh), update), fresh)};
  } else {
    Value gates = e.add(fromInput, fromHidden);
    if constexpr (cell == Cell::Tanh)
      return {tanh(e, gates)};
    if constexpr (cell == Cell::Relu)
      return {e.emit<graph::ReluOp>(gates)};
    auto gate = [&](int64_t i) { return sigmoid(e, chunk(e, gates, i, 4)); };
    Value memory = e.add(e.mul(gate(1), state[1]),
                         e.mul(gate(0), tanh(e, chunk(e, gates, 2, 4))));
    Value next = e.mul(gate(3), tanh(e, memory));
    if (w.projection)
      next = emitLinear(e, next, w.projection, {});
    return {next, memory};
  }
}

/// Hidden states of all steps of `x` [steps, batch, features], and the last
/// state.
template <Cell cell>
static SmallVector<Value> emitDirection(Emitter &e, Value x,
                                        ArrayRef<Value> state, const Weights &w,
                                        bool isReversed) {
  Value fromInput = emitLinear(e, x, w.inputWeight, w.inputBias);
  Expr steps = e.size(x, 0);
  SmallVector<Expr> shape = e.shape(state[0]);
  shape.insert(shape.begin(), steps);
  SmallVector<Value> inits{e.full(shape, e.number(0, e.elementType(x)))};
  inits.append(state.begin(), state.end());
  Value last = e.sub(e.sizeToTensor(steps), 1);
  return emitLoop(e, steps, inits, [&](Value index, ArrayRef<Value> carried) {
    Value step = isReversed ? e.sub(last, index) : index;
    SmallVector<Value> next = emitStep<cell>(
        e, emitElement(e, fromInput, 0, step), carried.drop_front(), w);
    next.insert(next.begin(), emitWithElement(e, carried[0], 0, step, next[0]));
    return next;
  });
}

namespace {
/// A list of weights in the compute type, taken from the front.
class WeightList {
public:
  WeightList(Call &call, bool hasProjection)
      : e(call.e), values(call.tensors("params")),
        hasBiases(call.flag("has_biases")), hasProjection(hasProjection) {}

  Weights next() {
    Weights w;
    w.inputWeight = take();
    w.hiddenWeight = take();
    if (hasBiases) {
      w.inputBias = take();
      w.hiddenBias = take();
    }
    if (hasProjection)
      w.projection = take();
    return w;
  }
  bool isDone() const { return place == values.size(); }

private:
  Value take() {
    if (place == values.size())
      return e.fail("op-argument", "too few weights");
    Value value = values[place++];
    return value ? e.cast(value, getComputeType(e.elementType(value)))
                 : e.fail("op-argument", "a weight is None");
  }

  Emitter &e;
  SmallVector<Value> values;
  bool hasBiases, hasProjection;
  size_t place = 0;
};
} // namespace

/// The states that a call starts from, hidden first.
template <Cell cell>
static SmallVector<Value> readStates(Call &call) {
  Emitter &e = call.e;
  SmallVector<Value> states = cell == Cell::Lstm
                                  ? call.tensors("hx")
                                  : SmallVector<Value>{call.tensor("hx")};
  if (states.size() != (cell == Cell::Lstm ? 2 : 1) ||
      llvm::is_contained(states, Value())) {
    e.fail("op-argument", "expected " +
                              Twine(cell == Cell::Lstm ? "two" : "one") +
                              " initial states");
    states.assign(cell == Cell::Lstm ? 2 : 1, Value());
  }
  for (Value &state : states)
    state = e.cast(state, getComputeType(e.elementType(state)));
  return states;
}

template <Cell cell>
static void importLayers(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type type = e.elementType(input);
  int64_t layers = call.integer("num_layers");
  int64_t directions = call.flag("bidirectional") ? 2 : 1;
  double dropout = call.flag("train") ? call.number("dropout") : 0;
  SmallVector<Value> initial = readStates<cell>(call);
  for (Value x : {input, initial[0], initial.back()})
    if (!e.hasFailed() && e.rank(x) != 3)
      e.fail("shape-mismatch", "expected inputs and states of 3 dimensions");
  if (e.hasFailed())
    return;
  if (layers < 1 || e.size(initial[0], 0) != layers * directions)
    return (void)e.fail("op-argument", "expected one state per layer and "
                                       "direction");

  bool batchFirst = call.flag("batch_first");
  Value x = e.cast(input, getComputeType(type));
  if (batchFirst)
    x = e.transpose(x, 0, 1);
  WeightList weights(call, cell == Cell::Lstm &&
                               e.size(initial[0], 2) != e.size(initial[1], 2));
  SmallVector<SmallVector<Value>> finals(initial.size());
  for (int64_t layer = 0; layer < layers; ++layer) {
    SmallVector<Value> outputs;
    for (int64_t direction = 0; direction < directions; ++direction) {
      Expr place = e.expr(layer * directions + direction);
      SmallVector<Value> state;
      for (Value values : initial)
        state.push_back(e.select(values, 0, place));
      Weights w = weights.next();
      if (e.hasFailed())
        return;
      SmallVector<Value> results =
          emitDirection<cell>(e, x, state, w, direction == 1);
      outputs.push_back(results[0]);
      for (size_t i = 0; i < finals.size(); ++i)
        finals[i].push_back(e.unsqueeze(results[i + 1], 0));
    }
    x = outputs.size() == 1 ? outputs[0] : e.cat(outputs, 2);
    if (dropout > 0 && layer + 1 < layers)
      x = emitDropout(call, x, dropout);
  }
  if (!weights.isDone())
    return (void)e.fail("op-argument", "too many weights");
  x = e.cast(x, type);
  call.result(batchFirst ? e.transpose(x, 0, 1) : x);
  for (ArrayRef<Value> values : finals)
    call.result(
        e.cast(values.size() == 1 ? values[0] : e.cat(values, 0), type));
}

template <Cell cell>
static void importCell(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  Type type = e.elementType(input), compute = getComputeType(type);
  SmallVector<Value> state = readStates<cell>(call);
  auto weight = [&](StringRef name) {
    return e.cast(call.optionalTensor(name), compute);
  };
  Weights w{weight("w_ih"), weight("w_hh"), weight("b_ih"), weight("b_hh"), {}};
  if (e.hasFailed())
    return;
  Value fromInput =
      emitLinear(e, e.cast(input, compute), w.inputWeight, w.inputBias);
  for (Value value : emitStep<cell>(e, fromInput, state, w))
    call.result(e.cast(value, type));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.gru.input", importLayers<Cell::Gru>},
    {"aten.gru_cell.default", importCell<Cell::Gru>},
    {"aten.lstm.input", importLayers<Cell::Lstm>},
    {"aten.lstm_cell.default", importCell<Cell::Lstm>},
    {"aten.rnn_relu.input", importLayers<Cell::Relu>},
    {"aten.rnn_relu_cell.default", importCell<Cell::Relu>},
    {"aten.rnn_tanh.input", importLayers<Cell::Tanh>},
    {"aten.rnn_tanh_cell.default", importCell<Cell::Tanh>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::recurrentOverloads() { return table; }
