//===- Inputs.cpp - Random inputs -----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "mlir/Dialect/LLVMIR/LLVMTypes.h"

#include <random>

using namespace mlir;
using namespace graphc;
using interpreter::Array;
using interpreter::Element;

bool graphc::isRuntimeEntry(FunctionOpInterface function) {
  ArrayRef<Type> arguments = function.getArgumentTypes();
  return function.getName().ends_with("_entry") && arguments.size() == 6 &&
         llvm::all_of(
             arguments.drop_back(),
             [](Type type) { return isa<LLVM::LLVMPointerType>(type); }) &&
         arguments.back().isInteger(32) && function.getNumResults() == 1;
}

FunctionOpInterface graphc::findEntry(ModuleOp module) {
  for (auto function : module.getOps<FunctionOpInterface>())
    if (!function.isExternal() && isRuntimeEntry(function))
      return function;
  if (auto main = module.lookupSymbol<FunctionOpInterface>("main"))
    return main.isExternal() ? FunctionOpInterface() : main;
  for (auto function : module.getOps<FunctionOpInterface>())
    if (!function.isExternal())
      return function;
  return nullptr;
}

/// Whether every accepted call may have these sizes.
static bool fits(const Signature &signature,
                 const llvm::StringMap<int64_t> &values) {
  for (const Signature::Constraint &constraint : signature.constraints) {
    auto value =
        graph::Expr(cast<graph::ExprAttr>(constraint.expr)).evaluate(values);
    if (!value || (constraint.min && *value < *constraint.min) ||
        (constraint.max && *value > *constraint.max))
      return false;
  }
  return true;
}

/// The inputs that a caller gives, in order: state is none of them.
static SmallVector<const Signature::Input *>
getGivenInputs(const Signature &signature) {
  SmallVector<const Signature::Input *> inputs;
  for (const Signature::Input &input : signature.inputs)
    if (input.role == Signature::Input::Role::User)
      inputs.push_back(&input);
  return inputs;
}

/// Learns sizes from what is given.
static void bindSizes(ProgramInputs &inputs, ArrayRef<GivenInput> given,
                      llvm::StringMap<int64_t> &known) {
  auto bind = [&](graph::Expr expr, int64_t value) {
    if (expr.kind() == graph::ExprKind::Symbol)
      known.try_emplace(expr.getName(), value);
  };
  for (auto [input, value] :
       llvm::zip(getGivenInputs(*inputs.signature), given)) {
    auto type = dyn_cast_or_null<graph::StridedTensorType>(input->type);
    if (const auto *number = std::get_if<int64_t>(&value)) {
      if (auto expr = dyn_cast_or_null<graph::ExprAttr>(input->expr))
        bind(expr, *number);
    } else if (const auto *array = std::get_if<Array>(&value);
               array && type && type.getShape().size() == array->shape.size()) {
      for (auto [size, actual] : llvm::zip(type.getShape(), array->shape))
        bind(size, actual);
    }
  }
}

/// Small sizes, larger ones when the constraints ask for them.
static bool chooseSizes(ProgramInputs &inputs, ArrayRef<GivenInput> given,
                        llvm::StringMap<int64_t> known,
                        std::mt19937_64 &random) {
  bindSizes(inputs, given, known);
  constexpr int attempts = 20000;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    int64_t room = 4 + attempt / 200;
    for (const Signature::Symbol &symbol : inputs.signature->symbols) {
      int64_t low = symbol.min.value_or(0);
      // Sizes of one and none are special cases.
      low = std::min(std::max<int64_t>(low, 2), symbol.max.value_or(low + 2));
      low = std::max(low, symbol.min.value_or(low));
      int64_t high = std::min(symbol.max.value_or(low + room), low + room);
      inputs.values[symbol.name] = std::uniform_int_distribution<int64_t>(
          low, std::max(low, high))(random);
    }
    for (const auto &entry : known)
      inputs.values[entry.getKey()] = entry.getValue();
    if (fits(*inputs.signature, inputs.values))
      return true;
  }
  return false;
}

static Array makeTensor(ArrayRef<int64_t> shape, Type type, int64_t limit,
                        std::mt19937_64 &random) {
  Array array(shape, Element::get(type));
  std::uniform_real_distribution<double> reals(-1, 1);
  std::uniform_int_distribution<int64_t> ints(
      0, type.isInteger(1) ? 1 : std::max<int64_t>(limit - 1, 0));
  for (int64_t i = 0, e = array.size(); i < e; ++i) {
    if (array.element.isFloat())
      array.set(i, {.f = array.element.round(reals(random))});
    else
      array.set(i, {.i = ints(random)});
  }
  return array;
}

/// The sizes of a tensor of any level; dynamic ones without a name are 4.
static std::optional<SmallVector<int64_t>>
getShape(Type type, const ProgramInputs &inputs) {
  SmallVector<int64_t> shape;
  if (auto strided = dyn_cast<graph::StridedTensorType>(type)) {
    for (graph::Expr size : strided.getShape()) {
      std::optional<int64_t> value = size.evaluate(inputs.values);
      if (!value || *value < 0)
        return std::nullopt;
      shape.push_back(*value);
    }
    return shape;
  }
  for (int64_t size : cast<ShapedType>(type).getShape())
    shape.push_back(ShapedType::isDynamic(size) ? 4 : size);
  return shape;
}

/// Elements along a dimension of stride 0 are one element.
static void repeat(Array &array, Type type) {
  auto strided = dyn_cast<graph::StridedTensorType>(type);
  if (!strided)
    return;
  Array source = array;
  for (auto [dim, stride] : llvm::enumerate(strided.getStrides()))
    if (stride == 0)
      source.strides[dim] = 0;
  array.assign(source.clone());
}

