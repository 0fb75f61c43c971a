//===- RebuildTensor.cpp - Tensors and storages in pickles ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TorchSave/RebuildTensor.h"

#include <algorithm>
#include <iterator>

using namespace graphc;
using namespace graphc::loader;

namespace {
using Value = PickleValue;
using Items = PickleValue::Items;

Error typeError(const Value &at, const std::string &what, const char *field,
                const char *expected) {
  return pickleError("pickle-type", at,
                     what + ": " + field + " is " + at.describe() +
                         ", expected " + expected);
}

constexpr struct {
  std::string_view name;
  DType dtype;
} storageClasses[] = {
    {"FloatStorage", DType::Float32},
    {"DoubleStorage", DType::Float64},
    {"HalfStorage", DType::Float16},
    {"BFloat16Storage", DType::BFloat16},
    {"LongStorage", DType::Int64},
    {"IntStorage", DType::Int32},
    {"ShortStorage", DType::Int16},
    {"CharStorage", DType::Int8},
    {"ByteStorage", DType::UInt8},
    {"BoolStorage", DType::Bool},
    {"ComplexFloatStorage", DType::Complex64},
    {"ComplexDoubleStorage", DType::Complex128},
};

std::string globalText(const Value &value) {
  return quoted(std::string(value.module()) + "." + std::string(value.name()));
}

/// The functions of torch that make a tensor.
enum class Function { TensorV2, TensorV3, Parameter, FromType };

std::optional<Function> findFunction(const Value *global) {
  static constexpr struct {
    const char *module, *name;
    Function function;
  } functions[] = {
      {"torch._utils", "_rebuild_tensor_v2", Function::TensorV2},
      {"torch._utils", "_rebuild_tensor_v3", Function::TensorV3},
      {"torch._utils", "_rebuild_parameter", Function::Parameter},
      {"torch._utils", "_rebuild_parameter_with_state", Function::Parameter},
      {"torch._tensor", "_rebuild_from_type_v2", Function::FromType}};
  if (global)
    for (const auto &row : functions)
      if (global->isGlobal(row.module, row.name))
        return row.function;
  return std::nullopt;
}

/// Types that add nothing to a plain tensor.
bool isPlainTensorType(const Value &type) {
  return type.isGlobal("torch", "Tensor") ||
         type.isGlobal("torch._tensor", "Tensor") ||
         type.isGlobal("torch.nn.parameter", "Parameter") ||
         type.isGlobal("torch.nn.parameter", "Buffer");
}

/// A function and what it would be applied to.
struct Call {
  const Value *function = nullptr;
  const Items *arguments = nullptr;
};

std::optional<Call> asCall(const Value &value) {
  const Value::Extras *extras = value.extras();
  if (!extras || !extras->callable)
    return std::nullopt;
  return Call{extras->callable, &value.items()};
}

Result<std::vector<std::int64_t>>
readIntegers(const Value &value, const std::string &what, const char *field) {
  constexpr std::size_t maxRank = 64;
  const Items *items = pickleSequence(value);
  if (!items)
    return typeError(value, what, field, "a tuple of integers");
  if (items->size() > maxRank)
    return pickleError("limit", value,
                       what + " has rank " + std::to_string(items->size()) +
                           ", the limit is " + std::to_string(maxRank));
  std::vector<std::int64_t> out;
  for (const Value *item : *items) {
    if (!item->isInt())
      return typeError(*item, what, field, "an integer");
    out.push_back(item->integer());
  }
  return out;
}

/// Reads `_rebuild_tensor_v2` and, with a dtype at the end, `_v3`.
Result<Constant> readView(const Value &at, const Items &arguments,
                          bool hasDtype, const std::string &what,
                          const StorageResolver &resolve) {
  if (arguments.size() < (hasDtype ? 7 : 4))
    return pickleError("pickle-type", at,
                       what + " is built from " +
                           std::to_string(arguments.size()) +
                           " arguments, expected more");
  Result<SavedStorage> storage = resolve(*arguments[0]);
  if (!storage)
    return storage.error();
  Constant constant;
  constant.storage = storage->storage;
  std::optional<DType> dtype = storage->dtype;
  if (hasDtype)
    dtype = arguments[6]->module() == "torch"
                ? dtypeFromName(arguments[6]->name())
                : std::nullopt;
  if (!dtype)
    return hasDtype ? typeError(*arguments[6], what, "dtype", "a torch dtype")
                    : pickleError("pickle-type", at,
                                  what + " views an untyped storage");
  constant.dtype = *dtype;
  if (!arguments[1]->isInt())
    return typeError(*arguments[1], what, "storage_offset", "an integer");
  constant.offset = arguments[1]->integer();
  auto shape = readIntegers(*arguments[2], what, "size");
  if (!shape)
    return shape.error();
  auto stride = readIntegers(*arguments[3], what, "stride");
  if (!stride)
    return stride.error();
  constant.shape = std::move(*shape);
  constant.stride = std::move(*stride);
  Result<void> inside = checkView(constant, constant.storage->size, what,
                                  constant.storage->record);
  if (!inside)
    return inside.error();
  return constant;
}
} // namespace

