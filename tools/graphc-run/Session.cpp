//===- Session.cpp - A loaded module and the tensors of its calls ---------===//
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
#include "llvm/Support/FileSystem.h"

#include <chrono>
#include <cstring>
#include <dlfcn.h>

using namespace graphc::run;

/// What a status is for who runs a module; docs/Errors.md lists them.
static llvm::StringLiteral codeOf(graphc_status status) {
  switch (status) {
  case GRAPHC_ERROR_CHECK:
    return "run-check";
  case GRAPHC_ERROR_WEIGHTS:
    return "run-weights";
  case GRAPHC_ERROR_MEMORY:
    return "run-memory";
  case GRAPHC_ERROR_DRIVER:
    return "run-driver";
  default:
    return "run-argument";
  }
}

llvm::Expected<const graphc_module *>
graphc::run::loadModule(llvm::StringRef path) {
  llvm::SmallString<128> absolute(path); // dlopen searches for bare names
  llvm::sys::fs::make_absolute(absolute);
  void *library = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    // It may be about another library that this one needs.
    llvm::StringRef problem = dlerror();
    if (problem.consume_front(absolute))
      problem.consume_front(": ");
    return makeError("module-open", path + ": " + problem);
  }
  auto *module =
      static_cast<const graphc_module *>(dlsym(library, "graphc_module"));
  if (!module)
    return makeError("module-open", "'" + path + "' is no module of graphc");
  if (module->abi != GRAPHC_RUNTIME_ABI)
    return makeError("module-version",
                     "'" + path + "' was compiled for runtime " +
                         llvm::Twine(module->abi) + ", expected " +
                         llvm::Twine(GRAPHC_RUNTIME_ABI));
  return module;
}

Session::~Session() {
  if (context)
    module->api->destroy(context);
}

llvm::Error Session::fail(graphc_status status) const {
  return makeError(codeOf(status), llvm::Twine(module->name) + ": " +
                                       module->api->last_error(context));
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

static llvm::StringRef getKindName(graphc_kind kind) {
  static constexpr llvm::StringLiteral names[] = {
      "a tensor", "an int", "a float", "a bool", "a string", "None"};
  return names[kind];
}

/// Whether a given value is the one that the program was saved for.
static bool isLiteral(const Value &value, const graphc_literal &literal) {
  if (value.kind != literal.kind)
    return false;
  switch (value.kind) {
  case GRAPHC_KIND_INT:
  case GRAPHC_KIND_BOOL:
    return value.integer == literal.integer;
  case GRAPHC_KIND_FLOAT:
    return value.real == literal.real || // or both NaN
           (value.real != value.real && literal.real != literal.real);
  case GRAPHC_KIND_STRING:
    return value.text == literal.text;
  default:
    return true;
  }
}

/// A scalar as the tensor without dimensions that stands for it.
static Tensor makeScalar(const Value &value) {
  Tensor tensor;
  tensor.buffer = Buffer(8);
  if (value.kind == GRAPHC_KIND_FLOAT) {
    tensor.dtype = {kDLFloat, 64, 1};
    std::memcpy(tensor.buffer.data(), &value.real, 8);
    return tensor;
  }
  bool isBool = value.kind == GRAPHC_KIND_BOOL;
  tensor.dtype = isBool ? DLDataType{kDLBool, 8, 1} : DLDataType{kDLInt, 64, 1};
  std::memcpy(tensor.buffer.data(), &value.integer, isBool ? 1 : 8);
  return tensor;
}

llvm::Error Session::matchArguments(std::vector<Value> values) {
  if (values.size() != module->num_arguments)
    return makeError("run-argument", "got " + llvm::Twine(values.size()) +
                                         " inputs, expected " +
                                         llvm::Twine(module->num_arguments));
  inputs.resize(module->num_inputs);
  for (size_t i = 0; i < values.size(); ++i) {
    const graphc_argument &argument = module->arguments[i];
    std::string where =
        "input " + std::to_string(i) + " '" + argument.name + "': ";
    if (argument.index < 0) {
      if (!isLiteral(values[i], argument.literal))
        return makeError("run-argument",
                         where + "differs from the value that the program was "
                                 "saved for");
      continue;
    }
    graphc_kind expected = module->inputs[argument.index].kind;
    if (values[i].kind != expected)
      return makeError("run-argument",
                       where + "got " + getKindName(values[i].kind) +
                           ", expected " + getKindName(expected));
    inputs[argument.index] = expected == GRAPHC_KIND_TENSOR
                                 ? std::move(values[i].tensor)
                                 : makeScalar(values[i]);
  }
  for (size_t i = 0; i < module->num_mutations; ++i) {
    graphc_place place = module->mutations[i].place;
    if (place.is_state)
      continue;
    const Buffer &buffer = inputs[place.index].buffer;
    originals.emplace_back(
        place.index,
        std::vector<char>(buffer.data(), buffer.data() + buffer.size()));
  }
  return llvm::Error::success();
}

static std::vector<DLTensor> getViews(std::vector<Tensor> &tensors) {
  std::vector<DLTensor> views;
  for (Tensor &tensor : tensors)
    views.push_back(tensor.view());
  return views;
}

llvm::Error Session::makeOutputs() {
  std::vector<DLTensor> views = getViews(inputs);
  for (size_t i = 0; i < module->num_outputs; ++i) {
    const graphc_type &type = module->outputs[i].type;
    Tensor tensor;
    tensor.dtype = type.dtype;
    tensor.shape.resize(type.rank);
    tensor.strides.resize(type.rank);
    if (graphc_status status = module->api->output_shape(
            context, views.data(), views.size(), i, tensor.shape.data(),
            tensor.strides.data()))
      return fail(status);
    std::optional<size_t> span =
        getSpan(tensor.dtype, tensor.shape, tensor.strides);
    if (span)
      tensor.buffer = Buffer(*span);
    if (!span || !tensor.buffer.data())
      return makeError("run-memory",
                       "output " + llvm::Twine(i) + " does not fit memory");
    outputShapes.push_back(tensor.shape);
    outputStrides.push_back(tensor.strides);
    outputs.push_back(std::move(tensor));
  }
  return llvm::Error::success();
}

llvm::Error Session::prepare(const graphc_module *givenModule,
                             const graphc_options &options,
                             std::vector<Value> arguments) {
  module = givenModule;
  driver = options.driver ? options.driver : "";
  if (graphc_status status = module->api->create(&options, &context))
    return fail(status);
  if (llvm::Error error = matchArguments(std::move(arguments)))
    return error;
  if (llvm::Error error = makeOutputs())
    return error;
  std::vector<DLTensor> views = getViews(inputs);
  size_t size;
  if (graphc_status status = module->api->workspace_size(context, views.data(),
                                                         views.size(), &size))
    return fail(status);
  if (module->device) // It has its own, in the device's memory.
    return llvm::Error::success();
  workspace = Buffer(size);
  return workspace.data()
             ? llvm::Error::success()
             : makeError("run-memory", "the workspace does not fit memory");
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

/// Shapes that a run has replaced are bounds again.
static void resetShapes(std::vector<Tensor> &outputs,
                        const std::vector<std::vector<int64_t>> &shapes,
                        const std::vector<std::vector<int64_t>> &strides) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    llvm::copy(shapes[i], outputs[i].shape.begin());
    llvm::copy(strides[i], outputs[i].strides.begin());
  }
}

