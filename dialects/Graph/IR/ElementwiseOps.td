//===- ElementwiseOps.td - One element at a time -----------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_ELEMENTWISEOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_ELEMENTWISEOPS_TD

include "dialects/Graph/IR/GraphBase.td"

/// `elementType` is the C++ expression of the result's element type.
class Graph_ElementwiseOp<string mnemonic, list<Trait> traits = [],
                          string elementType = "operands.front()">
    : Graph_InferredOp<mnemonic, traits # [Pure, Graph_Elementwise]> {
  let results = (outs Graph_Tensor:$result);
  let extraDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      ::mlir::TypeRange operands(adaptor.getOperands());
      return ::graphc::graph::inferElementwise(
          location, operands, getElementTypeOf(}] # elementType # [{), types);
    }
  }];
}

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

class Graph_UnaryOp<string mnemonic, Type operand, string meaning,
                    string details = "", list<Trait> traits = [],
                    string elementType = "operands.front()">
    : Graph_ElementwiseOp<mnemonic, traits, elementType> {
  let summary = "Elementwise " # meaning;
  let description = details # [{
    Example:

    ```mlir
    %b = graph.}] # mnemonic # [{ %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins operand:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_NegOp : Graph_UnaryOp<"neg", Graph_NumberTensor, "negation"> {
  let hasFolder = 1;
}
def Graph_AbsOp : Graph_UnaryOp<"abs", Graph_Tensor, "absolute value",
    "The result of a complex tensor is real.\n", [],
    "realTypeOf(operands.front())"> {
  let hasFolder = 1;
}
def Graph_SignOp : Graph_UnaryOp<"sign", Graph_RealTensor, "sign",
    "-1, 0 or 1; 0 for zeros of both signs; NaN gives 0 as in torch.\n">;
def Graph_CeilOp : Graph_UnaryOp<"ceil", Graph_RealTensor,
    "rounding upwards", "Integers stay as they are.\n"> {
  let hasFolder = 1;
}
def Graph_FloorOp : Graph_UnaryOp<"floor", Graph_RealTensor,
    "rounding downwards", "Integers stay as they are.\n"> {
  let hasFolder = 1;
}
def Graph_RoundOp : Graph_UnaryOp<"round", Graph_RealTensor,
    "rounding to nearest", "Ties go to even; integers stay as they are.\n"> {
  let hasFolder = 1;
}
def Graph_TruncOp : Graph_UnaryOp<"trunc", Graph_RealTensor,
    "rounding towards zero", "Integers stay as they are.\n"> {
  let hasFolder = 1;
}

class Graph_MathOp<string mnemonic, string meaning, string details = "">
    : Graph_UnaryOp<mnemonic, Graph_InexactTensor, meaning, details>;

def Graph_ExpOp : Graph_MathOp<"exp", "exponential">;
def Graph_Exp2Op : Graph_MathOp<"exp2", "power of two">;
def Graph_Expm1Op : Graph_MathOp<"expm1", "exponential less one">;
def Graph_LogOp : Graph_MathOp<"log", "natural logarithm">;
def Graph_Log2Op : Graph_MathOp<"log2", "logarithm to base 2">;
def Graph_Log10Op : Graph_MathOp<"log10", "logarithm to base 10">;
def Graph_Log1pOp : Graph_MathOp<"log1p", "logarithm of one more">;
def Graph_SqrtOp : Graph_MathOp<"sqrt", "square root">;
def Graph_RsqrtOp : Graph_MathOp<"rsqrt", "reciprocal square root">;
def Graph_ReciprocalOp : Graph_MathOp<"reciprocal", "reciprocal">;
def Graph_SinOp : Graph_MathOp<"sin", "sine">;
def Graph_CosOp : Graph_MathOp<"cos", "cosine">;
def Graph_TanOp : Graph_MathOp<"tan", "tangent">;
def Graph_AsinOp : Graph_MathOp<"asin", "arc sine">;
def Graph_AcosOp : Graph_MathOp<"acos", "arc cosine">;
def Graph_AtanOp : Graph_MathOp<"atan", "arc tangent">;
def Graph_SinhOp : Graph_MathOp<"sinh", "hyperbolic sine">;
def Graph_CoshOp : Graph_MathOp<"cosh", "hyperbolic cosine">;
def Graph_TanhOp : Graph_MathOp<"tanh", "hyperbolic tangent">;
def Graph_AsinhOp : Graph_MathOp<"asinh", "inverse hyperbolic sine">;
def Graph_AcoshOp : Graph_MathOp<"acosh", "inverse hyperbolic cosine">;
def Graph_AtanhOp : Graph_MathOp<"atanh", "inverse hyperbolic tangent">;
def Graph_SigmoidOp : Graph_MathOp<"sigmoid", "logistic function">;

class Graph_SpecialOp<string mnemonic, string meaning, string details = "">
    : Graph_UnaryOp<mnemonic, Graph_FloatTensor, meaning, details>;

def Graph_ErfOp : Graph_SpecialOp<"erf", "error function">;
def Graph_ErfcOp : Graph_SpecialOp<"erfc", "complementary error function">;
def Graph_ErfinvOp : Graph_SpecialOp<"erfinv", "inverse error function">;
def Graph_LgammaOp : Graph_SpecialOp<"lgamma", "log of the gamma function">;
def Graph_DigammaOp : Graph_SpecialOp<"digamma", "digamma function">;
def Graph_SiluOp : Graph_SpecialOp<"silu", "x times its logistic function">;

def Graph_ReluOp : Graph_UnaryOp<"relu", Graph_RealTensor,
    "maximum with zero", "NaN stays NaN.\n"> {
  let hasFolder = 1;
}

def Graph_GeluOp : Graph_SpecialOp<"gelu", "Gaussian error linear unit"> {
  let description = [{
    `none` is `x * (1 + erf(x / sqrt(2))) / 2`, `tanh` its approximation.

    Example:

    ```mlir
    %b = graph.gelu tanh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input,
                       Graph_GeluKindAttr:$approximate);
  let assemblyFormat = [{
    $approximate $input attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_BitwiseNotOp : Graph_UnaryOp<"bitwise_not", Graph_IntTensor,
    "complement of all bits", "On bool it is the logical not.\n"> {
  let hasFolder = 1;
}

def Graph_IsnanOp : Graph_UnaryOp<"isnan", Graph_Tensor, "test for NaN",
    "", [], "boolType(context)">;
def Graph_IsinfOp : Graph_UnaryOp<"isinf", Graph_Tensor,
    "test for an infinity of either sign", "", [], "boolType(context)">;

def Graph_CastOp : Graph_ElementwiseOp<"cast", [], "adaptor.getTo()"> {
  let summary = "Elementwise conversion to another element type";
  let description = [{
    Floats become integers by truncation, integers wrap, anything becomes a bool
    by comparing with zero. f8E4M3FN has no infinity: what is greater than its
    numbers becomes the greatest one, 448. The importer spells type promotion with it.

    Example:

    ```mlir
    %b = graph.cast %a to f64 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf64>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, TypeAttr:$to);
  let assemblyFormat = [{
    $input `to` $to attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

class Graph_BinaryOp<string mnemonic, Type operand, string meaning,
                     string details = "", list<Trait> traits = [],
                     string elementType = "operands.front()">
    : Graph_ElementwiseOp<mnemonic, traits, elementType> {
  let summary = "Elementwise " # meaning;
  let description = details # [{
    Example:

    ```mlir
    %c = graph.}] # mnemonic # [{ %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins operand:$lhs, operand:$rhs);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_AddOp : Graph_BinaryOp<"add", Graph_Tensor, "sum",
    "On bool it is the logical or, as in torch.\n", [Commutative]> {
  let hasFolder = 1;
}
def Graph_SubOp : Graph_BinaryOp<"sub", Graph_NumberTensor, "difference"> {
  let hasFolder = 1;
}
def Graph_MulOp : Graph_BinaryOp<"mul", Graph_Tensor, "product",
    "On bool it is the logical and.\n", [Commutative]> {
  let hasFolder = 1;
}
def Graph_DivOp : Graph_BinaryOp<"div", Graph_InexactTensor, "true quotient",
    "Integer division is `floor_div` or `trunc_div`.\n"> {
  let hasFolder = 1;
}
def Graph_FloorDivOp : Graph_BinaryOp<"floor_div", Graph_RealTensor,
    "quotient rounded downwards",
    "Division of integers by zero gives an unspecified value.\n"> {
  let hasFolder = 1;
}
def Graph_TruncDivOp : Graph_BinaryOp<"trunc_div", Graph_RealTensor,
    "quotient rounded towards zero",
    "Division of integers by zero gives an unspecified value.\n"> {
  let hasFolder = 1;
}
def Graph_RemainderOp : Graph_BinaryOp<"remainder", Graph_RealTensor,
    "remainder with the divisor's sign", "Python's `%`.\n"> {
  let hasFolder = 1;
}
def Graph_FmodOp : Graph_BinaryOp<"fmod", Graph_RealTensor,
    "remainder with the dividend's sign", "C's `fmod`.\n"> {
  let hasFolder = 1;
}
def Graph_PowOp : Graph_BinaryOp<"pow", Graph_NumberTensor, "power",
    "Integers to a negative power are 1, -1 or 0, as in torch.\n"> {
  let hasFolder = 1;
}
def Graph_Atan2Op : Graph_BinaryOp<"atan2", Graph_FloatTensor,
    "arc tangent of a quotient">;
def Graph_MaximumOp : Graph_BinaryOp<"maximum", Graph_RealTensor,
    "maximum", "NaN if either operand is.\n"> {
  let hasFolder = 1;
}
def Graph_MinimumOp : Graph_BinaryOp<"minimum", Graph_RealTensor,
    "minimum", "NaN if either operand is.\n"> {
  let hasFolder = 1;
}
def Graph_FmaxOp : Graph_BinaryOp<"fmax", Graph_RealTensor,
    "maximum that ignores NaN">;
def Graph_FminOp : Graph_BinaryOp<"fmin", Graph_RealTensor,
    "minimum that ignores NaN">;
def Graph_BitwiseAndOp : Graph_BinaryOp<"bitwise_and", Graph_IntTensor,
    "and of all bits", "", [Commutative]> {
  let hasFolder = 1;
}
def Graph_BitwiseOrOp : Graph_BinaryOp<"bitwise_or", Graph_IntTensor,
    "or of all bits", "", [Commutative]> {
  let hasFolder = 1;
}
def Graph_BitwiseXorOp : Graph_BinaryOp<"bitwise_xor", Graph_IntTensor,
    "exclusive or of all bits", "", [Commutative]> {
  let hasFolder = 1;
}
def Graph_ShiftLeftOp : Graph_BinaryOp<"shift_left", Graph_IntTensor,
    "left shift", "Shifts by the width or more give 0.\n"> {
  let hasFolder = 1;
}
def Graph_ShiftRightOp : Graph_BinaryOp<"shift_right", Graph_IntTensor,
    "right shift",
    "Arithmetic for signed integers. Shifts by the width or more fill.\n"> {
  let hasFolder = 1;
}
def Graph_CopysignOp : Graph_BinaryOp<"copysign", Graph_FloatTensor,
    "magnitude of lhs with the sign of rhs">;
def Graph_HypotOp : Graph_BinaryOp<"hypot", Graph_FloatTensor,
    "length of a right triangle's hypotenuse">;
def Graph_NextafterOp : Graph_BinaryOp<"nextafter", Graph_FloatTensor,
    "next float of lhs towards rhs">;

def Graph_CompareOp : Graph_BinaryOp<"compare", Graph_Tensor, "comparison",
    "", [], "boolType(context)"> {
  let description = [{
    Comparisons with NaN are false, but `ne` is true. Complex numbers compare
    with `eq` and `ne` only.

    Example:

    ```mlir
    %c = graph.compare lt %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xi1>
    ```
  }];
  let arguments = (ins Graph_ComparePredicateAttr:$predicate,
                       Graph_Tensor:$lhs, Graph_Tensor:$rhs);
  let assemblyFormat = [{
    $predicate $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Ternary
//===----------------------------------------------------------------------===//

def Graph_SelectOp : Graph_ElementwiseOp<"select", [], "operands[1]"> {
  let summary = "Elementwise choice between two tensors";
  let description = [{
    `ifTrue` where `condition` holds, else `ifFalse`.

    Example:

    ```mlir
    %d = graph.select %c, %a, %b : (!graph.tensor<4xi1>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins Graph_BoolTensor:$condition, Graph_Tensor:$ifTrue,
                       Graph_Tensor:$ifFalse);
  let assemblyFormat = [{
    $condition `,` $ifTrue `,` $ifFalse attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_ClampOp : Graph_ElementwiseOp<"clamp"> {
  let summary = "Elementwise restriction to an interval";
  let description = [{
    `low` where the input is less, then `high` where that is greater; a zero
    keeps its sign beside a bound of zero. NaN in any operand gives NaN.

    Example:

    ```mlir
    %d = graph.clamp %x, %low, %high : (!graph.tensor<4xf32>, !graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, Graph_RealTensor:$low,
                       Graph_RealTensor:$high);
  let assemblyFormat = [{
    $input `,` $low `,` $high attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_FmaOp : Graph_ElementwiseOp<"fma"> {
  let summary = "Elementwise product and sum with one rounding";
  let description = [{
    `lhs * rhs + addend`.

    Example:

    ```mlir
    %d = graph.fma %a, %b, %c : (!graph.tensor<4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$lhs, Graph_FloatTensor:$rhs,
                       Graph_FloatTensor:$addend);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` $addend attr-dict `:` functional-type(operands, results)
  }];
}

//===----------------------------------------------------------------------===//
// Complex numbers
//===----------------------------------------------------------------------===//

def Graph_ComplexOp : Graph_ElementwiseOp<"complex", [],
    "complexTypeOf(operands.front())"> {
  let summary = "Elementwise complex number from real and imaginary part";
  let description = [{
    Example:

    ```mlir
    %c = graph.complex %re, %im : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xcomplex<f32>>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$real, Graph_FloatTensor:$imag);
  let assemblyFormat = [{
    $real `,` $imag attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_RealOp : Graph_UnaryOp<"real", Graph_InexactTensor, "real part",
    "", [], "realTypeOf(operands.front())"> {
  let hasFolder = 1;
}
def Graph_ImagOp : Graph_UnaryOp<"imag", Graph_InexactTensor,
    "imaginary part", "", [], "realTypeOf(operands.front())"> {
  let hasFolder = 1;
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_ELEMENTWISEOPS_TD
