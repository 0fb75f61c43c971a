//===- InputFiles.cpp - Inputs from a directory ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace graphc;
using interpreter::Array;
using interpreter::Element;

static Type getType(StringRef name, MLIRContext *context) {
  Builder builder(context);
  return llvm::StringSwitch<Type>(name)
      .Case("float64", builder.getF64Type())
      .Case("float32", builder.getF32Type())
      .Case("float16", builder.getF16Type())
      .Case("bfloat16", builder.getBF16Type())
      .Case("bool", builder.getI1Type())
      .Cases({"int8", "uint8"}, builder.getIntegerType(8))
      .Cases({"int16", "uint16"}, builder.getIntegerType(16))
      .Cases({"int32", "uint32"}, builder.getI32Type())
      .Cases({"int64", "uint64"}, builder.getI64Type())
      .Default(Type());
}

static bool readNumbers(const llvm::json::Object &entry, StringRef key,
                        SmallVectorImpl<int64_t> &numbers) {
  const llvm::json::Array *list = entry.getArray(key);
  if (!list)
    return false;
  for (const llvm::json::Value &value : *list) {
    std::optional<int64_t> number = value.getAsInteger();
    if (!number || *number < 0 || *number > int64_t(1) << 40)
      return false;
    numbers.push_back(*number);
  }
  return true;
}

static std::optional<Array> readTensor(StringRef directory,
                                       const llvm::json::Object &entry,
                                       MLIRContext *context,
                                       std::string &reason) {
  auto fail = [&](const llvm::Twine &message) {
    reason = message.str();
    return std::nullopt;
  };
  std::optional<StringRef> file = entry.getString("file"),
                           dtype = entry.getString("dtype");
  SmallVector<int64_t> shape, strides;
  if (!file || !dtype || !readNumbers(entry, "shape", shape) ||
      !readNumbers(entry, "stride", strides) || shape.size() != strides.size())
    return fail(directory +
                "/manifest.json: an entry is no tensor with file, dtype, shape "
                "and stride");
  Type type = getType(*dtype, context);
  if (!type)
    return fail(directory + "/" + *file + ": dtype " + *dtype +
                " is not supported");
  auto bytes = llvm::MemoryBuffer::getFile(directory + "/" + *file);
  if (!bytes)
    return fail(directory + "/" + *file + ": " + bytes.getError().message());
  Array array(ArrayRef<int64_t>(), Element::get(type));
  array.shape.assign(shape.begin(), shape.end());
  array.strides.assign(strides.begin(), strides.end());
  array.memory = std::make_shared<interpreter::Bytes>(
      (*bytes)->getBufferStart(), (*bytes)->getBufferEnd());
  if (!array.isInside())
    return fail(directory + "/" + *file + ": is shorter than its shape");
  return array;
}

/// A float or bool as the tensor without dimensions that stands for it.
static std::optional<Array> readScalar(const llvm::json::Object *entry,
                                       MLIRContext *context) {
  std::optional<StringRef> kind =
      entry ? entry->getString("kind") : std::nullopt;
  const llvm::json::Value *value = entry ? entry->get("value") : nullptr;
  if (!kind || !value)
    return std::nullopt;
  Builder builder(context);
  std::optional<double> number = value->getAsNumber();
  std::optional<bool> truth = value->getAsBoolean();
  if (*kind == "float" && number) {
    Array array(ArrayRef<int64_t>(), Element::get(builder.getF64Type()));
    array.set(0, {.f = *number});
    return array;
  }
  if (*kind == "bool" && truth) {
    Array array(ArrayRef<int64_t>(), Element::get(builder.getI1Type()));
    array.set(0, {.i = *truth});
    return array;
  }
  return std::nullopt;
}

std::optional<std::vector<GivenInput>> graphc::readInputs(StringRef directory,
                                                          MLIRContext *context,
                                                          std::string &reason) {
  std::string path = (directory + "/manifest.json").str();
  auto text = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!text) {
    reason = path + ": " + text.getError().message();
    return std::nullopt;
  }
  auto parsed = llvm::json::parse((*text)->getBuffer());
  if (!parsed || !parsed->getAsArray()) {
    reason = path + ": " +
             (parsed ? "is no list" : llvm::toString(parsed.takeError()));
    return std::nullopt;
  }
  std::vector<GivenInput> inputs;
  for (const llvm::json::Value &value : *parsed->getAsArray()) {
    const llvm::json::Object *entry = value.getAsObject();
    if (entry && entry->getString("file")) {
      auto tensor = readTensor(directory, *entry, context, reason);
      if (!tensor)
        return std::nullopt;
      inputs.emplace_back(std::move(*tensor));
    } else if (auto scalar = readScalar(entry, context)) {
      inputs.emplace_back(std::move(*scalar));
    } else if (auto number =
                   entry ? entry->getInteger("value") : std::nullopt) {
      inputs.emplace_back(*number);
    } else {
      inputs.emplace_back(std::monostate());
    }
  }
  return inputs;
}

