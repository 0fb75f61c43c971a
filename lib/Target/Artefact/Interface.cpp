//===- Interface.cpp - From the signature to the interface ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/Interface.h"

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Import/Signature.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

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

namespace {
/// An element type by PyTorch's and DLPack's names.
struct ElementName {
  StringRef name;
  DLDataType dtype;
};

class Describer {
public:
  explicit Describer(ModuleOp module) : module(module) {}
  FailureOr<Interface> describe();

private:
  LogicalResult fail(const Twine &message);
  LogicalResult readSymbols();
  LogicalResult readInputs();
  LogicalResult readInput(const Signature::Input &input);
  LogicalResult readState(const Signature::Input &input);
  LogicalResult readOutputs();
  LogicalResult readOutput(const Signature::Output &output);
  LogicalResult readResult(unsigned result, Type type, int32_t output);
  LogicalResult readMutations();
  LogicalResult readConstraints();
  LogicalResult readCodeAttributes();
  LogicalResult checkSymbols();

  FailureOr<InterfaceExpr> encode(Attribute attr);
  FailureOr<InterfaceExpr> encode(graph::Expr expr);
  LogicalResult encode(graph::Expr expr, InterfaceExpr &result, int depth);
  LogicalResult encodeSizes(ArrayRef<graph::Expr> sizes,
                            std::vector<InterfaceExpr> &result);
  FailureOr<InterfaceType> describeType(Type type);
  FailureOr<InterfaceTensor> describeTensor(StringRef name,
                                            Signature::Kind kind, Type type,
                                            Attribute expr);
  std::optional<unsigned> findMutation(unsigned result) const;
  bool isDataDependent(graph::Expr expr) const;

  ModuleOp module;
  Signature signature;
  Interface interface;
  llvm::StringMap<unsigned> symbolIndices;
  llvm::StringSet<> usedSymbols;
  /// For each input of the signature where its data is, if it has any.
  SmallVector<std::optional<graphc_place>> inputPlaces;
};
} // namespace

LogicalResult Describer::fail(const Twine &message) {
  return module.emitError(message);
}

//===----------------------------------------------------------------------===//
// Expressions and types
//===----------------------------------------------------------------------===//

static std::optional<int64_t> getOpcode(graph::ExprKind kind) {
  switch (kind) {
  case graph::ExprKind::Sum:
    return GRAPHC_EXPR_ADD;
  case graph::ExprKind::Product:
    return GRAPHC_EXPR_MUL;
  case graph::ExprKind::FloorDiv:
    return GRAPHC_EXPR_FLOORDIV;
  case graph::ExprKind::Max:
    return GRAPHC_EXPR_MAX;
  case graph::ExprKind::Min:
    return GRAPHC_EXPR_MIN;
  case graph::ExprKind::Eq:
    return GRAPHC_EXPR_EQ;
  case graph::ExprKind::Le:
    return GRAPHC_EXPR_LE;
  default:
    return std::nullopt;
  }
}

/// `depth` is how many values are on the stack already.
LogicalResult Describer::encode(graph::Expr expr, InterfaceExpr &result,
                                int depth) {
  if (depth >= GRAPHC_EXPR_DEPTH)
    return fail("a size is too deeply nested to be evaluated at run time");
  if (expr.isConstant()) {
    result.code.insert(result.code.end(),
                       {GRAPHC_EXPR_CONSTANT, *expr.getConstant()});
    return success();
  }
  if (expr.kind() == graph::ExprKind::Symbol) {
    auto index = symbolIndices.find(expr.getName());
    if (index == symbolIndices.end())
      return fail("the signature does not declare symbol '" + expr.getName() +
                  "'");
    usedSymbols.insert(expr.getName());
    result.code.insert(result.code.end(),
                       {GRAPHC_EXPR_SYMBOL, int64_t(index->second)});
    return success();
  }
  std::optional<int64_t> opcode = getOpcode(expr.kind());
  if (!opcode)
    return fail("a size of the signature is not valid");
  for (auto [index, operand] : llvm::enumerate(expr.operands())) {
    if (failed(encode(operand, result, depth + (index ? 1 : 0))))
      return failure();
    if (index)
      result.code.push_back(*opcode);
  }
  return success();
}

FailureOr<InterfaceExpr> Describer::encode(graph::Expr expr) {
  InterfaceExpr result;
  if (!expr)
    return fail("a size of the signature is missing");
  if (failed(encode(expr, result, 0)))
    return failure();
  result.code.push_back(GRAPHC_EXPR_END);
  return result;
}

FailureOr<InterfaceExpr> Describer::encode(Attribute attr) {
  if (auto integer = dyn_cast_or_null<IntegerAttr>(attr))
    return InterfaceExpr::constant(integer.getValue().getSExtValue());
  if (auto expr = dyn_cast_or_null<graph::ExprAttr>(attr))
    return encode(graph::Expr(expr));
  return fail("a size of the signature is not an expression");
}

