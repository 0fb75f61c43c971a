//===- WeightsFile.cpp - Weights as a safetensors file --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Eight bytes of header length, a JSON header padded with spaces, the values.
// The format wants names to be unique and values without gaps; padding between
// tensors is given to tensors of bytes of its own.
//
//===----------------------------------------------------------------------===//

#include "Parts.h"

#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/OutputFiles.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace graphc;
using namespace graphc::artefact;

/// The format's name for a dtype; bytes for what it has no name for.
static llvm::StringRef getDtypeName(llvm::StringRef dtype) {
  return llvm::StringSwitch<llvm::StringRef>(dtype)
      .Case("bool", "BOOL")
      .Case("uint8", "U8")
      .Case("int8", "I8")
      .Case("uint16", "U16")
      .Case("int16", "I16")
      .Case("uint32", "U32")
      .Case("int32", "I32")
      .Case("uint64", "U64")
      .Case("int64", "I64")
      .Case("float16", "F16")
      .Case("bfloat16", "BF16")
      .Case("float32", "F32")
      .Case("float64", "F64")
      .Case("float8_e4m3fn", "F8_E4M3")
      .Case("float8_e5m2", "F8_E5M2")
      .Case("complex64", "C64")
      .Default("");
}

static unsigned getDtypeSize(llvm::StringRef name) {
  return llvm::StringSwitch<unsigned>(name)
      .Cases({"BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2"}, 1)
      .Cases({"U16", "I16", "F16", "BF16"}, 2)
      .Cases({"U32", "I32", "F32"}, 4)
      .Default(8);
}

/// Packed or reordered weights no longer have the shape of their dtype; they
/// are written as bytes.
static void writeEntry(llvm::json::OStream &json, const WeightEntry &weight) {
  llvm::StringRef dtype = getDtypeName(weight.dtype);
  uint64_t elements = 1;
  for (int64_t size : weight.shape)
    elements *= static_cast<uint64_t>(size);
  bool asBytes =
      dtype.empty() || elements * getDtypeSize(dtype) != weight.bytes.size();
  json.attribute("dtype", asBytes ? "U8" : dtype);
  json.attributeArray("shape", [&] {
    if (asBytes)
      json.value(int64_t(weight.bytes.size()));
    else
      for (int64_t size : weight.shape)
        json.value(size);
  });
  json.attributeArray("data_offsets", [&] {
    json.value(int64_t(weight.offset));
    json.value(int64_t(weight.offset + weight.bytes.size()));
  });
}

std::string
artefact::makeSafetensorsHeader(llvm::ArrayRef<WeightEntry> weights) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream);
  llvm::StringMap<unsigned> uses;
  uint64_t end = 0;
  json.object([&] {
    for (const WeightEntry &weight : weights) {
      if (weight.offset > end) {
        WeightEntry gap;
        std::vector<char> none(weight.offset - end);
        gap.bytes = none;
        gap.offset = end;
        json.attributeObject("__padding_" + std::to_string(end),
                             [&] { writeEntry(json, gap); });
      }
      std::string name = llvm::json::fixUTF8(weight.name);
      unsigned use = uses[name]++;
      if (use)
        name += "#" + std::to_string(use);
      json.attributeObject(name, [&] { writeEntry(json, weight); });
      end = weight.offset + weight.bytes.size();
    }
  });
  text.resize(llvm::alignTo(text.size() + 8, 64) - 8, ' ');
  char length[8];
  llvm::support::endian::write64le(length, text.size());
  return std::string(length, 8) + text;
}

void artefact::writeValues(
    llvm::ArrayRef<WeightEntry> weights,
    llvm::function_ref<void(llvm::ArrayRef<char>)> write) {
  static const char zeros[4096] = {};
  uint64_t end = 0;
  for (const WeightEntry &weight : weights) {
    for (uint64_t gap = weight.offset - end; gap;) {
      uint64_t piece = std::min<uint64_t>(gap, sizeof(zeros));
      write(llvm::ArrayRef<char>(zeros, piece));
      gap -= piece;
    }
    write(weight.bytes);
    end = weight.offset + weight.bytes.size();
  }
}

llvm::Error graphc::writeSafetensors(llvm::StringRef path,
                                     std::vector<WeightEntry> tensors) {
  auto sizeOf = [](const WeightEntry &tensor) {
    return getDtypeSize(getDtypeName(tensor.dtype));
  };
  llvm::stable_sort(tensors, [&](const WeightEntry &a, const WeightEntry &b) {
    return sizeOf(a) > sizeOf(b);
  });
  uint64_t offset = 0;
  for (WeightEntry &tensor : tensors) {
    tensor.offset = offset;
    offset += tensor.bytes.size();
    if (getDtypeName(tensor.dtype).empty())
      return makeError("unsupported-target",
                       "weight '" + tensor.name + "' is " + tensor.dtype +
                           ", which safetensors files have no name for");
  }
  OutputFiles files;
  llvm::Error error = files.write(path, [&](llvm::raw_pwrite_stream &stream) {
    stream << makeSafetensorsHeader(tensors);
    writeValues(tensors, [&](llvm::ArrayRef<char> bytes) {
      stream.write(bytes.data(), bytes.size());
    });
    return llvm::Error::success();
  });
  return error ? std::move(error) : files.commit();
}

llvm::Error artefact::checkWeights(llvm::ArrayRef<WeightEntry> weights) {
  uint64_t end = 0;
  for (const WeightEntry &weight : weights) {
    if (weight.offset < end || weight.offset % 64)
      return makeError("module-weights",
                       "weight '" + weight.name + "' is at offset " +
                           llvm::Twine(weight.offset) +
                           ", expected a multiple of 64 from " +
                           llvm::Twine(end) + " on");
    end = weight.offset + weight.bytes.size();
  }
  return llvm::Error::success();
}

uint64_t artefact::getWeightsSize(llvm::ArrayRef<WeightEntry> weights) {
  return weights.empty() ? 0
                         : weights.back().offset + weights.back().bytes.size();
}
