//===- IndexingOps.td - Gathering and scattering -----------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_INDEXINGOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_INDEXINGOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_GatherOp : Graph_InferredOp<"gather", [Pure]> {
  let summary = "Elements picked along one dimension";
  let description = [{
    `out[i][j][k] = input[i][index[i][j][k]][k]` for `dim` 1. An index out of
    range fails at run time.

    Example:

    ```mlir
    %c = graph.gather %a[%i] dim 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xi64>) -> !graph.tensor<4x2xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_I64Tensor:$index,
                       I64Attr:$dim);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `[` $index `]` `dim` $dim attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_IndexOp : Graph_InferredOp<"index", [Pure]> {
  let summary = "Advanced indexing";
  let description = [{
    `input[.., indices[0], .., indices[1], ..]`, where index `i` stands at
    dimension `dims[i]` (ascending) and the other dimensions are taken whole. The
    indices broadcast; their shape replaces the indexed dimensions, in front when
    those are not adjacent. Negative indices count from the end; one out of range
    fails at run time. index_select and embedding are this, too, with the
    attribute `graph.nonnegative`: negative indices are out of range.

    Example:

    ```mlir
    %c = graph.index %a[%i] dims [0] : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>) -> !graph.tensor<3x8xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Variadic<Graph_I64Tensor>:$indices,
                       DenseI64ArrayAttr:$dims);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `[` $indices `]` `dims` $dims attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_IndexPutOp : Graph_InferredOp<"index_put", [Pure]> {
  let summary = "A tensor with indexed elements replaced or added to";
  let description = [{
    The places that `graph.index` would read receive `values`, which broadcasts
    to its shape. With `accumulate` values add up, also where indices repeat;
    without it one of them wins. `graph.nonnegative` forbids negative
    indices.

    Example:

    ```mlir
    %c = graph.index_put %v into %a[%i] dims [0] accumulate : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>, !graph.tensor<3x8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input,
                       Variadic<Graph_I64Tensor>:$indices, Graph_Tensor:$values,
                       DenseI64ArrayAttr:$dims, UnitAttr:$accumulate);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $values `into` $input `[` $indices `]` `dims` $dims
    (`accumulate` $accumulate^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_ScatterOp : Graph_InferredOp<"scatter", [Pure]> {
  let summary = "A tensor with elements scattered into it";
  let description = [{
    `input[i][index[i][j][k]][k] = source[i][j][k]` for `dim` 1, combined by
    `reduce`. `include_self` lets the elements of `input` take part; without it
    a place that receives values starts from the neutral element. `source` may be
    larger than `index` in each dimension.

    Example:

    ```mlir
    %c = graph.scatter add %s into %a[%i] dim 1 include_self : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xi64>, !graph.tensor<4x2xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_ScatterReduceAttr:$reduce, Graph_Tensor:$input,
                       Graph_I64Tensor:$index, Graph_Tensor:$source,
                       I64Attr:$dim, UnitAttr:$include_self);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $reduce $source `into` $input `[` $index `]` `dim` $dim
    (`include_self` $include_self^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

/// The size of the result is known at run time only: the op defines the symbol
/// for all ops after it, so it is neither removed nor merged.
class Graph_DataDependentOp<string mnemonic> : Graph_InferredOp<mnemonic> {
  let results = (outs Graph_Tensor:$result);
}

def Graph_NonzeroOp : Graph_DataDependentOp<"nonzero"> {
  let summary = "Places of the elements that are not zero";
  let description = [{
    One row of indices per element, in row-major order; the number of rows is the
    new symbol.

    Example:

    ```mlir
    %b = graph.nonzero %a symbol "u0" : (!graph.tensor<4x8xf32>) -> !graph.tensor<(u0)x2xi64>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, StrAttr:$symbol);
  let assemblyFormat = [{
    $input `symbol` $symbol attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_MaskedSelectOp : Graph_DataDependentOp<"masked_select"> {
  let summary = "Elements where a mask is true";
  let description = [{
    Both operands broadcast; row-major order; the count is the new symbol.

    Example:

    ```mlir
    %b = graph.masked_select %a, %m symbol "u0" : (!graph.tensor<4xf32>, !graph.tensor<4xi1>) -> !graph.tensor<(u0)xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_BoolTensor:$mask,
                       StrAttr:$symbol);
  let assemblyFormat = [{
    $input `,` $mask `symbol` $symbol attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_INDEXINGOPS_TD
