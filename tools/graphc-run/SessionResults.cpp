//===- SessionResults.cpp - What runs of a module leave -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Session.h"

#include "Device.h"

#include "graphc/Support/CodedError.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>

using namespace graphc::run;

static Value copyTensor(const DLTensor &tensor) {
  Value value;
  value.kind = GRAPHC_KIND_TENSOR;
  value.tensor.dtype = tensor.dtype;
  value.tensor.shape.assign(tensor.shape, tensor.shape + tensor.ndim);
  value.tensor.strides.assign(tensor.strides, tensor.strides + tensor.ndim);
  size_t span = getSpan(tensor.dtype, value.tensor.shape, value.tensor.strides)
                    .value_or(0);
  value.tensor.buffer = Buffer(span);
  std::memcpy(value.tensor.buffer.data(), tensor.data, span);
  return value;
}

Value Session::readScalar(Tensor &tensor, graphc_kind kind) {
  if (kind == GRAPHC_KIND_TENSOR)
    return copyTensor(tensor.view());
  Value value;
  value.kind = kind;
  const char *data = tensor.buffer.data();
  if (kind == GRAPHC_KIND_FLOAT)
    std::memcpy(&value.real, data, 8);
  else if (kind == GRAPHC_KIND_BOOL)
    value.integer = *data != 0;
  else
    std::memcpy(&value.integer, data, 8);
  return value;
}

DLTensor Session::getPlace(graphc_place place) {
  DLTensor tensor;
  if (place.is_state)
    module->api->state(context, place.index, &tensor);
  else
    tensor = inputs[place.index].view();
  return tensor;
}

llvm::Expected<Value> Session::readMutation(const graphc_mutation &mutation) {
  DLTensor tensor = getPlace(mutation.place);
  if (tensor.device.device_type == kDLCPU)
    return copyTensor(tensor);
  std::optional<size_t> span =
      getSpan(tensor.dtype, {tensor.shape, size_t(tensor.ndim)},
              {tensor.strides, size_t(tensor.ndim)});
  Buffer copy(span.value_or(0));
  if (!copy.data() || !copyFromDevice(driver.empty() ? nullptr : driver.c_str(),
                                      tensor.device.device_id, copy.data(),
                                      tensor.data, copy.size()))
    return makeError("run-driver", "a state cannot be copied from the device");
  tensor.data = copy.data();
  return copyTensor(tensor);
}

std::vector<DLTensor> Session::getResults() {
  std::vector<DLTensor> results(module->num_results);
  for (size_t i = 0; i < module->num_results; ++i)
    if (module->results[i].output >= 0)
      results[i] = outputs[module->results[i].output].view();
  for (size_t i = 0; i < module->num_mutations; ++i)
    if (int32_t result = module->mutations[i].result;
        module->results[result].output < 0)
      results[result] = getPlace(module->mutations[i].place);
  return results;
}

static Value makeLiteral(const graphc_literal &literal) {
  Value value;
  value.kind = literal.kind;
  value.integer = literal.integer;
  value.real = literal.real;
  value.text = literal.text ? literal.text : "";
  return value;
}

llvm::Expected<Results> Session::collect() {
  Results results;
  std::vector<bool> told(module->num_mutations);
  for (size_t i = 0; i < module->num_specs; ++i) {
    const graphc_spec &spec = module->specs[i];
    Value value;
    if (spec.output >= 0) {
      value =
          readScalar(outputs[spec.output], module->outputs[spec.output].kind);
    } else if (spec.mutation >= 0) {
      llvm::Expected<Value> left =
          readMutation(module->mutations[spec.mutation]);
      if (!left)
        return left.takeError();
      value = std::move(*left);
      told[spec.mutation] = true;
    } else {
      value = makeLiteral(spec.literal);
    }
    value.spec = spec.role;
    value.target = spec.target ? spec.target : "";
    results.outputs.push_back(std::move(value));
  }
  std::vector<std::pair<int32_t, size_t>> untold; // in the order of inputs
  for (size_t i = 0; i < module->num_mutations; ++i)
    if (!told[i])
      untold.emplace_back(module->mutations[i].graph_input, i);
  llvm::sort(untold);
  for (auto [input, i] : untold) {
    llvm::Expected<Value> value = readMutation(module->mutations[i]);
    if (!value)
      return value.takeError();
    if (input >= 0)
      value->input = input;
    results.mutated.push_back(std::move(*value));
  }
  return results;
}
