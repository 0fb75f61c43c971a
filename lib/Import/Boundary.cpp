//===- Boundary.cpp - Inputs, outputs and the signature -------------------===//
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

Boundary::Boundary(Importer &importer)
    : importer(importer), e(importer.e), program(importer.program),
      graph(program.graphs.front()), bound(program.inputs.size()) {}

//===----------------------------------------------------------------------===//
// Symbols and types
//===----------------------------------------------------------------------===//

StridedTensorType Boundary::convertType(const loader::TensorMeta &meta,
                                        StringRef place) {
  std::string culprit;
  auto convertAll = [&](const std::vector<loader::SymExpr> &from,
                        SmallVectorImpl<Expr> &to) {
    for (const loader::SymExpr &size : from) {
      to.push_back(importer.sizes.convert(size, culprit));
      if (!to.back())
        return importer.fail("bad-expression", place,
                             "the size " + loader::quoted(size.str()) +
                                 " uses " + loader::quoted(culprit));
      if (to.back().isInvalid())
        return importer.fail("bad-shape", place,
                             "the size " + loader::quoted(size.str()) +
                                 " overflows 64 bits");
    }
    return true;
  };
  SmallVector<Expr> shape, strides;
  if (!convertAll(meta.shape, shape) || !convertAll(meta.stride, strides))
    return {};
  Type element = getElementType(meta.dtype, e.getContext());
  if (!element) {
    importer.fail("unsupported-tensor", place,
                  "the dtype " + Twine(loader::dtypeName(meta.dtype)) +
                      " is not supported");
    return {};
  }
  return StridedTensorType::get(e.getContext(), shape, element, strides);
}

/// Names that a node, a sub-graph or an output of the main graph uses.
void Boundary::collectUsedNames() {
  SmallVector<const loader::Argument *> worklist;
  for (const loader::Node &node : graph.nodes)
    for (const loader::NamedArgument &argument : node.arguments)
      worklist.push_back(&argument.argument);
  for (const loader::Argument &output : graph.outputs)
    worklist.push_back(&output);
  while (!worklist.empty()) {
    const loader::Argument *argument = worklist.pop_back_val();
    if (const auto *ref = std::get_if<loader::ValueRef>(&argument->value))
      usedNames.insert(ref->name);
    else if (const auto *list =
                 std::get_if<loader::ArgumentList>(&argument->value))
      for (const loader::Argument &element : *list)
        worklist.push_back(&element);
  }
}

