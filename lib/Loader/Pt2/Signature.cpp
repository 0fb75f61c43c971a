//===- Signature.cpp - What inputs and outputs of an export are -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/Signature.h"

#include <set>

using namespace graphc;
using namespace graphc::loader;

using Kind = JsonValue::Kind;

namespace {
class SignatureReader {
public:
  SignatureReader(SchemaReader &json, GraphReader &graphs, Program &program)
      : json(json), graphs(graphs), program(program) {}

  void readInputs(JsonValue specs);
  void readOutputs(JsonValue specs);

private:
  bool sameLength(JsonValue specs, const char *specsName, const char *ofGraph,
                  std::size_t expected);
  InputSpec readInput(JsonValue spec, GraphInput &input);
  OutputSpec readOutput(JsonValue spec, const Argument &output);
  void userInput(JsonValue body, InputSpec &spec, GraphInput &input);
  void namedTensor(JsonValue body, const std::string &expected);
  std::string target(JsonValue body, const char *key);

  SchemaReader &json;
  GraphReader &graphs;
  Program &program;
  /// What outputs may be written back to: inputs by role and name.
  std::set<std::pair<InputSpec::Role, std::string>> targets;
};
} // namespace

bool SignatureReader::sameLength(JsonValue specs, const char *specsName,
                                 const char *ofGraph, std::size_t expected) {
  if (specs.size() == expected)
    return true;
  json.fail("signature", specs,
            std::string(specsName) + " has " + std::to_string(specs.size()) +
                " entries and the graph has " + std::to_string(expected) + " " +
                ofGraph);
  return false;
}

std::string SignatureReader::target(JsonValue body, const char *key) {
  return std::string(json.text(body, key));
}

