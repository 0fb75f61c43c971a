//===- BoundaryOutputs.cpp - What a program returns and changes -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Boundary.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using Role = loader::InputSpec::Role;
using OutputRole = loader::OutputSpec::Role;

static Signature::Output::Role convertRole(OutputRole role) {
  using To = Signature::Output::Role;
  switch (role) {
  case OutputRole::User:
  case OutputRole::Token:
    return To::User;
  case OutputRole::Loss:
    return To::Loss;
  case OutputRole::BufferMutation:
    return To::BufferMutation;
  case OutputRole::ParameterMutation:
    return To::ParameterMutation;
  case OutputRole::InputMutation:
    return To::InputMutation;
  case OutputRole::ParameterGradient:
    return To::ParameterGradient;
  case OutputRole::InputGradient:
    return To::InputGradient;
  }
  return To::User;
}

bool Boundary::addOutput(const loader::Argument &argument,
                         const loader::OutputSpec &spec, Scope &scope) {
  static const loader::Node noNode;
  std::optional<Item> item = importer.convert(argument, scope, noNode);
  if (!item)
    return false;
  Signature::Output entry;
  if (const auto *ref = std::get_if<loader::ValueRef>(&argument.value))
    entry.name = ref->name;
  entry.role = convertRole(spec.role);
  entry.target = spec.target;
  auto addResult = [&](Value value) {
    entry.type = value.getType();
    entry.result = results.size();
    results.push_back(value);
  };
  if (const auto *tensor = item->as<TensorRef>()) {
    addResult((*tensor)->read());
  } else if (const auto *expr = item->as<Expr>(); expr && !expr->isConstant()) {
    entry.kind = Signature::Kind::Int;
    entry.expr = expr->getAttr();
  } else if (item->as<SymFloat>()) {
    entry.kind = Signature::Kind::Float;
    addResult(e.number(*item, e.f64()));
  } else if (item->as<SymBool>() || item->as<TensorBool>()) {
    entry.kind = Signature::Kind::Bool;
    addResult(e.number(*item, e.i1()));
  } else if (auto literal = convertLiteral(argument, e)) {
    entry.kind = Signature::Kind::Literal;
    entry.value = literal->second;
  } else if (const auto *expr = item->as<Expr>()) {
    entry.kind = Signature::Kind::Literal;
    entry.value = e.builder.getI64IntegerAttr(*expr->getConstant());
  } else if (const auto *number = item->as<double>()) {
    entry.kind = Signature::Kind::Literal;
    entry.value = e.builder.getF64FloatAttr(*number);
  } else if (const auto *flag = item->as<bool>()) {
    entry.kind = Signature::Kind::Literal;
    entry.value = e.builder.getBoolAttr(*flag);
  } else if (item->isNone()) {
    entry.kind = Signature::Kind::Literal;
  } else if (const auto *text = item->as<std::string>()) {
    entry.kind = Signature::Kind::Literal;
    entry.value = e.builder.getStringAttr(*text);
  } else {
    return importer.fail("unsupported-op", "output '" + entry.name + "'",
                         "cannot return " + describe(*item));
  }

  // A write-back that the file announces.
  if (spec.role == OutputRole::BufferMutation ||
      spec.role == OutputRole::ParameterMutation ||
      spec.role == OutputRole::InputMutation) {
    for (size_t i = 0; i < program.inputs.size(); ++i) {
      bool isTarget = spec.role == OutputRole::InputMutation
                          ? graph.inputs[i].name == spec.target
                          : program.inputs[i].target == spec.target &&
                                program.inputs[i].role != Role::User;
      if (isTarget && bound[i].input && entry.result) {
        // The target keeps its layout.
        Value value = e.withLayoutOf(results[*entry.result],
                                     bound[i].tensor->storage->value);
        if (value) {
          results[*entry.result] = value;
          entry.type = value.getType();
        }
        importer.signature.mutations.push_back(
            {*bound[i].input, *entry.result});
      }
    }
  }
  importer.signature.outputs.push_back(std::move(entry));
  return true;
}

bool Boundary::addMutations() {
  llvm::SmallPtrSet<Storage *, 8> seen;
  for (auto [index, input] : llvm::enumerate(bound)) {
    if (!input.tensor || input.tensor->storage->generation == 0 ||
        !seen.insert(input.tensor->storage.get()).second)
      continue;
    if (!input.input && !makeState(index))
      return false;
    importer.signature.mutations.push_back(
        {*bound[index].input, static_cast<unsigned>(results.size())});
    results.push_back(input.tensor->read());
  }
  if (auto random = importer.generator.finish()) {
    importer.signature.mutations.push_back(
        {random->first, static_cast<unsigned>(results.size())});
    results.push_back(random->second);
  }
  return true;
}

bool Boundary::makeOutputs(Scope &scope) {
  if (program.outputs.size() != graph.outputs.size())
    return importer.fail("signature", "output_specs",
                         "the signature has " + Twine(program.outputs.size()) +
                             " outputs, the graph " +
                             Twine(graph.outputs.size()));
  e.loc = importer.function.getLoc();
  for (auto [argument, spec] : llvm::zip(graph.outputs, program.outputs))
    if (spec.role != OutputRole::Token && !addOutput(argument, spec, scope))
      return false;
  if (!addMutations())
    return false;
  static const loader::Node noNode;
  if (!importer.flushFailure(noNode))
    return false;
  func::ReturnOp::create(e.builder, e.loc, results);
  importer.function.setFunctionType(
      e.builder.getFunctionType(importer.function.getFunctionType().getInputs(),
                                ValueRange(results).getTypes()));
  for (Expr guard : importer.ranges.guards())
    importer.signature.constraints.push_back(
        {guard.getAttr(), 0, std::nullopt, guard.str()});
  importer.signature.set(*importer.module);
  return true;
}