bool Boundary::makeInputs() {
  OpBuilder &builder = e.builder;
  StringRef file = program.file;
  Location loc = FileLineColLoc::get(e.getContext(), file, 0, 0);
  e.loc = loc;
  std::string name = program.modelName.empty() ? "model" : program.modelName;
  importer.module = ModuleOp::create(loc, name);
  importer.signature.model = name;
  builder.setInsertionPointToStart(importer.module->getBody());
  importer.function = func::FuncOp::create(builder, loc, "main",
                                           builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(importer.function.addEntryBlock());

  // Symbols of the inputs. The data-dependent ones follow where an operator
  // defines them.
  llvm::StringSet<> inInputs;
  auto note = [&](const loader::SymExpr &expr) {
    for (const std::string &symbol : expr.symbols())
      inInputs.insert(symbol);
  };
  for (const loader::GraphInput &input : graph.inputs) {
    if (const auto *tensor = std::get_if<loader::TensorMeta>(&input.meta)) {
      llvm::for_each(tensor->shape, note);
      llvm::for_each(tensor->stride, note);
    } else if (const auto *number = std::get_if<loader::SymMeta>(&input.meta)) {
      if (number->kind == loader::SymMeta::Kind::Int)
        note(number->expr);
    }
  }
  SmallVector<StringRef> names;
  for (const auto &entry : inInputs)
    names.push_back(entry.getKey());
  llvm::sort(names);
  importer.sizes.addMultiples(program.guards, [&](StringRef symbol) {
    return inInputs.contains(symbol);
  });
  for (StringRef symbol : names) {
    std::string name = importer.sizes.getName(symbol);
    if (name != symbol &&
        (inInputs.contains(name) || program.symbols.count(name)))
      return importer.fail("signature", "symbol '" + loader::quoted(name) + "'",
                           "it has the name of what '" +
                               loader::quoted(symbol.str()) +
                               "' is a multiple of, by a guard");
    addSymbol(symbol);
  }
  addConstraints();
  return true;
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

bool Boundary::bindInputs(Scope &scope) {
  if (program.inputs.size() != graph.inputs.size())
    return importer.fail("signature", "input_specs",
                         "the signature has " + Twine(program.inputs.size()) +
                             " inputs, the graph " +
                             Twine(graph.inputs.size()));
  collectUsedNames();
  for (size_t i = 0; i < program.inputs.size(); ++i) {
    Role role = program.inputs[i].role;
    if (role == Role::User || role == Role::Literal) {
      if (!bindUser(i, scope))
        return false;
    } else if (role != Role::Token) {
      if (!bindWeight(i, scope))
        return false;
    }
  }
  return true;
}

std::optional<std::pair<Item, Attribute>>
graphc::aten::convertLiteral(const loader::Argument &literal, Emitter &e) {
  OpBuilder &b = e.builder;
  if (const auto *value = std::get_if<std::int64_t>(&literal.value))
    return {{Item(e.expr(*value)), b.getI64IntegerAttr(*value)}};
  if (const auto *value = std::get_if<double>(&literal.value))
    return {{Item(*value), b.getF64FloatAttr(*value)}};
  if (const auto *value = std::get_if<bool>(&literal.value))
    return {{Item(*value), b.getBoolAttr(*value)}};
  if (const auto *value = std::get_if<std::string>(&literal.value))
    return {{Item(*value), b.getStringAttr(*value)}};
  if (std::holds_alternative<loader::NoneValue>(literal.value))
    return {{Item(), Attribute()}};
  return std::nullopt;
}

bool Boundary::bindUser(size_t index, Scope &scope) {
  const loader::GraphInput &input = graph.inputs[index];
  const loader::InputSpec &spec = program.inputs[index];
  std::string place = "input '" + loader::quoted(input.name) + "'";
  Signature::Input entry;
  entry.name = input.name;
  auto addArgument = [&](Type type) {
    func::FuncOp function = importer.function;
    unsigned number = function.getNumArguments();
    DictionaryAttr attributes =
        e.builder.getDictionaryAttr(e.builder.getNamedAttr(
            "graph.name", e.builder.getStringAttr(input.name)));
    Location loc = NameLoc::get(e.builder.getStringAttr(input.name), e.loc);
    if (failed(function.insertArgument(number, type, attributes, loc)))
      return Value();
    entry.argument = number;
    entry.type = type;
    return Value(function.getArgument(number));
  };

  if (spec.role == Role::Literal) {
    auto literal = convertLiteral(spec.literal, e);
    if (!literal)
      return importer.fail("unsupported-input", place,
                           "a literal of this kind is not supported");
    entry.kind = Signature::Kind::Literal;
    entry.value = literal->second;
    scope[input.name] = literal->first;
  } else if (const auto *tensor =
                 std::get_if<loader::TensorMeta>(&input.meta)) {
    StridedTensorType type = convertType(*tensor, place);
    if (!type)
      return false;
    bound[index].tensor = std::make_shared<Tensor>(addArgument(type));
    std::string culprit;
    Expr offset = importer.sizes.convert(tensor->storageOffset, culprit);
    bound[index].tensor->storage->offset =
        offset ? offset.getConstant() : std::nullopt;
    bound[index].input = importer.signature.inputs.size();
    scope[input.name] = bound[index].tensor;
  } else if (const auto *number = std::get_if<loader::SymMeta>(&input.meta)) {
    std::string culprit;
    switch (number->kind) {
    case loader::SymMeta::Kind::Int: {
      Expr expr = importer.sizes.convert(number->expr, culprit);
      if (!expr)
        return importer.fail("bad-expression", place,
                             "the size uses " + loader::quoted(culprit));
      entry.kind = Signature::Kind::Int;
      entry.expr = expr.getAttr();
      scope[input.name] = expr;
      break;
    }
    case loader::SymMeta::Kind::Float:
      entry.kind = Signature::Kind::Float;
      scope[input.name] =
          SymFloat{Expr(), 1,
                   addArgument(StridedTensorType::get(
                       e.getContext(), ArrayRef<Expr>(), e.f64()))};
      break;
    case loader::SymMeta::Kind::Bool:
      entry.kind = Signature::Kind::Bool;
      scope[input.name] = TensorBool{addArgument(
          StridedTensorType::get(e.getContext(), ArrayRef<Expr>(), e.i1()))};
      break;
    }
  } else {
    // Without metadata: None, or an unused parameter.
    entry.kind = Signature::Kind::Literal;
    scope[input.name] = Item();
    if (auto literal = convertLiteral(spec.literal, e)) {
      entry.value = literal->second;
      scope[input.name] = literal->first;
    }
  }
  importer.signature.inputs.push_back(entry);
  return true;
}

bool Boundary::bindWeight(size_t index, Scope &scope) {
  const loader::GraphInput &input = graph.inputs[index];
  const loader::InputSpec &spec = program.inputs[index];
  bool isWritten =
      llvm::any_of(program.outputs, [&](const loader::OutputSpec &output) {
        return (output.role == OutputRole::BufferMutation ||
                output.role == OutputRole::ParameterMutation) &&
               output.target == spec.target;
      });
  if (!usedNames.contains(input.name) && !isWritten)
    return true;
  if (!spec.constant || *spec.constant >= program.constants.size())
    return importer.fail("missing-weight",
                         "input '" + loader::quoted(input.name) + "'",
                         "no values for '" + loader::quoted(spec.target) + "'");
  const loader::Constant &constant = program.constants[*spec.constant];

  // One storage, one Storage: a write to a tied weight is a write to all.
  if (constant.storage) {
    auto [known, inserted] = storages.insert({constant.storage.get(), index});
    const loader::Constant *other =
        inserted ? nullptr
                 : &program.constants[*program.inputs[known->second].constant];
    if (other && other->shape == constant.shape &&
        other->stride == constant.stride && other->offset == constant.offset &&
        other->dtype == constant.dtype) {
      bound[index] = bound[known->second];
      scope[input.name] = bound[index].tensor;
      return !isWritten || makeState(index);
    }
  }
  Value value = makeConstant(index, bound[index]);
  if (!value)
    return false;
  bound[index].tensor = std::make_shared<Tensor>(value);
  bound[index].tensor->storage->offset = constant.offset;
  scope[input.name] = bound[index].tensor;
  return !isWritten || makeState(index);
}

bool Boundary::makeState(size_t index) {
  Bound &state = bound[index];
  if (state.input)
    return true;
  const loader::GraphInput &input = graph.inputs[index];
  const loader::InputSpec &spec = program.inputs[index];
  for (auto [other, otherBound] : llvm::enumerate(bound)) {
    if (other == index || !otherBound.tensor ||
        otherBound.tensor == state.tensor)
      continue;
    const auto &a = program.inputs[other].constant, &b = spec.constant;
    if (a && b && program.constants[*a].storage &&
        program.constants[*a].storage == program.constants[*b].storage)
      return importer.fail(
          "unsupported-op", "input '" + loader::quoted(input.name) + "'",
          "the program writes to '" + loader::quoted(spec.target) +
              "', which shares memory with '" +
              loader::quoted(program.inputs[other].target) + "'");
  }

  // The constant's value becomes an argument; what used it uses that.
  const loader::Constant &constant = program.constants[*spec.constant];
  Value value = state.original;
  func::FuncOp function = importer.function;
  unsigned number = function.getNumArguments();
  DictionaryAttr attributes =
      e.builder.getDictionaryAttr(e.builder.getNamedAttr(
          "graph.name", e.builder.getStringAttr(input.name)));
  if (failed(function.insertArgument(number, value.getType(), attributes,
                                     value.getLoc())))
    return false;
  Value argument = function.getArgument(number);
  value.replaceAllUsesWith(argument);
  if (state.tensor->storage->value == value)
    state.tensor->storage->value = argument;
  state.tensor->replaceCached(value, argument);
  for (Value &result : results)
    if (result == value)
      result = argument;

  Signature::Input entry;
  entry.name = input.name;
  entry.role = spec.role == Role::Parameter ? Signature::Input::Role::Parameter
                                            : Signature::Input::Role::Buffer;
  entry.target = spec.target;
  entry.type = value.getType();
  entry.argument = number;
  entry.initial = isExtern(index) ? makeExtern(constant)
                                  : makeElements(constant, constant.shape,
                                                 /*packed=*/true);
  if (!entry.initial)
    return false;
  unsigned position = importer.signature.inputs.size();
  importer.signature.inputs.push_back(entry);
  for (Bound &other : bound)
    if (other.tensor == state.tensor)
      other.input = position;
  Operation *dead = value.getDefiningOp();
  while (dead) {
    Operation *producer =
        dead->getNumOperands() ? dead->getOperand(0).getDefiningOp() : nullptr;
    dead->erase();
    dead = producer;
  }
  return true;
}
