//===- TensorFiles.cpp - Tensors in a folder ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorFiles.h"

#include "graphc/Support/CodedError.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <sys/mman.h>

using namespace graphc::run;
namespace json = llvm::json;

namespace {
struct DtypeName {
  llvm::StringLiteral name;
  DLDataType dtype;
};
} // namespace

static constexpr DtypeName dtypeNames[] = {
    {"bool", {kDLBool, 8, 1}},
    {"uint8", {kDLUInt, 8, 1}},
    {"int8", {kDLInt, 8, 1}},
    {"uint16", {kDLUInt, 16, 1}},
    {"int16", {kDLInt, 16, 1}},
    {"uint32", {kDLUInt, 32, 1}},
    {"int32", {kDLInt, 32, 1}},
    {"uint64", {kDLUInt, 64, 1}},
    {"int64", {kDLInt, 64, 1}},
    {"float16", {kDLFloat, 16, 1}},
    {"bfloat16", {kDLBfloat, 16, 1}},
    {"float32", {kDLFloat, 32, 1}},
    {"float64", {kDLFloat, 64, 1}},
    {"complex32", {kDLComplex, 32, 1}},
    {"complex64", {kDLComplex, 64, 1}},
    {"complex128", {kDLComplex, 128, 1}},
    {"float8_e4m3fn", {kDLFloat8_e4m3fn, 8, 1}},
    {"float8_e4m3fnuz", {kDLFloat8_e4m3fnuz, 8, 1}},
    {"float8_e5m2", {kDLFloat8_e5m2, 8, 1}},
    {"float8_e5m2fnuz", {kDLFloat8_e5m2fnuz, 8, 1}},
    {"float8_e8m0fnu", {kDLFloat8_e8m0fnu, 8, 1}},
};

/// What a large page of x86-64 or AArch64 covers.
static constexpr size_t largePage = 2 << 20;

Buffer::Buffer(size_t size) : length(size) {
  size_t alignment = size < largePage ? 64 : largePage;
  size_t whole = llvm::alignTo(size + 1, alignment);
  memory.reset(static_cast<char *>(std::aligned_alloc(alignment, whole)));
  if (!memory)
    return;
#ifdef MADV_HUGEPAGE
  // Kernels walk over many pages at once. Advice that is not taken is no error.
  if (alignment == largePage)
    (void)madvise(memory.get(), whole, MADV_HUGEPAGE);
#endif
  std::memset(memory.get(), 0, size);
}

DLTensor Tensor::view() {
  return {buffer.data(),
          {kDLCPU, 0},
          static_cast<int32_t>(shape.size()),
          dtype,
          shape.data(),
          strides.data(),
          /*byte_offset=*/0};
}

llvm::StringRef graphc::run::getDtypeName(DLDataType dtype) {
  for (const DtypeName &known : dtypeNames)
    if (known.dtype.code == dtype.code && known.dtype.bits == dtype.bits)
      return known.name;
  return "";
}

std::optional<DLDataType> graphc::run::findDtype(llvm::StringRef name) {
  for (const DtypeName &known : dtypeNames)
    if (known.name == name)
      return known.dtype;
  return std::nullopt;
}

std::optional<size_t> graphc::run::getSpan(DLDataType dtype,
                                           llvm::ArrayRef<int64_t> shape,
                                           llvm::ArrayRef<int64_t> strides) {
  int64_t span = 1, reach;
  bool empty = false;
  for (auto [size, stride] : llvm::zip(shape, strides)) {
    if (size < 0 || stride < 0)
      return std::nullopt;
    empty |= size == 0;
  }
  if (empty)
    return 0;
  for (auto [size, stride] : llvm::zip(shape, strides))
    if (llvm::MulOverflow(size - 1, stride, reach) ||
        llvm::AddOverflow(span, reach, span))
      return std::nullopt;
  if (llvm::MulOverflow(span, int64_t(dtype.bits / 8), span) ||
      span > (int64_t(1) << 46))
    return std::nullopt;
  return static_cast<size_t>(span);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static llvm::Error fileError(const llvm::Twine &message) {
  return graphc::makeError("tensor-file", message);
}

/// Python writes NaN and infinities as words that JSON does not have; they
/// become strings.
static std::string quoteSpecialFloats(llvm::StringRef text) {
  std::string result;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (inString && text[i] == '\\') {
      result += text.substr(i++, 2);
      continue;
    }
    inString ^= text[i] == '"';
    size_t length = 0;
    for (llvm::StringRef word : {"NaN", "Infinity", "-Infinity"})
      if (!inString && text.substr(i).starts_with(word))
        length = word.size();
    if (length)
      result += "\"" + text.substr(i, length).str() + "\"";
    else
      result += text[i];
    i += length ? length - 1 : 0;
  }
  return result;
}

