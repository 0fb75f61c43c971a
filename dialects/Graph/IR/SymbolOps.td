//===- SymbolOps.td - Symbolic sizes as values, and the reverse -*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_SYMBOLOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_SYMBOLOPS_TD

include "dialects/Graph/IR/GraphBase.td"

def Graph_SizeToTensorOp : Graph_InferredOp<"size_to_tensor", [Pure]> {
  let summary = "A size expression as a 0-d tensor";
  let description = [{
    Example:

    ```mlir
    %n = graph.size_to_tensor 2*s0 + 1 : () -> !graph.tensor<i64>
    ```
  }];
  let arguments = (ins Graph_Expr:$value);
  let results = (outs Graph_I64Tensor:$result);
  let assemblyFormat = [{
    custom<Expr>($value) attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_ItemOp : Graph_Op<"item"> {
  let summary = "A symbol defined by a 0-d tensor";
  let description = [{
    From here on `symbol` in types and attributes is the value of `input`.

    Example:

    ```mlir
    graph.item %n symbol "u0" : !graph.tensor<i64>
    ```
  }];
  let arguments = (ins Graph_IntTensor:$input, StrAttr:$symbol);
  let assemblyFormat = [{
    $input `symbol` $symbol attr-dict `:` qualified(type($input))
  }];
  let hasVerifier = 1;
}

def Graph_AssertOp : Graph_Op<"assert"> {
  let summary = "A run-time check of a size expression";
  let description = [{
    Fails with `message` when `condition` is 0.

    Example:

    ```mlir
    graph.assert le(u0, s0), "index out of range"
    ```
  }];
  let arguments = (ins Graph_Expr:$condition, StrAttr:$message);
  let assemblyFormat = "custom<Expr>($condition) `,` $message attr-dict";
  let hasCanonicalizeMethod = 1;
}

def Graph_AssertTensorOp : Graph_Op<"assert_tensor"> {
  let summary = "A run-time check of a value";
  let description = [{
    Fails with `message` when the 0-d bool `condition` is false.

    Example:

    ```mlir
    graph.assert_tensor %c, "expected a positive value" : !graph.tensor<i1>
    ```
  }];
  let arguments = (ins Graph_BoolTensor:$condition, StrAttr:$message);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $condition `,` $message attr-dict `:` qualified(type($condition))
  }];
  let hasCanonicalizeMethod = 1;
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_SYMBOLOPS_TD
