//===- Promotion.h - ATen's type promotion ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_PROMOTION_H
#define GRAPHC_LIB_IMPORT_PROMOTION_H

#include "Item.h"

#include "graphc/Loader/Program.h"

namespace graphc::aten {

/// An operand of an operator that promotes: a tensor or a Python number.
struct Operand {
  mlir::Value tensor;
  Item number;

  Operand(mlir::Value tensor) : tensor(tensor) {}
  explicit Operand(Item number) : number(std::move(number)) {}
};

/// The element type for a dtype, or null for one that the compiler lacks
/// (complex32, float4). bool is i1, uint8 is ui8, int8 is i8.
mlir::Type getElementType(loader::DType dtype, mlir::MLIRContext *context);
/// PyTorch's name of an element type: `float32`.
std::string getDTypeName(mlir::Type elementType);

bool isBool(mlir::Type type);
/// Integers without bool.
bool isInteger(mlir::Type type);
bool isFloat(mlir::Type type);
bool isComplex(mlir::Type type);
/// f16, bf16 and the 8-bit floats: ATen computes these in f32.
bool isReducedFloat(mlir::Type type);
/// The type ATen computes in: f32 for reduced floats, else the type itself.
mlir::Type getComputeType(mlir::Type type);

/// c10::promoteTypes. Null where PyTorch refuses (mixed unsigned types, 8-bit
/// floats).
mlir::Type promoteTypes(mlir::Type a, mlir::Type b);

/// at::result_type: tensors with dimensions outrank 0-d tensors, which outrank
/// Python numbers, within a category of types. Null where PyTorch refuses.
mlir::Type getResultType(llvm::ArrayRef<Operand> operands,
                         mlir::MLIRContext *context);
/// The same for operators that compute in floats: integers become float32.
mlir::Type getFloatResultType(llvm::ArrayRef<Operand> operands,
                              mlir::MLIRContext *context);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_PROMOTION_H
