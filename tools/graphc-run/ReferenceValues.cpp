//===- ReferenceValues.cpp - What every op of the graph computes ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"

#include "graphc/Support/CodedError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace graphc::run;
namespace json = llvm::json;

static llvm::Error failReference(const llvm::Twine &message) {
  return graphc::makeError("reference-run", message);
}

int64_t ReferenceValue::size() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

ReferenceValues::~ReferenceValues() {
  if (!folder.empty())
    llvm::sys::fs::remove_directories(folder);
}

static llvm::Expected<std::string> findCompiler(llvm::StringRef program) {
  std::string self = llvm::sys::fs::getMainExecutable(
      program.str().c_str(), reinterpret_cast<void *>(&findCompiler));
  llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(
      "graphc", {llvm::sys::path::parent_path(self)});
  if (!found)
    found = llvm::sys::findProgramByName("graphc");
  if (!found)
    return failReference("graphc, which evaluates the model, is neither beside "
                         "graphc-run nor on PATH");
  return *found;
}

llvm::Error ReferenceValues::evaluate(llvm::StringRef program,
                                      llvm::StringRef model,
                                      llvm::StringRef inputs) {
  llvm::Expected<std::string> compiler = findCompiler(program);
  if (!compiler)
    return compiler.takeError();
  llvm::SmallString<128> unique;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("graphc-reference", unique))
    return failReference("cannot create a temporary folder: " + code.message());
  folder = unique.str().str();
  std::string to = "--reference-values=" + folder,
              from = ("--check-inputs=" + inputs).str();
  std::string message;
  int status =
      llvm::sys::ExecuteAndWait(*compiler, {*compiler, model, to, from},
                                std::nullopt, {}, 0, 0, &message);
  if (status)
    return failReference("'" + model + "' could not be evaluated" +
                         (message.empty() ? "" : ": " + message));
  return parse();
}

static ReferenceValue readValue(const json::Object &entry) {
  ReferenceValue value;
  auto text = [&](llvm::StringRef key) {
    return entry.getString(key).value_or("").str();
  };
  value.node = text("node");
  value.op = text("op");
  value.modulePath = text("module_path");
  value.source = text("source");
  value.dtype = text("dtype");
  value.file = text("file");
  if (const json::Array *shape = entry.getArray("shape"))
    for (const json::Value &size : *shape)
      value.shape.push_back(size.getAsInteger().value_or(0));
  value.ownError = entry.getNumber("own_error").value_or(0);
  value.tolerance = entry.getNumber("tolerance").value_or(0);
  value.relativeTolerance = entry.getNumber("relative_tolerance").value_or(0);
  value.isUnstable = entry.getBoolean("is_unstable").value_or(false);
  value.numNaN = entry.getInteger("nan").value_or(0);
  value.numInfinite = entry.getInteger("infinite").value_or(0);
  return value;
}

llvm::Error ReferenceValues::parse() {
  std::string path = folder + "/values.json";
  auto text = llvm::MemoryBuffer::getFile(path);
  if (!text)
    return failReference(path + ": " + text.getError().message());
  llvm::Expected<json::Value> parsed = json::parse((*text)->getBuffer());
  if (!parsed)
    return parsed.takeError();
  const json::Object *root = parsed->getAsObject();
  for (auto [title, list] :
       {std::pair("values", &values), std::pair("outputs", &outputs)}) {
    const json::Array *entries = root ? root->getArray(title) : nullptr;
    if (!entries)
      return failReference(path + ": no list '" + title + "'");
    for (const json::Value &entry : *entries)
      if (const json::Object *object = entry.getAsObject())
        list->push_back(readValue(*object));
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
ReferenceValues::read(const ReferenceValue &value) const {
  std::string path = folder + "/" + value.file;
  auto bytes = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                           /*RequiresNullTerminator=*/false);
  if (!bytes)
    return failReference(path + ": " + bytes.getError().message());
  if ((*bytes)->getBufferSize() < static_cast<size_t>(value.size()) * 8)
    return failReference(path + ": is shorter than its shape");
  return std::move(*bytes);
}

const ReferenceValue *
ReferenceValues::findNonFinite(llvm::ArrayRef<std::string> nodes,
                               bool isNaN) const {
  auto found = llvm::find_if(values, [&](const ReferenceValue &value) {
    return (isNaN ? value.numNaN : value.numInfinite) &&
           llvm::is_contained(nodes, value.node);
  });
  return found == values.end() ? nullptr : &*found;
}