static std::optional<double> getDouble(const json::Value &value) {
  if (auto number = value.getAsNumber())
    return number;
  auto text = value.getAsString();
  if (text && *text == "NaN")
    return std::numeric_limits<double>::quiet_NaN();
  if (text && text->ends_with("Infinity"))
    return *text == "Infinity" ? HUGE_VAL : -HUGE_VAL;
  return std::nullopt;
}

/// The values of a kind other than tensor.
static bool readPlain(const json::Object &object, Value &value) {
  auto kind = object.getString("kind");
  const json::Value *given = object.get("value");
  if (!kind || !given)
    return false;
  if (*kind == "none") {
    value.kind = GRAPHC_KIND_NONE;
    return true;
  }
  if (*kind == "int") {
    value.kind = GRAPHC_KIND_INT;
    auto integer = given->getAsInteger();
    value.integer = integer.value_or(0);
    return integer.has_value();
  }
  if (*kind == "bool") {
    value.kind = GRAPHC_KIND_BOOL;
    auto boolean = given->getAsBoolean();
    value.integer = boolean.value_or(false);
    return boolean.has_value();
  }
  if (*kind == "float") {
    value.kind = GRAPHC_KIND_FLOAT;
    auto real = getDouble(*given);
    value.real = real.value_or(0);
    return real.has_value();
  }
  value.kind = GRAPHC_KIND_STRING;
  auto text = given->getAsString();
  value.text = text.value_or("").str();
  return *kind == "str" && text;
}

static bool readIntegers(const json::Array *array,
                         std::vector<int64_t> &result) {
  if (!array)
    return false;
  for (const json::Value &value : *array) {
    auto integer = value.getAsInteger();
    if (!integer)
      return false;
    result.push_back(*integer);
  }
  return true;
}

static llvm::Error readTensor(llvm::StringRef folder,
                              const json::Object &object, Value &value) {
  value.kind = GRAPHC_KIND_TENSOR;
  auto file = object.getString("file");
  auto name = object.getString("dtype");
  auto dtype = findDtype(name.value_or(""));
  Tensor &tensor = value.tensor;
  if (!file || !dtype || !readIntegers(object.getArray("shape"), tensor.shape))
    return fileError("expected \"file\", \"dtype\" and \"shape\"");
  tensor.dtype = *dtype;
  if (!object.get("stride")) {
    tensor.strides.assign(tensor.shape.size(), 1);
    for (size_t d = tensor.shape.size(); d > 1; --d)
      tensor.strides[d - 2] = tensor.strides[d - 1] * tensor.shape[d - 1];
  } else if (!readIntegers(object.getArray("stride"), tensor.strides) ||
             tensor.strides.size() != tensor.shape.size()) {
    return fileError("expected one \"stride\" per dimension");
  }
  auto span = getSpan(*dtype, tensor.shape, tensor.strides);
  if (!span)
    return fileError("sizes or strides are negative or too large");
  auto content = llvm::MemoryBuffer::getFile(folder + "/" + *file, false,
                                             /*RequiresNullTerminator=*/false);
  if (!content)
    return fileError("cannot read '" + *file +
                     "': " + content.getError().message());
  if ((*content)->getBufferSize() != *span)
    return fileError("'" + *file + "' has " +
                     llvm::Twine((*content)->getBufferSize()) +
                     " bytes, expected " + llvm::Twine(*span));
  tensor.buffer = Buffer(*span);
  if (!tensor.buffer.data())
    return graphc::makeError("run-memory", "out of memory");
  std::memcpy(tensor.buffer.data(), (*content)->getBufferStart(), *span);
  return llvm::Error::success();
}

