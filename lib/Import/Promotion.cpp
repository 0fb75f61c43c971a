//===- Promotion.cpp - ATen's type promotion ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Promotion.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace graphc::aten;
using graphc::loader::DType;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

Type graphc::aten::getElementType(DType dtype, MLIRContext *context) {
  auto unsignedType = [&](unsigned width) {
    return IntegerType::get(context, width, IntegerType::Unsigned);
  };
  switch (dtype) {
  case DType::Bool:
    return IntegerType::get(context, 1);
  case DType::UInt8:
    return unsignedType(8);
  case DType::UInt16:
    return unsignedType(16);
  case DType::UInt32:
    return unsignedType(32);
  case DType::UInt64:
    return unsignedType(64);
  case DType::Int8:
    return IntegerType::get(context, 8);
  case DType::Int16:
    return IntegerType::get(context, 16);
  case DType::Int32:
    return IntegerType::get(context, 32);
  case DType::Int64:
    return IntegerType::get(context, 64);
  case DType::Float8E4M3FN:
    return Float8E4M3FNType::get(context);
  case DType::Float8E4M3FNUZ:
    return Float8E4M3FNUZType::get(context);
  case DType::Float8E5M2:
    return Float8E5M2Type::get(context);
  case DType::Float8E5M2FNUZ:
    return Float8E5M2FNUZType::get(context);
  case DType::Float8E8M0FNU:
    return Float8E8M0FNUType::get(context);
  case DType::Float16:
    return Float16Type::get(context);
  case DType::BFloat16:
    return BFloat16Type::get(context);
  case DType::Float32:
    return Float32Type::get(context);
  case DType::Float64:
    return Float64Type::get(context);
  case DType::Complex64:
    return ComplexType::get(Float32Type::get(context));
  case DType::Complex128:
    return ComplexType::get(Float64Type::get(context));
  case DType::Complex32:
  case DType::Float4E2M1FNX2:
    return {};
  }
  return {};
}

std::string graphc::aten::getDTypeName(Type type) {
  if (isBool(type))
    return "bool";
  if (auto integer = dyn_cast<IntegerType>(type))
    return (integer.isUnsigned() ? "uint" : "int") +
           std::to_string(integer.getWidth());
  if (type.isBF16())
    return "bfloat16";
  if (type.isF16() || type.isF32() || type.isF64())
    return "float" + std::to_string(type.getIntOrFloatBitWidth());
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF32() ? "complex64" : "complex128";
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

bool graphc::aten::isBool(Type type) { return type && type.isInteger(1); }
bool graphc::aten::isInteger(Type type) {
  return isa_and_present<IntegerType>(type) && !isBool(type);
}
bool graphc::aten::isFloat(Type type) {
  return isa_and_present<FloatType>(type);
}
bool graphc::aten::isComplex(Type type) {
  return isa_and_present<ComplexType>(type);
}
bool graphc::aten::isReducedFloat(Type type) {
  return isFloat(type) && type.getIntOrFloatBitWidth() < 32;
}
Type graphc::aten::getComputeType(Type type) {
  return isReducedFloat(type) ? Float32Type::get(type.getContext()) : type;
}

//===----------------------------------------------------------------------===//
// Promotion of two types
//===----------------------------------------------------------------------===//

static bool isUnsignedAboveByte(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer && integer.isUnsigned() && integer.getWidth() > 8;
}

static Type promoteIntegers(IntegerType a, IntegerType b) {
  if (isBool(a))
    return b;
  if (isBool(b))
    return a;
  if (isUnsignedAboveByte(a) || isUnsignedAboveByte(b))
    return {};
  if (a.isUnsigned() == b.isUnsigned())
    return a.getWidth() >= b.getWidth() ? a : b;
  // uint8 fits in every signed type but int8; those two meet in int16.
  IntegerType signedType = a.isUnsigned() ? b : a;
  return IntegerType::get(a.getContext(), std::max(16u, signedType.getWidth()));
}

static Type promoteFloats(Type a, Type b) {
  unsigned widthA = a.getIntOrFloatBitWidth(),
           widthB = b.getIntOrFloatBitWidth();
  if (widthA == 8 || widthB == 8)
    return {};
  // float16 and bfloat16.
  if (widthA == widthB)
    return Float32Type::get(a.getContext());
  return widthA > widthB ? a : b;
}

Type graphc::aten::promoteTypes(Type a, Type b) {
  if (!a || !b)
    return a ? a : b;
  if (a == b)
    return a;
  if (isComplex(a) || isComplex(b)) {
    Type partA = isComplex(a) ? cast<ComplexType>(a).getElementType() : a;
    Type partB = isComplex(b) ? cast<ComplexType>(b).getElementType() : b;
    // complex32 is not among the element types; reduced floats meet complex64.
    Type part = isFloat(partA) && isFloat(partB)
                    ? promoteTypes(getComputeType(partA), getComputeType(partB))
                    : (isFloat(partA) ? partA : partB);
    return part ? ComplexType::get(part) : Type();
  }
  if (isFloat(a) && isFloat(b))
    return promoteFloats(a, b);
  if (isFloat(a) || isFloat(b)) {
    Type result = isFloat(a) ? a : b;
    return result.getIntOrFloatBitWidth() == 8 ? Type() : result;
  }
  return promoteIntegers(cast<IntegerType>(a), cast<IntegerType>(b));
}

//===----------------------------------------------------------------------===//
// Promotion of operands
//===----------------------------------------------------------------------===//

/// The dtype of a Python number as an operand: bool, int64, the default float
/// or the default complex type.
static Type getNumberType(const Item &number, MLIRContext *context) {
  if (number.as<bool>() || number.as<SymBool>() || number.as<TensorBool>())
    return IntegerType::get(context, 1);
  if (number.as<graphc::graph::Expr>())
    return IntegerType::get(context, 64);
  if (number.as<std::complex<double>>())
    return ComplexType::get(Float32Type::get(context));
  return Float32Type::get(context);
}

/// c10's combine_categories: `lower` only matters when its category (bool,
/// integer, float, complex) is above that of `higher`.
static Type combineCategories(Type higher, Type lower) {
  if (!higher || !lower)
    return higher ? higher : lower;
  if (isComplex(higher))
    return higher;
  if (isFloat(higher))
    return isComplex(lower)
               ? promoteTypes(higher, ComplexType::get(getComputeType(higher)))
               : higher;
  if (isBool(higher) || isFloat(lower) || isComplex(lower))
    return promoteTypes(higher, lower);
  return higher;
}

Type graphc::aten::getResultType(ArrayRef<Operand> operands,
                                 MLIRContext *context) {
  Type dimensioned, scalar, number;
  for (const Operand &operand : operands) {
    Type *slot = &number, type;
    if (operand.tensor) {
      auto tensor = cast<graph::StridedTensorType>(operand.tensor.getType());
      slot = tensor.getRank() > 0 ? &dimensioned : &scalar;
      type = tensor.getElementType();
    } else {
      type = getNumberType(operand.number, context);
    }
    *slot = *slot ? promoteTypes(*slot, type) : type;
    if (!*slot)
      return {};
  }
  return combineCategories(dimensioned, combineCategories(scalar, number));
}

Type graphc::aten::getFloatResultType(ArrayRef<Operand> operands,
                                      MLIRContext *context) {
  Type type = getResultType(operands, context);
  return isa_and_present<IntegerType>(type) ? Float32Type::get(context) : type;
}