//===----------------------------------------------------------------------===//
// For a replay
//===----------------------------------------------------------------------===//

std::string graphc::getInputFileName(size_t index) {
  std::string number = std::to_string(index);
  return std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number +
         ".bin";
}

/// Empty for a type that a directory cannot hold.
static StringRef getDtype(const Element &element) {
  switch (element.kind) {
  case Element::F64:
    return "float64";
  case Element::F32:
    return "float32";
  case Element::F16:
    return "float16";
  case Element::BF16:
    return "bfloat16";
  case Element::Int:
    return element.width == 1    ? "bool"
           : element.width == 8  ? "int8"
           : element.width == 16 ? "int16"
           : element.width == 32 ? "int32"
                                 : "int64";
  default:
    return "";
  }
}

void graphc::writeManifest(const ProgramInputs &inputs, llvm::raw_ostream &os) {
  llvm::json::Array entries;
  auto add = [&](std::optional<size_t> argument, Attribute expr) {
    llvm::json::Object entry;
    if (argument && *argument < inputs.tensors.size() &&
        !getDtype(inputs.tensors[*argument].element).empty()) {
      const Array dense = inputs.tensors[*argument].clone();
      entry["file"] = getInputFileName(*argument);
      entry["dtype"] = getDtype(dense.element);
      entry["shape"] = llvm::json::Array(ArrayRef<int64_t>(dense.shape));
      entry["stride"] = llvm::json::Array(ArrayRef<int64_t>(dense.strides));
    } else if (auto size = dyn_cast_or_null<graph::ExprAttr>(expr)) {
      if (auto value = graph::Expr(size).evaluate(inputs.values)) {
        entry["kind"] = "int";
        entry["value"] = *value;
      }
    }
    entries.push_back(std::move(entry));
  };
  if (inputs.signature)
    for (const Signature::Input &input : inputs.signature->inputs)
      add(input.argument, input.expr);
  else
    for (size_t i = 0; i < inputs.tensors.size(); ++i)
      add(i, nullptr);
  os << llvm::formatv("{0:2}", llvm::json::Value(std::move(entries))) << '\n';
}

void graphc::writeSavedCheck(const SavedCheck &saved, llvm::raw_ostream &os) {
  llvm::json::Object symbols;
  for (const auto &entry : saved.symbols)
    symbols[entry.getKey()] = entry.getValue();
  llvm::json::Array tolerances;
  for (const Tolerance &tolerance : saved.tolerances)
    tolerances.push_back(
        llvm::json::Object{{"absolute", tolerance.absolute},
                           {"relative", tolerance.relative},
                           {"unstable", tolerance.isUnstable}});
  os << llvm::formatv("{0:2}", llvm::json::Value(llvm::json::Object{
                                   {"symbols", std::move(symbols)},
                                   {"tolerances", std::move(tolerances)}}))
     << '\n';
}

SavedCheck graphc::readSavedCheck(StringRef directory) {
  SavedCheck saved;
  if (auto bytes = llvm::MemoryBuffer::getFile(directory + "/weights.bin"))
    saved.weights = std::make_shared<interpreter::Bytes>(
        (*bytes)->getBufferStart(), (*bytes)->getBufferEnd());
  auto text =
      llvm::MemoryBuffer::getFile(directory + "/check.json", /*IsText=*/true);
  if (!text)
    return saved;
  auto parsed = llvm::json::parse((*text)->getBuffer());
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return saved;
  }
  const llvm::json::Object *object = parsed->getAsObject();
  if (!object)
    return saved;
  if (const llvm::json::Object *symbols = object->getObject("symbols"))
    for (const auto &entry : *symbols)
      if (auto value = entry.second.getAsInteger())
        saved.symbols[entry.first] = *value;
  if (const llvm::json::Array *list = object->getArray("tolerances"))
    for (const llvm::json::Value &value : *list)
      if (const llvm::json::Object *entry = value.getAsObject())
        saved.tolerances.push_back(
            {entry->getNumber("absolute").value_or(0),
             entry->getNumber("relative").value_or(0),
             entry->getBoolean("unstable").value_or(false)});
  return saved;
}
