//===- ReductionOps.td - Reductions and scans --------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_REDUCTIONOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_REDUCTIONOPS_TD

include "dialects/Graph/IR/GraphBase.td"

class Graph_ReductionOp<string mnemonic, list<Trait> traits = []>
    : Graph_InferredOp<mnemonic, traits # [Pure]>;

def Graph_ReduceOp : Graph_ReductionOp<"reduce"> {
  let summary = "Reduction over dimensions";
  let description = [{
    `max` and `min` propagate NaN, `any` and `all` are for bool, `mean` for
    inexact types. The element type stays; the importer casts first (torch sums
    int32 as int64). `dims` is sorted and without duplicates; nothing in it
    means that nothing is reduced. With `keepdim` reduced sizes become 1.

    Example:

    ```mlir
    %b = graph.reduce sum %a dims [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
    ```
  }];
  let arguments = (ins Graph_ReduceKindAttr:$kind, Graph_Tensor:$input,
                       DenseI64ArrayAttr:$dims, UnitAttr:$keepdim);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $kind $input `dims` $dims (`keepdim` $keepdim^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_ArgReduceOp : Graph_ReductionOp<"arg_reduce"> {
  let summary = "Index of an extremum";
  let description = [{
    The first index of the largest or smallest element along `dim`; NaN counts
    as extreme. Without `dim`, the index into the flattened tensor.

    Example:

    ```mlir
    %b = graph.arg_reduce max %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xi64>
    ```
  }];
  let arguments = (ins Graph_ExtremumKindAttr:$kind, Graph_RealTensor:$input,
                       OptionalAttr<I64Attr>:$dim, UnitAttr:$keepdim);
  let results = (outs Graph_I64Tensor:$result);
  let assemblyFormat = [{
    $kind $input (`dim` $dim^)? (`keepdim` $keepdim^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_VarMeanOp : Graph_ReductionOp<"var_mean"> {
  let summary = "Variance and mean over dimensions";
  let description = [{
    The variance divides by the number of elements less `correction`.

    Example:

    ```mlir
    %var, %mean = graph.var_mean %a dims [1] correction 1.0 : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4xf32>, !graph.tensor<4xf32>)
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, DenseI64ArrayAttr:$dims,
                       F64Attr:$correction, UnitAttr:$keepdim);
  let results = (outs Graph_FloatTensor:$var, Graph_FloatTensor:$mean);
  let assemblyFormat = [{
    $input `dims` $dims `correction` $correction (`keepdim` $keepdim^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ScanOp : Graph_ReductionOp<"scan"> {
  let summary = "Inclusive scan along a dimension";
  let description = [{
    Example:

    ```mlir
    %b = graph.scan sum %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_ScanKindAttr:$kind, Graph_Tensor:$input,
                       I64Attr:$dim);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $kind $input `dim` $dim attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ScanArgOp : Graph_ReductionOp<"scan_arg"> {
  let summary = "Running extremum along a dimension and its index";
  let description = [{
    Of equal elements the index is that of the last one; NaN counts as extreme.

    Example:

    ```mlir
    %v, %i = graph.scan_arg max %a dim 1 : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>)
    ```
  }];
  let arguments = (ins Graph_ExtremumKindAttr:$kind, Graph_RealTensor:$input,
                       I64Attr:$dim);
  let results = (outs Graph_RealTensor:$values, Graph_I64Tensor:$indices);
  let assemblyFormat = [{
    $kind $input `dim` $dim attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_REDUCTIONOPS_TD
