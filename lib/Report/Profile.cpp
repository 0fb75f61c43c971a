//===- Profile.cpp - What graphc-run measured -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Report/Report.h"
#include "graphc/Support/ErrorCode.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace graphc::report;
using llvm::StringRef;
namespace json = llvm::json;

static llvm::Error refuse(StringRef path, const llvm::Twine &problem) {
  return graphc::makeError(
      "profile-form", path + ": " + problem +
                          "; --report-profile takes what graphc-run --profile "
                          "writes");
}

/// Finds a kernel by its symbol.
static Kernel *find(Report &report, StringRef name) {
  for (Kernel &kernel : report.kernels)
    if (kernel.name == name)
      return &kernel;
  return nullptr;
}

/// What is not known of a part is not known of the whole.
template <typename T>
static std::optional<T> add(std::optional<T> a, std::optional<T> b) {
  return a && b ? std::optional<T>(*a + *b) : std::nullopt;
}

static Measured operator+(const Measured &a, const Measured &b) {
  return {add(a.milliseconds, b.milliseconds), add(a.bytes, b.bytes),
          add(a.flops, b.flops), add(a.calls, b.calls)};
}

llvm::Error graphc::report::readProfile(StringRef path, Report &report) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return makeError("input-open", "cannot open '" + path +
                                       "': " + file.getError().message());
  llvm::Expected<json::Value> parsed = json::parse((*file)->getBuffer());
  if (!parsed)
    return refuse(path, llvm::toString(parsed.takeError()));
  json::Object *object = parsed->getAsObject();
  json::Array *kernels = object ? object->getArray("kernels") : nullptr;
  if (!kernels)
    return refuse(path, "expected an object with a list 'kernels'");
  Profile profile;
  profile.file = path.str();
  profile.totalMilliseconds = object->getNumber("total_ms");
  profile.copyGBPerSecond = object->getNumber("copy_gb_s");
  profile.threads = object->getInteger("threads");
  profile.runs = object->getInteger("runs");
  for (auto [i, element] : llvm::enumerate(*kernels)) {
    json::Object *entry = element.getAsObject();
    std::optional<StringRef> name =
        entry ? entry->getString("name") : std::nullopt;
    if (!name)
      return refuse(path, "kernels[" + llvm::Twine(i) +
                              "]: expected an object with a string 'name'");
    for (StringRef key : {"ms", "bytes", "flops", "calls"}) {
      json::Value *value = entry->get(key);
      if (value && !value->getAsNumber() && !value->getAsNull())
        return refuse(path, "kernels[" + llvm::Twine(i) + "]." + key +
                                ": expected a number or null");
    }
    Kernel *kernel = find(report, *name);
    if (!kernel) {
      profile.unknown.push_back(name->str());
      continue;
    }
    // One kernel may have an entry for each of its calls.
    Measured part{entry->getNumber("ms"), entry->getNumber("bytes"),
                  entry->getNumber("flops"), entry->getInteger("calls")};
    kernel->measured = kernel->measured ? *kernel->measured + part : part;
  }
  report.profile = std::move(profile);
  return llvm::Error::success();
}
