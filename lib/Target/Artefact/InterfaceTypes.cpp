//===- InterfaceTypes.cpp - Expressions and types of the interface --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Describer.h"

#include "graphc/Support/ErrorCode.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace graphc;

namespace {
/// An element type by PyTorch's and DLPack's names.
struct ElementName {
  StringRef name;
  DLDataType dtype;
};
} // namespace

static std::optional<int64_t> getOpcode(graph::ExprKind kind) {
  switch (kind) {
  case graph::ExprKind::Sum:
    return GRAPHC_EXPR_ADD;
  case graph::ExprKind::Product:
    return GRAPHC_EXPR_MUL;
  case graph::ExprKind::FloorDiv:
    return GRAPHC_EXPR_FLOORDIV;
  case graph::ExprKind::Max:
    return GRAPHC_EXPR_MAX;
  case graph::ExprKind::Min:
    return GRAPHC_EXPR_MIN;
  case graph::ExprKind::Eq:
    return GRAPHC_EXPR_EQ;
  case graph::ExprKind::Le:
    return GRAPHC_EXPR_LE;
  default:
    return std::nullopt;
  }
}

/// `depth` is how many values are on the stack already.
LogicalResult Describer::encode(graph::Expr expr, InterfaceExpr &result,
                                int depth) {
  if (depth >= GRAPHC_EXPR_DEPTH)
    return fail("a size is too deeply nested to be evaluated at run time");
  if (expr.isConstant()) {
    result.code.insert(result.code.end(),
                       {GRAPHC_EXPR_CONSTANT, *expr.getConstant()});
    return success();
  }
  if (expr.kind() == graph::ExprKind::Symbol) {
    auto index = symbolIndices.find(expr.getName());
    if (index == symbolIndices.end())
      return fail("the signature does not declare symbol '" + expr.getName() +
                  "'");
    usedSymbols.insert(expr.getName());
    result.code.insert(result.code.end(),
                       {GRAPHC_EXPR_SYMBOL, int64_t(index->second)});
    return success();
  }
  std::optional<int64_t> opcode = getOpcode(expr.kind());
  if (!opcode)
    return fail("a size of the signature is not valid");
  for (auto [index, operand] : llvm::enumerate(expr.operands())) {
    if (failed(encode(operand, result, depth + (index ? 1 : 0))))
      return failure();
    if (index)
      result.code.push_back(*opcode);
  }
  return success();
}

FailureOr<InterfaceExpr> Describer::encode(graph::Expr expr) {
  InterfaceExpr result;
  if (!expr)
    return fail("a size of the signature is missing");
  if (failed(encode(expr, result, 0)))
    return failure();
  result.code.push_back(GRAPHC_EXPR_END);
  return result;
}

FailureOr<InterfaceExpr> Describer::encode(Attribute attr) {
  if (auto integer = dyn_cast_or_null<IntegerAttr>(attr))
    return InterfaceExpr::constant(integer.getValue().getSExtValue());
  if (auto expr = dyn_cast_or_null<graph::ExprAttr>(attr))
    return encode(graph::Expr(expr));
  return fail("a size of the signature is not an expression");
}

LogicalResult Describer::encodeSizes(ArrayRef<graph::Expr> sizes,
                                     std::vector<InterfaceExpr> &result) {
  for (graph::Expr size : sizes) {
    FailureOr<InterfaceExpr> expr = encode(size);
    if (failed(expr))
      return failure();
    result.push_back(std::move(*expr));
  }
  return success();
}

