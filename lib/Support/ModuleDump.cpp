//===- ModuleDump.cpp - A module as the input of a compilation ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/FailureDump.h"

#include "DumpIR.h"

#include "graphc/Loader/Weights.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graphc;
using loader::DType;

/// As PyTorch calls it; signless integers are signed.
static std::optional<DType> dtypeOf(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Type part = complex.getElementType();
    return part.isF16()   ? std::optional(DType::Complex32)
           : part.isF32() ? std::optional(DType::Complex64)
           : part.isF64() ? std::optional(DType::Complex128)
                          : std::nullopt;
  }
  if (auto integer = dyn_cast<IntegerType>(type)) {
    bool isUnsigned = integer.isUnsigned();
    switch (integer.getWidth()) {
    case 1:
      return DType::Bool;
    case 8:
      return isUnsigned ? DType::UInt8 : DType::Int8;
    case 16:
      return isUnsigned ? DType::UInt16 : DType::Int16;
    case 32:
      return isUnsigned ? DType::UInt32 : DType::Int32;
    case 64:
      return isUnsigned ? DType::UInt64 : DType::Int64;
    default:
      return std::nullopt;
    }
  }
  return llvm::TypeSwitch<Type, std::optional<DType>>(type)
      .Case([](Float16Type) { return DType::Float16; })
      .Case([](BFloat16Type) { return DType::BFloat16; })
      .Case([](Float32Type) { return DType::Float32; })
      .Case([](Float64Type) { return DType::Float64; })
      .Case([](Float8E5M2Type) { return DType::Float8E5M2; })
      .Case([](Float8E4M3FNType) { return DType::Float8E4M3FN; })
      .Case([](Float8E5M2FNUZType) { return DType::Float8E5M2FNUZ; })
      .Case([](Float8E4M3FNUZType) { return DType::Float8E4M3FNUZ; })
      .Default(std::nullopt);
}

/// Its values as the loader sees those of a file; nothing for a type that no
/// program has.
static std::optional<loader::Constant> describe(StringRef name, ShapedType type,
                                                ArrayRef<char> bytes) {
  std::optional<DType> dtype = dtypeOf(type.getElementType());
  if (!dtype || !type.hasStaticShape())
    return std::nullopt;
  loader::Constant constant;
  constant.name = name.str();
  constant.dtype = *dtype;
  constant.shape.assign(type.getShape().begin(), type.getShape().end());
  constant.stride.resize(constant.shape.size());
  uint64_t count = 1;
  for (size_t dim = constant.shape.size(); dim--;) {
    constant.stride[dim] = count;
    count = llvm::SaturatingMultiply<uint64_t>(count, constant.shape[dim]);
  }
  if (bytes.size() !=
      llvm::SaturatingMultiply<uint64_t>(count, loader::dtypeSize(*dtype)))
    bytes = {}; // Left out, or not as they should be: not to be read.
  auto storage = std::make_shared<loader::Storage>();
  storage->data = reinterpret_cast<const std::uint8_t *>(bytes.data());
  storage->size = bytes.size();
  constant.storage = std::move(storage);
  return constant;
}

/// The constants with names, each once, in the order of the text.
static loader::Program collectWeights(Operation *module) {
  loader::Program program;
  llvm::StringSet<> seen;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr attr) {
    DenseResourceElementsHandle handle = attr.getRawHandle();
    if (!seen.insert(handle.getKey()).second)
      return;
    AsmResourceBlob *blob = handle.getBlob();
    if (auto constant = describe(handle.getKey(), attr.getType(),
                                 blob ? blob->getData() : ArrayRef<char>()))
      program.constants.push_back(std::move(*constant));
  });
  module->walk([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
  return program;
}

void graphc::dumpProgram(Operation *module) {
  if (!isReplaying())
    return;
  writeModule("program.mlir", module, "");
  writeDumpFile("weights.txt", [&](raw_ostream &os) {
    os << loader::printWeights(collectWeights(module));
  });
}
