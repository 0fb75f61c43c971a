//===- ViewOps.td - Views and data movement ----------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_VIEWOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_VIEWOPS_TD

include "dialects/Graph/IR/GraphBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

class Graph_ViewOp<string mnemonic, list<Trait> traits = []>
    : Graph_InferredOp<mnemonic, traits # [Pure]> {
  let results = (outs Graph_Tensor:$result);
}

def Graph_PermuteOp : Graph_ViewOp<"permute"> {
  let summary = "Reordering of dimensions";
  let description = [{
    Dimension `i` of the result is dimension `perm[i]` of the input.

    Example:

    ```mlir
    %b = graph.permute %a [1, 0] : (!graph.tensor<4x8xf32>) -> !graph.tensor<8x4xf32, strides = [1, 8]>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$perm);
  let assemblyFormat = [{
    $input $perm attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_ReshapeOp : Graph_ViewOp<"reshape"> {
  let summary = "Another shape over the same elements in row-major order";
  let description = [{
    The product of the sizes must be the same as polynomials. The result is a
    view of the input when its strides allow, else contiguous.

    Example:

    ```mlir
    %b = graph.reshape %a [s0, 4, 2] : (!graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x4x2xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ExprArray:$shape);
  let assemblyFormat = [{
    $input custom<ExprArray>($shape) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_ExpandOp : Graph_ViewOp<"expand"> {
  let summary = "Broadcast to a shape";
  let description = [{
    Numpy broadcasting to exactly `shape`; repeated dimensions have stride 0.

    Example:

    ```mlir
    %b = graph.expand %a [4, 8] : (!graph.tensor<8xf32>) -> !graph.tensor<4x8xf32, strides = [0, 1]>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ExprArray:$shape);
  let assemblyFormat = [{
    $input custom<ExprArray>($shape) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_SliceOp : Graph_ViewOp<"slice"> {
  let summary = "Every step-th element of a range of one dimension";
  let description = [{
    `0 <= start <= end <= size` and `step >= 1`; the importer normalises. What
    is constant is checked.

    Example:

    ```mlir
    %b = graph.slice %a dim 1 from 2 to 8 step 2 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x3xf32, strides = [8, 2]>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, I64Attr:$dim, Graph_Expr:$start,
                       Graph_Expr:$end, Graph_Expr:$step);
  let assemblyFormat = [{
    $input `dim` $dim `from` custom<Expr>($start) `to` custom<Expr>($end) `step`
    custom<Expr>($step) attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_SliceScatterOp : Graph_ViewOp<"slice_scatter"> {
  let summary = "A tensor with a slice of it replaced";
  let description = [{
    `input` with `graph.slice` of the same attributes replaced by `source`, which
    broadcasts to it.

    Example:

    ```mlir
    %c = graph.slice_scatter %b into %a dim 1 from 0 to 2 step 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_Tensor:$source,
                       I64Attr:$dim, Graph_Expr:$start, Graph_Expr:$end,
                       Graph_Expr:$step);
  let assemblyFormat = [{
    $source `into` $input `dim` $dim `from` custom<Expr>($start) `to`
    custom<Expr>($end) `step` custom<Expr>($step) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_AsStridedOp : Graph_ViewOp<"as_strided"> {
  let summary = "A view of the input's memory with given strides";
  let description = [{
    Element `i` of the result is what lies `offset + sum(i*strides)` elements
    after the first element of `input` in memory, given the input's own strides.
    Every place read holds an element of `input`.

    Example:

    ```mlir
    %b = graph.as_strided %a [3, 2] strides [1, 1] offset 0 : (!graph.tensor<4xf32>) -> !graph.tensor<3x2xf32, strides = [1, 1]>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ExprArray:$shape,
                       Graph_ExprArray:$strides, Graph_Expr:$offset);
  let assemblyFormat = [{
    $input custom<ExprArray>($shape) `strides` custom<ExprArray>($strides)
    `offset` custom<Expr>($offset) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_DiagonalOp : Graph_ViewOp<"diagonal"> {
  let summary = "Diagonal of two dimensions";
  let description = [{
    Removes `dim1` and `dim2` and appends the diagonal `x[i, i + offset]`.

    Example:

    ```mlir
    %b = graph.diagonal %a offset 0 dims 0, 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32, strides = [9]>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, I64Attr:$offset, I64Attr:$dim1,
                       I64Attr:$dim2);
  let assemblyFormat = [{
    $input `offset` $offset `dims` $dim1 `,` $dim2 attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_CatOp : Graph_ViewOp<"cat"> {
  let summary = "Concatenation along a dimension";
  let description = [{
    At least one operand; all have one rank and element type, and sizes differ in
    `dim` only.

    Example:

    ```mlir
    %c = graph.cat %a, %b dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<2x8xf32>) -> !graph.tensor<6x8xf32>
    ```
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs, I64Attr:$dim);
  let assemblyFormat = [{
    $inputs `dim` $dim attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_PadOp : Graph_ViewOp<"pad"> {
  let summary = "Constant padding";
  let description = [{
    `low` and `high` elements of `value` before and after each dimension;
    negative counts crop. `value` has the element type, for complex tensors it is
    the real part's.

    Example:

    ```mlir
    %b = graph.pad %a low [0, 1] high [0, -1] value 0.0 : f32 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ExprArray:$low,
                       Graph_ExprArray:$high, TypedAttrInterface:$value);
  let assemblyFormat = [{
    $input `low` custom<ExprArray>($low) `high` custom<ExprArray>($high) `value`
    $value attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_FlipOp : Graph_ViewOp<"flip"> {
  let summary = "Reversal of dimensions";
  let description = [{
    Example:

    ```mlir
    %b = graph.flip %a dims [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$dims);
  let assemblyFormat = [{
    $input `dims` $dims attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_ContiguousOp : Graph_ViewOp<"contiguous"> {
  let summary = "The same tensor with given strides";
  let description = [{
    torch's clone and contiguous: where the layout is part of the meaning.

    Example:

    ```mlir
    %b = graph.contiguous %a strides [8, 1] : (!graph.tensor<4x8xf32, strides = [1, 4]>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ExprArray:$strides);
  let assemblyFormat = [{
    $input `strides` custom<ExprArray>($strides) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_BitcastOp : Graph_ViewOp<"bitcast"> {
  let summary = "The same bits as another element type";
  let description = [{
    torch's `view.dtype` between types of one width, `view_as_real` (a trailing
    dimension of 2 appears) and `view_as_complex` (it disappears).

    Example:

    ```mlir
    %b = graph.bitcast %a to f32 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4x2xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, TypeAttr:$to);
  let assemblyFormat = [{
    $input `to` $to attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_VIEWOPS_TD