/// Checks that the tensor (or token) of a spec has the graph's name for it.
void SignatureReader::namedTensor(JsonValue body, const std::string &expected) {
  auto arg = json.required(body, "arg", Kind::Object);
  if (!arg)
    return;
  std::string_view name = json.text(*arg, "name");
  if (!json.failed() && name != expected)
    json.fail("signature", *arg,
              "the signature says '" + quoted(name) +
                  "' where the graph has '" + quoted(expected) + "'");
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

void SignatureReader::userInput(JsonValue body, InputSpec &spec,
                                GraphInput &input) {
  auto arg = json.required(body, "arg", Kind::Object);
  if (!arg)
    return;
  Argument argument = graphs.plainArgument(*arg);
  const auto *ref = std::get_if<ValueRef>(&argument.value);
  if (!ref && std::holds_alternative<ArgumentList>(argument.value)) {
    json.fail("unsupported-input", *arg, "a list as one user input");
    return;
  }
  if (!ref) {
    spec.role = InputSpec::Role::Literal;
    spec.literal = std::move(argument);
    return;
  }
  spec.role = InputSpec::Role::User;
  if (!json.failed() && ref->name != input.name)
    json.fail("signature", *arg,
              "the signature says '" + quoted(ref->name) +
                  "' where the graph has '" + quoted(input.name) + "'");
}

InputSpec SignatureReader::readInput(JsonValue value, GraphInput &input) {
  using Role = InputSpec::Role;
  InputSpec spec;
  auto found = json.tagged(value, "InputSpec");
  if (!found)
    return spec;
  std::string_view tag = found->tag;
  JsonValue body = found->value;
  if (tag == "user_input") {
    userInput(body, spec, input);
  } else if (tag == "constant_input") {
    spec.role = Role::Literal;
    std::string_view name = json.text(body, "name");
    if (input.name.empty())
      input.name = name;
    // Tags of ConstantValue are tags of Argument.
    if (auto literal = json.required(body, "value", Kind::Object))
      spec.literal = graphs.plainArgument(*literal);
  } else if (tag == "parameter") {
    spec.role = Role::Parameter;
    spec.target = target(body, "parameter_name");
    namedTensor(body, input.name);
  } else if (tag == "buffer") {
    spec.role = Role::Buffer;
    spec.target = target(body, "buffer_name");
    if (auto persistent = json.optional(body, "persistent", Kind::Bool))
      spec.persistent = persistent->boolean();
    namedTensor(body, input.name);
  } else if (tag == "tensor_constant") {
    spec.role = Role::Constant;
    spec.target = target(body, "tensor_constant_name");
    namedTensor(body, input.name);
  } else if (tag == "token") {
    spec.role = Role::Token;
    namedTensor(body, input.name);
  } else if (tag == "custom_obj") {
    std::string name = target(body, "custom_obj_name");
    auto arg = json.required(body, "arg", Kind::Object);
    if (arg)
      json.fail("unsupported-input", value,
                "'" + quoted(name) + "' is a custom object of class '" +
                    quoted(json.text(*arg, "class_fqn")) +
                    "', which graphc cannot compile");
  } else {
    json.unknownTag(*found, "InputSpec");
  }
  return spec;
}

void SignatureReader::readInputs(JsonValue specs) {
  std::vector<GraphInput> &inputs = program.graphs.front().inputs;
  if (!sameLength(specs, "input_specs", "inputs", inputs.size()))
    return;
  for (JsonValue item : specs.items()) {
    GraphInput &input = inputs[program.inputs.size()];
    program.inputs.push_back(readInput(item, input));
    const InputSpec &spec = program.inputs.back();
    if (json.failed())
      return;
    if (spec.role != InputSpec::Role::Literal && input.name.empty())
      json.fail("signature", item,
                "the signature names a value where the graph has a literal");
    bool isUser = spec.role == InputSpec::Role::User;
    targets.emplace(spec.role, isUser ? input.name : spec.target);
    bool tensor = std::holds_alternative<TensorMeta>(input.meta);
    bool fromWeights = spec.role == InputSpec::Role::Parameter ||
                       spec.role == InputSpec::Role::Buffer ||
                       spec.role == InputSpec::Role::Constant;
    if (fromWeights && !tensor)
      json.fail("signature", item,
                "'" + quoted(spec.target) + "' is no tensor in the graph");
  }
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

OutputSpec SignatureReader::readOutput(JsonValue value,
                                       const Argument &output) {
  using Role = OutputSpec::Role;
  OutputSpec spec;
  auto found = json.tagged(value, "OutputSpec");
  if (!found)
    return spec;
  JsonValue body = found->value;
  const auto *ref = std::get_if<ValueRef>(&output.value);

  if (found->tag == "user_output") {
    spec.role = Role::User;
    auto arg = json.required(body, "arg", Kind::Object);
    if (!arg)
      return spec;
    Argument named = graphs.plainArgument(*arg);
    const auto *name = std::get_if<ValueRef>(&named.value);
    if (!json.failed() && (!name != !ref || (ref && ref->name != name->name)))
      json.fail("signature", *arg,
                "the signature and the graph name different results");
    return spec;
  }

  static constexpr struct {
    std::string_view tag;
    Role role;
    const char *key;
    std::optional<InputSpec::Role> of;
  } rows[] = {{"loss_output", Role::Loss, nullptr, std::nullopt},
              {"buffer_mutation", Role::BufferMutation, "buffer_name",
               InputSpec::Role::Buffer},
              {"parameter_mutation", Role::ParameterMutation, "parameter_name",
               InputSpec::Role::Parameter},
              {"gradient_to_parameter", Role::ParameterGradient,
               "parameter_name", InputSpec::Role::Parameter},
              {"gradient_to_user_input", Role::InputGradient, "user_input_name",
               InputSpec::Role::User},
              {"user_input_mutation", Role::InputMutation, "user_input_name",
               InputSpec::Role::User},
              {"token", Role::Token, nullptr, std::nullopt}};
  for (const auto &row : rows) {
    if (found->tag != row.tag)
      continue;
    spec.role = row.role;
    namedTensor(body, ref ? ref->name : "");
    if (row.key)
      spec.target = target(body, row.key);
    if (!json.failed() && row.of && !targets.count({*row.of, spec.target}))
      json.fail("signature", body,
                "no input of the signature is '" + quoted(spec.target) + "'");
    return spec;
  }
  json.unknownTag(*found, "OutputSpec");
  return spec;
}

void SignatureReader::readOutputs(JsonValue specs) {
  const std::vector<Argument> &outputs = program.graphs.front().outputs;
  if (!sameLength(specs, "output_specs", "outputs", outputs.size()))
    return;
  for (JsonValue item : specs.items()) {
    if (json.failed())
      return;
    const Argument &output = outputs[program.outputs.size()];
    program.outputs.push_back(readOutput(item, output));
  }
}

void loader::readSignature(SchemaReader &json, GraphReader &graphs,
                           JsonValue signature, Program &program) {
  SignatureReader reader(json, graphs, program);
  if (auto specs = json.required(signature, "input_specs", Kind::Array))
    reader.readInputs(*specs);
  if (auto specs = json.required(signature, "output_specs", Kind::Array);
      specs && !json.failed())
    reader.readOutputs(*specs);
}