LogicalResult Describer::encodeSizes(ArrayRef<graph::Expr> sizes,
                                     std::vector<InterfaceExpr> &result) {
  for (graph::Expr size : sizes) {
    FailureOr<InterfaceExpr> expr = encode(size);
    if (failed(expr))
      return failure();
    result.push_back(std::move(*expr));
  }
  return success();
}

static std::optional<ElementName> getElementName(Type type) {
  auto make = [](StringRef name, uint8_t code, uint8_t bits) {
    return ElementName{name, {code, bits, 1}};
  };
  if (type.isF64())
    return make("float64", kDLFloat, 64);
  if (type.isF32())
    return make("float32", kDLFloat, 32);
  if (type.isF16())
    return make("float16", kDLFloat, 16);
  if (type.isBF16())
    return make("bfloat16", kDLBfloat, 16);
  if (isa<Float8E4M3FNType>(type))
    return make("float8_e4m3fn", kDLFloat8_e4m3fn, 8);
  if (isa<Float8E4M3FNUZType>(type))
    return make("float8_e4m3fnuz", kDLFloat8_e4m3fnuz, 8);
  if (isa<Float8E5M2Type>(type))
    return make("float8_e5m2", kDLFloat8_e5m2, 8);
  if (isa<Float8E5M2FNUZType>(type))
    return make("float8_e5m2fnuz", kDLFloat8_e5m2fnuz, 8);
  if (isa<Float8E8M0FNUType>(type))
    return make("float8_e8m0fnu", kDLFloat8_e8m0fnu, 8);
  if (auto complex = dyn_cast<ComplexType>(type)) {
    if (complex.getElementType().isF32())
      return make("complex64", kDLComplex, 64);
    if (complex.getElementType().isF64())
      return make("complex128", kDLComplex, 128);
    return std::nullopt;
  }
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  bool isUnsigned = integer.isUnsigned();
  uint8_t code = isUnsigned ? kDLUInt : kDLInt;
  switch (integer.getWidth()) {
  case 1:
    return make("bool", kDLBool, 8);
  case 8:
    return make(isUnsigned ? "uint8" : "int8", code, 8);
  case 16:
    return make(isUnsigned ? "uint16" : "int16", code, 16);
  case 32:
    return make(isUnsigned ? "uint32" : "int32", code, 32);
  case 64:
    return make(isUnsigned ? "uint64" : "int64", code, 64);
  default:
    return std::nullopt;
  }
}

static void printSizes(llvm::raw_ostream &os, ArrayRef<graph::Expr> sizes) {
  os << "[";
  llvm::interleaveComma(sizes, os);
  os << "]";
}

FailureOr<InterfaceType> Describer::describeType(Type type) {
  auto tensor = dyn_cast_or_null<graph::StridedTensorType>(type);
  if (!tensor)
    return fail("a tensor of the signature has no type");
  std::optional<ElementName> element = getElementName(tensor.getElementType());
  if (!element)
    return module.emitError("element type ")
           << tensor.getElementType() << " cannot be passed to a module";
  if (tensor.getRank() > 64)
    return fail("a tensor of rank " + Twine(tensor.getRank()) +
                " cannot be passed to a module");
  InterfaceType result;
  result.dtype = element->dtype;
  llvm::raw_string_ostream os(result.text);
  os << element->name;
  printSizes(os, tensor.getShape());
  if (!tensor.isContiguous())
    printSizes(os << " strides ", tensor.getStrides());
  if (failed(encodeSizes(tensor.getShape(), result.shape)) ||
      failed(encodeSizes(tensor.getStrides(), result.strides)))
    return failure();
  return result;
}

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

static graphc_kind getKind(Signature::Kind kind) {
  switch (kind) {
  case Signature::Kind::Int:
    return GRAPHC_KIND_INT;
  case Signature::Kind::Float:
    return GRAPHC_KIND_FLOAT;
  case Signature::Kind::Bool:
    return GRAPHC_KIND_BOOL;
  default:
    return GRAPHC_KIND_TENSOR;
  }
}

