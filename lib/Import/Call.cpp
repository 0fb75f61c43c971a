//===- Call.cpp - One operator call, as builders see it -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include "Gradients.h"
#include "Importer.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace graphc::aten;

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

const Item &Call::get(StringRef name) const {
  static const Item none;
  for (auto [parameter, argument] :
       llvm::zip_first(schema->parameters, arguments))
    if (parameter.name == name)
      return argument;
  return none;
}

/// The dtype of a Python number that stands where a tensor is expected.
static Type getNumberElementType(const Item &item, Emitter &e) {
  return getResultType(Operand(item), e.getContext());
}

static Value toTensor(const Item &item, Emitter &e) {
  if (const auto *tensor = item.as<TensorRef>())
    return (*tensor)->read();
  if (item.isNumber())
    return e.number(item, getNumberElementType(item, e));
  return e.fail("op-argument", "expected a tensor, got " + describe(item));
}

Value Call::tensor(StringRef name) { return toTensor(get(name), e); }

Value Call::optionalTensor(StringRef name) {
  return isNone(name) ? Value() : tensor(name);
}

TensorRef Call::tensorRef(StringRef name) {
  if (const auto *tensor = get(name).as<TensorRef>())
    return *tensor;
  Value value = tensor(name);
  return value ? std::make_shared<Tensor>(value) : nullptr;
}

SmallVector<Value> Call::tensors(StringRef name) {
  SmallVector<Value> values;
  const Item &item = get(name);
  if (const auto *list = item.as<Item::List>())
    for (const Item &element : *list)
      values.push_back(element.isNone() ? Value() : toTensor(element, e));
  else if (!item.isNone())
    values.push_back(toTensor(item, e));
  return values;
}

Operand Call::operand(StringRef name) {
  const Item &item = get(name);
  if (const auto *tensor = item.as<TensorRef>())
    return Operand((*tensor)->read());
  return Operand(item);
}

Expr Call::size(StringRef name) {
  const Item &item = get(name);
  if (const auto *value = item.as<Expr>())
    return *value;
  if (const auto *value = item.as<bool>())
    return e.expr(*value);
  if (const auto *value = item.as<SymBool>())
    return value->value;
  e.fail("op-argument",
         "expected an int for '" + name + "', got " + describe(item));
  return e.expr(0);
}

SmallVector<Expr> Call::sizes(StringRef name) {
  SmallVector<Expr> values;
  const Item &item = get(name);
  if (const auto *list = item.as<Item::List>()) {
    for (const Item &element : *list) {
      const auto *value = element.as<Expr>();
      if (!value)
        e.fail("op-argument",
               "expected ints in '" + name + "', got " + describe(element));
      values.push_back(value ? *value : e.expr(0));
    }
  } else if (!item.isNone()) {
    values.push_back(size(name));
  }
  return values;
}

int64_t Call::integer(StringRef name) { return e.constantOf(size(name), name); }

int64_t Call::integer(StringRef name, int64_t fallback) {
  return isNone(name) ? fallback : integer(name);
}

SmallVector<int64_t> Call::integers(StringRef name) {
  SmallVector<int64_t> values;
  for (Expr value : sizes(name))
    values.push_back(e.constantOf(value, name));
  return values;
}

SmallVector<int64_t> Call::integers(StringRef name, size_t count,
                                    int64_t fallback) {
  SmallVector<int64_t> values = integers(name);
  if (values.empty())
    values.assign(count, fallback);
  if (values.size() == 1)
    values.resize(count, values.front());
  if (values.size() != count) {
    e.fail("op-argument", "'" + name + "' has " + Twine(values.size()) +
                              " entries for " + Twine(count) +
                              " spatial dimensions");
    values.assign(count, fallback);
  }
  return values;
}

double Call::number(StringRef name) {
  if (std::optional<double> constant = get(name).getConstant())
    return *constant;
  e.unsupported("'" + name + "' is a number known at run time only");
  return 0;
}

double Call::number(StringRef name, double fallback) {
  return isNone(name) ? fallback : number(name);
}

SmallVector<double> Call::numbers(StringRef name) {
  SmallVector<double> values;
  if (const auto *list = get(name).as<Item::List>()) {
    for (const Item &element : *list) {
      std::optional<double> constant = element.getConstant();
      if (!constant)
        e.unsupported("'" + name + "' holds a number known at run time only");
      values.push_back(constant.value_or(0));
    }
  }
  return values;
}

bool Call::flag(StringRef name) {
  const Item &item = get(name);
  if (const auto *value = item.as<bool>())
    return *value;
  if (item.isNone())
    return false;
  if (const auto *value = item.as<Expr>())
    return e.constantOf(*value, name) != 0;
  if (const auto *value = item.as<SymBool>())
    return e.constantOf(value->value, name) != 0;
  e.fail("op-argument",
         "expected a bool for '" + name + "', got " + describe(item));
  return false;
}

std::string Call::text(StringRef name) {
  const auto *value = get(name).as<std::string>();
  return value ? *value : std::string();
}

Type Call::dtype(StringRef name) {
  const auto *value = get(name).as<Type>();
  return value ? *value : Type();
}

