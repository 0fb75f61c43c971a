//===- Interface.cpp - From the signature to the interface ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Describer.h"

#include "graphc/Support/ErrorCode.h"

using namespace mlir;
using namespace graphc;

InterfaceExpr InterfaceExpr::constant(int64_t value) {
  return {{GRAPHC_EXPR_CONSTANT, value, GRAPHC_EXPR_END}};
}

InterfaceExpr InterfaceExpr::symbol(int64_t index) {
  return {{GRAPHC_EXPR_SYMBOL, index, GRAPHC_EXPR_END}};
}

std::optional<int64_t> InterfaceExpr::getConstant() const {
  if (code.size() == 3 && code[0] == GRAPHC_EXPR_CONSTANT)
    return code[1];
  return std::nullopt;
}

LogicalResult Describer::fail(const Twine &message) {
  return withCode("module-interface", module.emitError(message));
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

static InterfaceLiteral describeLiteral(Attribute value) {
  InterfaceLiteral literal;
  if (auto boolean = dyn_cast_or_null<BoolAttr>(value)) {
    literal.kind = GRAPHC_KIND_BOOL;
    literal.integer = boolean.getValue();
  } else if (auto integer = dyn_cast_or_null<IntegerAttr>(value)) {
    literal.kind = GRAPHC_KIND_INT;
    literal.integer = integer.getValue().getSExtValue();
  } else if (auto real = dyn_cast_or_null<FloatAttr>(value)) {
    literal.kind = GRAPHC_KIND_FLOAT;
    literal.real = real.getValueAsDouble();
  } else if (auto text = dyn_cast_or_null<StringAttr>(value)) {
    literal.kind = GRAPHC_KIND_STRING;
    literal.text = text.getValue().str();
  }
  return literal;
}

LogicalResult Describer::readState(const Signature::Input &input) {
  FailureOr<InterfaceType> type = describeType(input.type);
  if (failed(type))
    return failure();
  InterfaceState state;
  state.name = input.target.empty() ? input.name : input.target;
  int64_t span = 1;
  for (auto [size, stride] : llvm::zip(type->shape, type->strides)) {
    if (!size.getConstant() || !stride.getConstant())
      return fail("buffer '" + state.name +
                  "' is changed by the program but "
                  "its size is not constant");
    if (*size.getConstant() == 0 || span == 0)
      span = 0;
    else
      span += (*size.getConstant() - 1) * *stride.getConstant();
  }
  if (!input.initial)
    return fail("buffer '" + state.name + "' has no first value");
  state.type = std::move(*type);
  state.size = static_cast<uint64_t>(span) * state.type.dtype.bits / 8;
  state.initial = input.initial;
  state.isRandom = input.role == Signature::Input::Role::Random;
  inputPlaces.push_back(
      graphc_place{1, static_cast<int32_t>(interface.states.size())});
  interface.states.push_back(std::move(state));
  return success();
}

LogicalResult Describer::readInput(const Signature::Input &input) {
  if (input.role != Signature::Input::Role::User)
    return readState(input);
  InterfaceArgument argument;
  argument.name = input.name;
  if (input.kind == Signature::Kind::Literal) {
    argument.literal = describeLiteral(input.value);
    interface.arguments.push_back(std::move(argument));
    inputPlaces.push_back(std::nullopt);
    return success();
  }
  FailureOr<InterfaceTensor> tensor =
      describeTensor(input.name, input.kind, input.type, input.expr);
  if (failed(tensor))
    return failure();
  argument.index = static_cast<int32_t>(interface.inputs.size());
  inputPlaces.push_back(graphc_place{0, argument.index});
  interface.inputs.push_back(std::move(*tensor));
  interface.arguments.push_back(std::move(argument));
  return success();
}

LogicalResult Describer::readInputs() {
  for (const Signature::Input &input : signature.inputs) {
    if (failed(readInput(input)))
      return failure();
    if (!input.argument)
      continue;
    if (*input.argument != interface.places.size() || !inputPlaces.back())
      return fail("input '" + input.name + "' is argument " +
                  Twine(*input.argument) + " of the function, expected " +
                  Twine(interface.places.size()));
    interface.places.push_back(*inputPlaces.back());
  }
  return success();
}

/// PyTorch's names of output specs.
static StringRef getSpecName(Signature::Output::Role role) {
  switch (role) {
  case Signature::Output::Role::User:
    return "user_output";
  case Signature::Output::Role::Loss:
    return "loss_output";
  case Signature::Output::Role::BufferMutation:
    return "buffer_mutation";
  case Signature::Output::Role::ParameterMutation:
    return "parameter_mutation";
  case Signature::Output::Role::InputMutation:
    return "user_input_mutation";
  case Signature::Output::Role::ParameterGradient:
    return "gradient_to_parameter";
  case Signature::Output::Role::InputGradient:
    return "gradient_to_user_input";
  }
  llvm_unreachable("all roles handled");
}

static bool isMutation(Signature::Output::Role role) {
  return role == Signature::Output::Role::BufferMutation ||
         role == Signature::Output::Role::ParameterMutation ||
         role == Signature::Output::Role::InputMutation;
}

std::optional<unsigned> Describer::findMutation(unsigned result) const {
  for (auto [index, mutation] : llvm::enumerate(signature.mutations))
    if (mutation.result == result)
      return index;
  return std::nullopt;
}

LogicalResult Describer::readResult(unsigned result, Type type,
                                    int32_t output) {
  if (result != interface.results.size())
    return fail("result " + Twine(result) +
                " of the function is out of "
                "order, expected " +
                Twine(interface.results.size()));
  FailureOr<InterfaceType> described = describeType(type);
  if (failed(described))
    return failure();
  interface.results.push_back({std::move(*described), output});
  return success();
}

LogicalResult Describer::readOutput(const Signature::Output &output) {
  InterfaceSpec spec;
  spec.role = getSpecName(output.role).str();
  spec.target = output.target;
  if (output.kind == Signature::Kind::Literal) {
    spec.literal = describeLiteral(output.value);
    interface.specs.push_back(std::move(spec));
    return success();
  }
  std::optional<unsigned> mutation;
  if (output.result && isMutation(output.role))
    mutation = findMutation(*output.result);
  if (mutation) {
    spec.mutation = static_cast<int32_t>(*mutation);
  } else {
    FailureOr<InterfaceTensor> tensor =
        describeTensor(output.name, output.kind, output.type, output.expr);
    if (failed(tensor))
      return failure();
    if (auto type = dyn_cast_or_null<graph::StridedTensorType>(output.type))
      for (graph::Expr size : type.getShape())
        if (!isBounded(size))
          return withCode("unsupported-size", module.emitError("result '"))
                 << output.name << "' has the size " << size.str()
                 << ", which is data and has no upper bound";
    spec.output = static_cast<int32_t>(interface.outputs.size());
    interface.outputs.push_back(std::move(*tensor));
  }
  int32_t index = spec.output;
  interface.specs.push_back(std::move(spec));
  return output.result ? readResult(*output.result, output.type, index)
                       : success();
}

LogicalResult Describer::readOutputs() {
  for (const Signature::Output &output : signature.outputs)
    if (failed(readOutput(output)))
      return failure();
  return success();
}

LogicalResult Describer::readMutations() {
  auto inPlace = module->getAttrOfType<DenseI64ArrayAttr>("kernel.in_place");
  bool inputsAreTheGraphs = interface.states.empty();
  for (auto [index, mutation] : llvm::enumerate(signature.mutations)) {
    if (mutation.input >= signature.inputs.size() ||
        !inputPlaces[mutation.input])
      return fail("mutation " + Twine(index) + " is of no tensor");
    const Signature::Input &input = signature.inputs[mutation.input];
    if (mutation.result >= interface.results.size() &&
        failed(readResult(mutation.result, input.type, -1)))
      return failure();
    bool allowed = inPlace && llvm::is_contained(inPlace.asArrayRef(),
                                                 static_cast<int64_t>(index));
    interface.mutations.push_back(
        {*inputPlaces[mutation.input], static_cast<int32_t>(mutation.result),
         allowed,
         inputsAreTheGraphs ? static_cast<int32_t>(mutation.input) : -1});
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

static std::string getText(DictionaryAttr entry, StringRef name) {
  auto text = entry.getAs<StringAttr>(name);
  return text ? text.getValue().str() : "";
}

LogicalResult Describer::readKernels(ArrayAttr table) {
  interface.kernels.emplace();
  for (Attribute attr : table) {
    auto entry = dyn_cast<DictionaryAttr>(attr);
    auto nodes = entry ? entry.getAs<ArrayAttr>("nodes") : ArrayAttr();
    auto operands = entry ? entry.getAs<ArrayAttr>("operands") : ArrayAttr();
    if (!nodes || !operands)
      return fail("an entry of 'kernel.table' is no kernel");
    InterfaceKernel kernel;
    kernel.name = getText(entry, "name");
    kernel.form = getText(entry, "form");
    kernel.modulePath = getText(entry, "module");
    kernel.source = getText(entry, "source");
    for (Attribute node : nodes)
      if (auto name = dyn_cast<StringAttr>(node))
        kernel.nodes.push_back(name.getValue().str());
    for (Attribute given : operands) {
      auto operand = dyn_cast<DictionaryAttr>(given);
      auto type = operand ? operand.getAs<TypeAttr>("type") : TypeAttr();
      auto memref = type ? dyn_cast<MemRefType>(type.getValue()) : MemRefType();
      if (!memref)
        return fail("an operand of 'kernel.table' has no type of a buffer");
      std::optional<DLDataType> dtype = findDtype(memref.getElementType());
      if (!dtype)
        return fail("a kernel has an operand of an unknown type");
      kernel.operands.push_back({getText(operand, "node"), *dtype,
                                 static_cast<int32_t>(memref.getRank()),
                                 operand.contains("written")});
    }
    interface.kernels->push_back(std::move(kernel));
  }
  return success();
}

LogicalResult Describer::readCodeAttributes() {
  if (Attribute size = module->getAttr("kernel.arena_size")) {
    FailureOr<InterfaceExpr> workspace = encode(size);
    if (failed(workspace))
      return failure();
    interface.workspace = std::move(*workspace);
  }
  if (auto checks = module->getAttrOfType<ArrayAttr>("kernel.checks"))
    for (Attribute check : checks) {
      auto text = dyn_cast<StringAttr>(check);
      interface.checks.push_back(text ? text.getValue().str() : "");
    }
  if (auto table = module->getAttrOfType<ArrayAttr>("kernel.table"))
    return readKernels(table);
  return success();
}

FailureOr<Interface> Describer::describe() {
  FailureOr<Signature> given = Signature::get(module);
  if (failed(given))
    return failure();
  signature = std::move(*given);
  if (failed(readSymbols()) || failed(readInputs()) || failed(readOutputs()) ||
      failed(readMutations()) || failed(readConstraints()) ||
      failed(readCodeAttributes()) || failed(readExternWeights()) ||
      failed(checkSymbols()))
    return failure();
  return std::move(interface);
}

FailureOr<Interface> graphc::describeInterface(ModuleOp module) {
  return Describer(module).describe();
}