static std::optional<ElementName> getElementName(Type type) {
  auto make = [](StringRef name, uint8_t code, uint8_t bits) {
    return ElementName{name, {code, bits, 1}};
  };
  if (type.isF64())
    return make("float64", kDLFloat, 64);
  if (type.isF32())
    return make("float32", kDLFloat, 32);
  if (type.isF16())
    return make("float16", kDLFloat, 16);
  if (type.isBF16())
    return make("bfloat16", kDLBfloat, 16);
  if (isa<Float8E4M3FNType>(type))
    return make("float8_e4m3fn", kDLFloat8_e4m3fn, 8);
  if (isa<Float8E4M3FNUZType>(type))
    return make("float8_e4m3fnuz", kDLFloat8_e4m3fnuz, 8);
  if (isa<Float8E5M2Type>(type))
    return make("float8_e5m2", kDLFloat8_e5m2, 8);
  if (isa<Float8E5M2FNUZType>(type))
    return make("float8_e5m2fnuz", kDLFloat8_e5m2fnuz, 8);
  if (isa<Float8E8M0FNUType>(type))
    return make("float8_e8m0fnu", kDLFloat8_e8m0fnu, 8);
  if (auto complex = dyn_cast<ComplexType>(type)) {
    if (complex.getElementType().isF32())
      return make("complex64", kDLComplex, 64);
    if (complex.getElementType().isF64())
      return make("complex128", kDLComplex, 128);
    return std::nullopt;
  }
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  bool isUnsigned = integer.isUnsigned();
  uint8_t code = isUnsigned ? kDLUInt : kDLInt;
  switch (integer.getWidth()) {
  case 1:
    return make("bool", kDLBool, 8);
  case 8:
    return make(isUnsigned ? "uint8" : "int8", code, 8);
  case 16:
    return make(isUnsigned ? "uint16" : "int16", code, 16);
  case 32:
    return make(isUnsigned ? "uint32" : "int32", code, 32);
  case 64:
    return make(isUnsigned ? "uint64" : "int64", code, 64);
  default:
    return std::nullopt;
  }
}

std::optional<DLDataType> graphc::findDtype(Type elementType) {
  if (elementType.isIndex())
    return DLDataType{kDLInt, 64, 1};
  std::optional<ElementName> element = getElementName(elementType);
  if (!element)
    return std::nullopt;
  return element->dtype;
}

static void printSizes(llvm::raw_ostream &os, ArrayRef<graph::Expr> sizes) {
  os << "[";
  llvm::interleaveComma(sizes, os);
  os << "]";
}

FailureOr<InterfaceType> Describer::describeType(Type type) {
  auto tensor = dyn_cast_or_null<graph::StridedTensorType>(type);
  if (!tensor)
    return fail("a tensor of the signature has no type");
  std::optional<ElementName> element = getElementName(tensor.getElementType());
  if (!element)
    return withCode("module-interface", module.emitError("element type "))
           << tensor.getElementType() << " cannot be passed to a module";
  if (tensor.getRank() > 64)
    return fail("a tensor of rank " + Twine(tensor.getRank()) +
                " cannot be passed to a module");
  InterfaceType result;
  result.dtype = element->dtype;
  llvm::raw_string_ostream os(result.text);
  os << element->name;
  printSizes(os, tensor.getShape());
  if (!tensor.isContiguous())
    printSizes(os << " strides ", tensor.getStrides());
  if (failed(encodeSizes(tensor.getShape(), result.shape)) ||
      failed(encodeSizes(tensor.getStrides(), result.strides)))
    return failure();
  return result;
}

static graphc_kind getKind(Signature::Kind kind) {
  switch (kind) {
  case Signature::Kind::Int:
    return GRAPHC_KIND_INT;
  case Signature::Kind::Float:
    return GRAPHC_KIND_FLOAT;
  case Signature::Kind::Bool:
    return GRAPHC_KIND_BOOL;
  default:
    return GRAPHC_KIND_TENSOR;
  }
}

FailureOr<InterfaceTensor> Describer::describeTensor(StringRef name,
                                                     Signature::Kind kind,
                                                     Type type,
                                                     Attribute expr) {
  InterfaceTensor tensor;
  tensor.name = name.str();
  tensor.kind = getKind(kind);
  if (kind == Signature::Kind::Int) {
    FailureOr<InterfaceExpr> value = encode(expr);
    if (failed(value))
      return failure();
    tensor.expr = std::move(*value);
    tensor.type.text = "int64[]";
    tensor.type.dtype = {kDLInt, 64, 1};
    return tensor;
  }
  FailureOr<InterfaceType> described = describeType(type);
  if (failed(described))
    return failure();
  tensor.type = std::move(*described);
  return tensor;
}