FailureOr<InterfaceTensor> Describer::describeTensor(StringRef name,
                                                     Signature::Kind kind,
                                                     Type type,
                                                     Attribute expr) {
  InterfaceTensor tensor;
  tensor.name = name.str();
  tensor.kind = getKind(kind);
  if (kind == Signature::Kind::Int) {
    FailureOr<InterfaceExpr> value = encode(expr);
    if (failed(value))
      return failure();
    tensor.expr = std::move(*value);
    tensor.type.text = "int64[]";
    tensor.type.dtype = {kDLInt, 64, 1};
    return tensor;
  }
  FailureOr<InterfaceType> described = describeType(type);
  if (failed(described))
    return failure();
  tensor.type = std::move(*described);
  return tensor;
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

LogicalResult Describer::readSymbols() {
  for (auto [index, symbol] : llvm::enumerate(signature.symbols))
    symbolIndices[symbol.name] = index;
  auto bounds = module->getAttrOfType<DictionaryAttr>("graph.bounds");
  for (const Signature::Symbol &symbol : signature.symbols) {
    InterfaceSymbol result;
    result.name = symbol.name;
    result.min = symbol.min.value_or(INT64_MIN);
    result.max = symbol.max.value_or(INT64_MAX);
    if (symbol.dataDependent) {
      result.bound = InterfaceExpr::constant(result.max);
      if (Attribute known = bounds ? bounds.get(symbol.name) : Attribute()) {
        FailureOr<InterfaceExpr> bound = encode(known);
        if (failed(bound))
          return failure();
        result.bound = std::move(*bound);
      }
    }
    interface.symbols.push_back(std::move(result));
  }
  return success();
}

/// Whether `expr` is a * symbol + b in its only unknown symbol.
static bool isSolvable(const InterfaceExpr &expr,
                       const llvm::SmallBitVector &known,
                       unsigned &unknownSymbol) {
  std::optional<unsigned> unknown;
  unsigned uses = 0;
  bool linear = true;
  for (size_t i = 0; expr.code[i] != GRAPHC_EXPR_END; ++i) {
    int64_t op = expr.code[i];
    linear &= op <= GRAPHC_EXPR_MUL;
    if (op != GRAPHC_EXPR_CONSTANT && op != GRAPHC_EXPR_SYMBOL)
      continue;
    unsigned operand = static_cast<unsigned>(expr.code[++i]);
    if (op == GRAPHC_EXPR_CONSTANT || known[operand])
      continue;
    if (unknown && *unknown != operand)
      return false;
    unknown = operand;
    ++uses;
  }
  unknownSymbol = unknown.value_or(0);
  return unknown && linear && uses == 1;
}

/// Follows what the runtime does to find the symbols. One that nothing
/// determines is an error if something needs it.
LogicalResult Describer::checkSymbols() {
  llvm::SmallBitVector known(interface.symbols.size());
  SmallVector<const InterfaceExpr *> equations;
  for (const InterfaceTensor &input : interface.inputs) {
    if (input.expr)
      equations.push_back(&*input.expr);
    for (const InterfaceExpr &size : input.type.shape)
      equations.push_back(&size);
    for (const InterfaceExpr &stride : input.type.strides)
      equations.push_back(&stride);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const InterfaceExpr *equation : equations)
      if (unsigned symbol; isSolvable(*equation, known, symbol)) {
        known.set(symbol);
        changed = true;
      }
  }
  for (auto [index, symbol] : llvm::enumerate(interface.symbols)) {
    if (symbol.bound || known[index])
      continue;
    if (symbol.min != symbol.max && usedSymbols.contains(symbol.name))
      return fail("no input determines the symbolic size '" + symbol.name +
                  "'");
    symbol.bound =
        InterfaceExpr::constant(symbol.min == INT64_MIN ? 0 : symbol.min);
  }
  return success();
}

bool Describer::isDataDependent(graph::Expr expr) const {
  llvm::SetVector<StringRef> symbols;
  expr.collectSymbols(symbols);
  return llvm::any_of(symbols, [&](StringRef name) {
    auto index = symbolIndices.find(name);
    return index != symbolIndices.end() &&
           signature.symbols[index->second].dataDependent;
  });
}

/// Conditions on what only the run finds out are the program's to check.
LogicalResult Describer::readConstraints() {
  for (const Signature::Constraint &constraint : signature.constraints) {
    if (auto expr = dyn_cast_or_null<graph::ExprAttr>(constraint.expr);
        expr && isDataDependent(expr))
      continue;
    FailureOr<InterfaceExpr> expr = encode(constraint.expr);
    if (failed(expr))
      return failure();
    interface.constraints.push_back(
        {std::move(*expr), constraint.min.value_or(INT64_MIN),
         constraint.max.value_or(INT64_MAX), constraint.text});
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

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
  return success();
}

FailureOr<Interface> Describer::describe() {
  FailureOr<Signature> given = Signature::get(module);
  if (failed(given))
    return failure();
  signature = std::move(*given);
  if (failed(readSymbols()) || failed(readInputs()) || failed(readOutputs()) ||
      failed(readMutations()) || failed(readConstraints()) ||
      failed(readCodeAttributes()) || failed(checkSymbols()))
    return failure();
  return std::move(interface);
}

FailureOr<Interface> graphc::describeInterface(ModuleOp module) {
  return Describer(module).describe();
}