/// The state that random numbers are drawn from.
static std::optional<size_t> findRandomState(const graphc_module &module) {
  for (size_t i = 0; i < module.num_states; ++i)
    if (module.states[i].is_random)
      return i;
  return std::nullopt;
}

llvm::Error Session::seed(int64_t number) {
  givenSeed = number;
  std::optional<size_t> index = findRandomState(*module);
  if (!index)
    return makeError("run-argument",
                     "the module draws no random numbers, so it takes no seed");
  DLTensor tensor;
  if (graphc_status status = module->api->state(context, *index, &tensor))
    return fail(status);
  const int64_t state[2] = {number, 0};
  if (tensor.device.device_type == kDLCPU)
    std::memcpy(tensor.data, state, sizeof(state));
  else if (!copyToDevice(driver.empty() ? nullptr : driver.c_str(),
                         tensor.device.device_id, tensor.data, state,
                         sizeof(state)))
    return makeError("run-driver", "a state cannot be copied to the device");
  return llvm::Error::success();
}

llvm::Error Session::run() {
  resetShapes(outputs, outputShapes, outputStrides);
  std::vector<DLTensor> in = getViews(inputs), out = getViews(outputs);
  if (graphc_status status =
          module->api->run(context, in.data(), in.size(), out.data(),
                           out.size(), workspace.data(), workspace.size()))
    return fail(status);
  return llvm::Error::success();
}

llvm::Error Session::observe(graphc_observer observer, void *user) {
  if (graphc_status status = module->api->observe(context, observer, user))
    return fail(status);
  return llvm::Error::success();
}

llvm::Error Session::time(graphc_observer observer, void *user) {
  if (graphc_status status = module->api->time(context, observer, user))
    return fail(status);
  return llvm::Error::success();
}

void Session::restore() {
  for (const auto &[index, bytes] : originals)
    llvm::copy(bytes, inputs[index].buffer.data());
}

llvm::Error Session::rewind() {
  restore();
  for (Tensor &output : outputs)
    std::memset(output.buffer.data(), 0xa5, output.buffer.size());
  if (graphc_status status = module->api->reset(context))
    return fail(status);
  return givenSeed ? seed(*givenSeed) : llvm::Error::success();
}

llvm::Expected<BenchResult> Session::bench(double seconds) {
  using Clock = std::chrono::steady_clock;
  std::vector<DLTensor> in = getViews(inputs), out = getViews(outputs);
  std::vector<double> times;
  auto runUntil = [&](double limit, size_t atLeast) -> llvm::Error {
    times.clear();
    Clock::time_point start = Clock::now();
    for (;;) {
      restore();
      resetShapes(outputs, outputShapes, outputStrides);
      Clock::time_point before = Clock::now();
      graphc_status status =
          module->api->run(context, in.data(), in.size(), out.data(),
                           out.size(), workspace.data(), workspace.size());
      Clock::time_point after = Clock::now();
      if (status)
        return fail(status);
      times.push_back(
          std::chrono::duration<double, std::milli>(after - before).count());
      if (times.size() >= atLeast &&
          std::chrono::duration<double>(after - start).count() >= limit)
        return llvm::Error::success();
    }
  };
  if (llvm::Error error = runUntil(seconds / 10, 3))
    return error;
  if (llvm::Error error = runUntil(seconds, 5))
    return error;
  BenchResult result;
  result.runs = times.size();
  llvm::sort(times);
  result.minMs = times.front();
  if (graphc_status status = module->api->copied_bytes(
          context, &result.bytesToDevice, &result.bytesToHost))
    return fail(status);
  result.medianMs =
      (times[(times.size() - 1) / 2] + times[times.size() / 2]) / 2;
  return result;
}