std::string Call::memoryFormat(StringRef fallback) {
  const auto *value = get("memory_format").as<MemoryFormat>();
  return value ? value->name : fallback.str();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void Call::result(Value value) {
  results.push_back(value ? Item(std::make_shared<Tensor>(value)) : Item());
}

void Call::resultList(ArrayRef<Value> values) {
  Item::List list;
  for (Value value : values)
    list.push_back(value ? Item(std::make_shared<Tensor>(value)) : Item());
  results.push_back(std::move(list));
}

Item Call::view(StringRef argument, ViewStep step) {
  TensorRef base = tensorRef(argument);
  Value value = base ? step.apply(base->read()) : Value();
  if (!value)
    return {};
  return std::make_shared<Tensor>(std::move(base), std::move(step), value);
}

void Call::write(StringRef argument, Value value) {
  const auto *tensor = get(argument).as<TensorRef>();
  if (tensor)
    write(*tensor, value);
  else
    e.fail("op-argument", "'" + argument + "' is written and no tensor");
}

void Call::write(const TensorRef &tensor, Value value) {
  Value before = tensor->read();
  if (!before || !value)
    return;
  value = e.cast(value, e.elementType(before));
  value = e.expand(value, e.shape(before));
  value = e.withLayoutOf(value, before);
  if (value)
    tensor->write(value);
}

std::optional<StridedTensorType> Call::getRecordedType(size_t index) const {
  if (node.target != schema->name || index >= node.results.size())
    return std::nullopt;
  return importer.getRecordedType(node.results[index].meta);
}

Value Call::inRecordedLayout(Value value,
                             function_ref<SmallVector<Expr>()> other) {
  auto recorded = getRecordedType(0);
  if (!recorded || e.hasFailed() ||
      importer.agreesWithRecorded(e.type(value), *recorded))
    return value;
  SmallVector<Expr> strides = other();
  bool isOther = importer.agreesWithRecorded(e.type(value).withStrides(strides),
                                             *recorded);
  return isOther ? e.restride(value, strides) : value;
}

SmallVector<Item> Call::invoke(StringRef overload, ArrayRef<NamedItem> given) {
  const Schema *inner = findSchema(overload);
  BuildFunction build = findBuilder(overload);
  if (!inner || !build) {
    e.unsupported("operator '" + overload + "'");
    return {};
  }
  Call call(importer, e, node, *inner);
  for (const Parameter &parameter : inner->parameters) {
    const auto *found = llvm::find_if(given, [&](const NamedItem &item) {
      return item.first == parameter.name;
    });
    call.arguments.push_back(
        found != given.end() ? found->second : importer.getDefault(parameter));
  }
  if (!e.hasFailed())
    build(call);
  return e.hasFailed() ? SmallVector<Item>() : call.results;
}

Value Call::invokeValue(StringRef overload, ArrayRef<NamedItem> given) {
  SmallVector<Item> values = invoke(overload, given);
  const auto *tensor =
      values.empty() ? nullptr : values.front().as<TensorRef>();
  return tensor ? (*tensor)->read() : Value();
}

//===----------------------------------------------------------------------===//
// The table of builders
//===----------------------------------------------------------------------===//

BuildFunction graphc::aten::findBuilder(StringRef name) {
  static const llvm::StringMap<BuildFunction> builders = [] {
    llvm::StringMap<BuildFunction> map;
    for (ArrayRef<Overload> family : {elementwiseOverloads(),
                                      arithmeticOverloads(),
                                      comparisonOverloads(),
                                      specialFunctionOverloads(),
                                      activationOverloads(),
                                      dropoutOverloads(),
                                      lossOverloads(),
                                      classLossOverloads(),
                                      marginLossOverloads(),
                                      besselOverloads(),
                                      divisorOverloads(),
                                      matrixExponentialOverloads(),
                                      reductionOverloads(),
                                      contractionOverloads(),
                                      groupedContractionOverloads(),
                                      einsumOverloads(),
                                      convolutionOverloads(),
                                      normalizationOverloads(),
                                      attentionOverloads(),
                                      poolingOverloads(),
                                      resizeOverloads(),
                                      viewOverloads(),
                                      reshapeOverloads(),
                                      splittingOverloads(),
                                      movementOverloads(),
                                      concatenationOverloads(),
                                      paddingOverloads(),
                                      diagonalOverloads(),
                                      sliceScatterOverloads(),
                                      differenceOverloads(),
                                      indexingOverloads(),
                                      scatterOverloads(),
                                      searchOverloads(),
                                      sortingOverloads(),
                                      creationOverloads(),
                                      symbolOverloads(),
                                      foreachOverloads(),
                                      stridingOverloads(),
                                      gridSamplingOverloads(),
                                      windowOverloads(),
                                      bagOverloads(),
                                      complexOverloads(),
                                      unpoolOverloads(),
                                      recurrentOverloads(),
                                      fourierOverloads(),
                                      linearAlgebraOverloads(),
                                      luOverloads(),
                                      antialiasOverloads(),
                                      countingOverloads(),
                                      histogramOverloads(),
                                      segmentOverloads(),
                                      uniqueOverloads(),
                                      quantileOverloads(),
                                      renormOverloads(),
                                      bitsOverloads(),
                                      quantizationOverloads(),
                                      randomOverloads(),
                                      samplingOverloads(),
                                      rejectionOverloads(),
                                      batchNormOverloads(),
                                      softmaxOverloads(),
                                      attentionBackwardOverloads(),
                                      activationBackwardOverloads(),
                                      bagBackwardOverloads(),
                                      distanceBackwardOverloads(),
                                      gridSamplingBackwardOverloads(),
                                      indexingBackwardOverloads(),
                                      poolingBackwardOverloads(),
                                      resizeBackwardOverloads()})
      for (const Overload &overload : family)
        map[overload.name] = overload.build;
    return map;
  }();
  return builders.lookup(name);
}