Result<StorageId> loader::readStorageId(const PickleValue &id,
                                        const std::string &what) {
  const Items *items = id.kind() == Value::Kind::Tuple ? &id.items() : nullptr;
  if (!items || items->size() < 5 || !(*items)[0]->isText() ||
      (*items)[0]->text() != "storage")
    return typeError(id, what, "its storage",
                     "a tuple (\"storage\", class, key, location, numel)");
  const Value &type = *(*items)[1];
  const Value &key = *(*items)[2];
  const Value &count = *(*items)[4];
  if (!key.isText())
    return typeError(key, what, "the key of its storage", "text");
  if (!count.isInt())
    return typeError(count, what, "the length of its storage", "an integer");
  if (items->size() > 5 && !(*items)[5]->isNone())
    return pickleError("unsupported-tensor", id,
                       what + ": a view of a storage of an old torch");

  StorageId out;
  out.key = key.text();
  std::int64_t elementBytes = 1;
  if (!type.isGlobal("torch.storage", "UntypedStorage")) {
    const auto *row = std::find_if(
        std::begin(storageClasses), std::end(storageClasses),
        [&](const auto &known) { return type.name() == known.name; });
    if (row == std::end(storageClasses) ||
        type.module().substr(0, 5) != "torch")
      return pickleError("pickle-global", type,
                         what + ": the storage class '" + globalText(type) +
                             "' is not known");
    out.dtype = row->dtype;
    elementBytes = static_cast<std::int64_t>(dtypeSize(row->dtype));
  }
  std::int64_t bytes = 0;
  if (count.integer() < 0 ||
      __builtin_mul_overflow(count.integer(), elementBytes, &bytes))
    return pickleError("bad-shape", count,
                       what + ": a storage of " +
                           std::to_string(count.integer()) + " elements");
  out.bytes = static_cast<std::uint64_t>(bytes);
  return out;
}

bool loader::isTensorCall(const PickleValue &value) {
  std::optional<Call> call = asCall(value);
  return call && findFunction(call->function).has_value();
}

Result<Constant> loader::rebuildTensor(const PickleValue &value,
                                       const std::string &what,
                                       const StorageResolver &resolve) {
  // A parameter of a typed tensor of a tensor is as deep as writers go.
  constexpr int maxWrappers = 8;
  const Value *at = &value;
  std::optional<Call> call = asCall(value);
  for (int depth = 0; depth < maxWrappers; ++depth) {
    if (!call)
      return typeError(*at, what, "its value", "a tensor");
    std::optional<Function> function = findFunction(call->function);
    if (!function)
      return pickleError("pickle-global", *at,
                         what + " is built by '" + globalText(*call->function) +
                             "', which is not known and never called");
    const Items &arguments = *call->arguments;
    switch (*function) {
    case Function::TensorV2:
      return readView(*at, arguments, false, what, resolve);
    case Function::TensorV3:
      return readView(*at, arguments, true, what, resolve);
    case Function::Parameter:
      if (arguments.empty())
        return typeError(*at, what, "its value", "a parameter of a tensor");
      at = arguments[0];
      call = asCall(*at);
      break;
    case Function::FromType:
      if (arguments.size() < 3 || arguments[2]->kind() != Value::Kind::Tuple)
        return typeError(*at, what, "its value", "a typed tensor");
      if (!isPlainTensorType(*arguments[1]))
        return pickleError("pickled-weight", *at,
                           what + " is of the tensor subclass '" +
                               globalText(*arguments[1]) +
                               "', which only Python can read");
      call = Call{arguments[0], &arguments[2]->items()};
      break;
    }
  }
  return pickleError("limit", *at, what + " is wrapped too often");
}