static bool isDataDependent(const ProgramInputs &inputs, StringRef name) {
  return inputs.signature && llvm::any_of(inputs.signature->symbols,
                                          [&](const Signature::Symbol &symbol) {
                                            return symbol.name == name &&
                                                   symbol.dataDependent;
                                          });
}

/// The value of tensor `array` where it fits `tensor`.
static bool take(const GivenInput &given, Array &tensor) {
  if (const auto *number = std::get_if<int64_t>(&given)) {
    if (tensor.shape.empty())
      tensor.set(0, tensor.element.isFloat()
                        ? interpreter::Scalar{.f = double(*number)}
                        : interpreter::Scalar{.i = *number});
    return tensor.shape.empty();
  }
  const auto *array = std::get_if<Array>(&given);
  if (!array)
    return true;
  if (array->shape != tensor.shape ||
      array->element.kind != tensor.element.kind ||
      array->element.bytes != tensor.element.bytes)
    return false;
  Array typed = *array;
  typed.element = tensor.element;
  tensor.assign(typed);
  return true;
}

/// State has values of its own: variances, for one, are not negative.
static void takeInitial(ProgramInputs &inputs) {
  for (const Signature::Input &input : inputs.signature->inputs) {
    Array initial;
    if (input.argument && input.initial &&
        interpreter::readElements(input.initial, initial) &&
        initial.shape == inputs.tensors[*input.argument].shape)
      inputs.tensors[*input.argument].assign(initial);
  }
}

/// Puts what is given in the place of random tensors.
static bool takeGiven(ProgramInputs &inputs, ArrayRef<GivenInput> given,
                      std::string &reason) {
  SmallVector<const Signature::Input *> expected;
  if (inputs.signature)
    expected = getGivenInputs(*inputs.signature);
  for (auto [index, value] : llvm::enumerate(given)) {
    std::optional<size_t> argument = index;
    if (inputs.signature) {
      if (index >= expected.size())
        break;
      argument = expected[index]->argument;
    }
    if (!argument || *argument >= inputs.tensors.size())
      continue;
    if (!take(value, inputs.tensors[*argument])) {
      reason = "the given input " + std::to_string(index) +
               " has another shape or type than the program's";
      return false;
    }
  }
  return true;
}

std::optional<ProgramInputs>
graphc::makeInputs(ModuleOp module, ArrayRef<GivenInput> given,
                   const llvm::StringMap<int64_t> &symbols, uint64_t seed,
                   int64_t limit, std::string &reason) {
  std::mt19937_64 random(seed);
  FunctionOpInterface entry = findEntry(module);
  if (!entry) {
    reason = "there is no function to run";
    return std::nullopt;
  }
  ProgramInputs inputs;
  SmallVector<Type> types;
  if (module->hasAttr(Signature::getAttrName())) {
    FailureOr<Signature> signature = Signature::get(module);
    if (failed(signature)) {
      reason = "the signature is malformed";
      return std::nullopt;
    }
    inputs.signature = std::move(*signature);
    for (const Signature::Symbol &symbol : inputs.signature->symbols)
      inputs.symbols.push_back(symbol.name);
    if (!chooseSizes(inputs, given, symbols, random)) {
      reason = "no sizes were found that the constraints allow";
      return std::nullopt;
    }
    auto place = [](auto &all, size_t index, Type type) {
      all.resize(std::max<size_t>(all.size(), index + 1));
      if (!all[index])
        all[index] = type;
    };
    for (const Signature::Input &input : inputs.signature->inputs)
      if (input.argument)
        place(types, *input.argument, input.type);
    for (const Signature::Output &output : inputs.signature->outputs)
      if (output.result)
        place(inputs.results, *output.result, output.type);
    for (const Signature::Mutation &mutation : inputs.signature->mutations)
      place(inputs.results, mutation.result,
            inputs.signature->inputs[mutation.input].type);
  } else {
    llvm::SetVector<StringRef> symbols;
    for (Type type : entry.getArgumentTypes()) {
      if (auto strided = dyn_cast<graph::StridedTensorType>(type))
        for (graph::Expr size : strided.getShape())
          size.collectSymbols(symbols);
      if (type.isIndex())
        inputs.symbols.push_back("");
      else
        types.push_back(type);
    }
    for (StringRef symbol : symbols) {
      inputs.symbols.push_back(symbol.str());
      inputs.values[symbol] = 4;
    }
    llvm::append_range(inputs.results, entry.getResultTypes());
  }
  for (Type type : types) {
    Type elementType =
        isa_and_nonnull<graph::StridedTensorType>(type)
            ? cast<graph::StridedTensorType>(type).getElementType()
            : (type ? getElementTypeOrSelf(type) : Type());
    if (!elementType || !Element::get(elementType)) {
      reason = "an input has elements that are not supported";
      return std::nullopt;
    }
    if (!isa<ShapedType, graph::StridedTensorType>(type)) {
      inputs.tensors.push_back(makeTensor({}, elementType, limit, random));
      continue;
    }
    auto shape = getShape(type, inputs);
    if (!shape || llvm::product_of(*shape, int64_t(1)) > int64_t(1) << 28) {
      reason = "an input has a size that is not known or too large";
      return std::nullopt;
    }
    inputs.tensors.push_back(makeTensor(*shape, elementType, limit, random));
    repeat(inputs.tensors.back(), type);
  }
  if (inputs.signature)
    takeInitial(inputs);
  if (!takeGiven(inputs, given, reason))
    return std::nullopt;
  for (const std::string &name : inputs.symbols)
    if (isDataDependent(inputs, name))
      inputs.values.erase(name);
  return inputs;
}