llvm::Expected<std::vector<Value>>
graphc::run::readValues(llvm::StringRef folder) {
  std::string path = (folder + "/manifest.json").str();
  auto content = llvm::MemoryBuffer::getFile(path);
  if (!content)
    return fileError("cannot read '" + path +
                     "': " + content.getError().message());
  auto parsed = json::parse(quoteSpecialFloats((*content)->getBuffer()));
  if (!parsed)
    return fileError(path + ": " + llvm::toString(parsed.takeError()));
  const json::Array *entries = parsed->getAsArray();
  if (!entries)
    return fileError(path + ": expected a list");
  std::vector<Value> values;
  for (const json::Value &entry : *entries) {
    Value value;
    const json::Object *object = entry.getAsObject();
    llvm::Error error = llvm::Error::success();
    if (object && object->get("file"))
      error = readTensor(folder, *object, value);
    else if (!object || !readPlain(*object, value))
      error = fileError("expected a tensor, int, float, bool, str or none");
    if (error)
      return fileError(path + ": entry " + llvm::Twine(values.size()) + ": " +
                       llvm::toString(std::move(error)));
    values.push_back(std::move(value));
  }
  return values;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static llvm::Error writeFile(const llvm::Twine &path, llvm::StringRef bytes) {
  std::string name = path.str(), temporary = name + ".tmp";
  std::error_code code;
  {
    llvm::raw_fd_ostream stream(temporary, code);
    if (!code) {
      stream << bytes;
      stream.close();
      code = stream.error();
      stream.clear_error();
    }
  }
  if (!code)
    code = llvm::sys::fs::rename(temporary, name);
  if (!code)
    return llvm::Error::success();
  llvm::sys::fs::remove(temporary);
  return graphc::makeError("output-write",
                           "cannot write '" + name + "': " + code.message());
}

/// All digits, and the words that Python understands.
static std::string formatDouble(double value) {
  if (std::isnan(value))
    return "NaN";
  if (std::isinf(value))
    return value < 0 ? "-Infinity" : "Infinity";
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.17g", value);
  if (text.find_first_of(".e") == std::string::npos)
    text += ".0";
  return text;
}

static void writePlain(json::OStream &out, const Value &value) {
  switch (value.kind) {
  case GRAPHC_KIND_INT:
    out.attribute("kind", "int");
    out.attribute("value", value.integer);
    return;
  case GRAPHC_KIND_BOOL:
    out.attribute("kind", "bool");
    out.attribute("value", value.integer != 0);
    return;
  case GRAPHC_KIND_FLOAT:
    out.attribute("kind", "float");
    out.attributeBegin("value");
    out.rawValue(formatDouble(value.real));
    out.attributeEnd();
    return;
  case GRAPHC_KIND_STRING:
    out.attribute("kind", "str");
    out.attribute("value", json::fixUTF8(value.text));
    return;
  default:
    out.attribute("kind", "none");
    out.attribute("value", nullptr);
  }
}

static void writeEntry(json::OStream &out, const Value &value,
                       const std::string &file) {
  if (value.kind == GRAPHC_KIND_TENSOR) {
    out.attribute("file", file);
    out.attribute("dtype", getDtypeName(value.tensor.dtype));
    out.attribute("shape", json::Array(value.tensor.shape));
    out.attribute("stride", json::Array(value.tensor.strides));
  } else {
    writePlain(out, value);
  }
  if (!value.spec.empty())
    out.attribute("spec", value.spec);
  if (!value.target.empty())
    out.attribute("target", json::fixUTF8(value.target));
  if (value.input)
    out.attribute("input", *value.input);
}

llvm::Error graphc::run::writeValues(llvm::StringRef folder,
                                     const std::vector<Value> &values) {
  if (std::error_code code = llvm::sys::fs::create_directories(folder))
    return graphc::makeError("output-write", "cannot create '" + folder +
                                                 "': " + code.message());
  std::string manifest = "[";
  for (size_t index = 0; index < values.size(); ++index) {
    const Value &value = values[index];
    std::string file;
    llvm::raw_string_ostream(file)
        << llvm::format("%03u.bin", static_cast<unsigned>(index));
    if (value.kind == GRAPHC_KIND_TENSOR)
      if (llvm::Error error =
              writeFile(folder + "/" + file, {value.tensor.buffer.data(),
                                              value.tensor.buffer.size()}))
        return error;
    manifest += index ? ",\n" : "\n";
    llvm::raw_string_ostream stream(manifest);
    json::OStream out(stream);
    out.object([&] { writeEntry(out, value, file); });
  }
  return writeFile(folder + "/manifest.json", manifest + "\n]\n");
}
