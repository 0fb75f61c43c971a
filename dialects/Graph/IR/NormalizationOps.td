//===- NormalizationOps.td - Softmax and normalisations ----*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_NORMALIZATIONOPS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_NORMALIZATIONOPS_TD

include "dialects/Graph/IR/GraphBase.td"

class Graph_NormalizationOp<string mnemonic, list<Trait> traits = []>
    : Graph_InferredOp<mnemonic, traits # [Pure]>;

class Graph_SoftmaxLikeOp<string mnemonic>
    : Graph_NormalizationOp<mnemonic> {
  let arguments = (ins Graph_FloatTensor:$input, I64Attr:$dim);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `dim` $dim attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_SoftmaxOp : Graph_SoftmaxLikeOp<"softmax"> {
  let summary = "Softmax along a dimension";
  let description = [{
    Example:

    ```mlir
    %b = graph.softmax %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
}

def Graph_LogSoftmaxOp : Graph_SoftmaxLikeOp<"log_softmax"> {
  let summary = "Logarithm of softmax along a dimension";
  let description = [{
    Example:

    ```mlir
    %b = graph.log_softmax %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
}

def Graph_LayerNormOp : Graph_NormalizationOp<"layer_norm",
    [AttrSizedOperandSegments]> {
  let summary = "Layer normalisation";
  let description = [{
    Normalises over the last `normalized_rank` dimensions; `weight` and `bias`
    have those sizes. `mean` and `rstd` have them as ones.

    Example:

    ```mlir
    %y, %mean, %rstd = graph.layer_norm %x weight %w bias %b {eps = 1.0e-5, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>, !graph.tensor<8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>, !graph.tensor<4x1xf32>)
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input,
                       Optional<Graph_FloatTensor>:$weight,
                       Optional<Graph_FloatTensor>:$bias,
                       I64Attr:$normalized_rank, F64Attr:$eps);
  let results = (outs Graph_FloatTensor:$result, Graph_FloatTensor:$mean,
                      Graph_FloatTensor:$rstd);
  let assemblyFormat = [{
    $input (`weight` $weight^)? (`bias` $bias^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_RmsNormOp : Graph_NormalizationOp<"rms_norm"> {
  let summary = "Normalisation by the root mean square";
  let description = [{
    Over the last `normalized_rank` dimensions.

    Example:

    ```mlir
    %y = graph.rms_norm %x weight %w {eps = 1.0e-5, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>) -> !graph.tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input,
                       Optional<Graph_FloatTensor>:$weight,
                       I64Attr:$normalized_rank, F64Attr:$eps);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input (`weight` $weight^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Graph_BatchNormOp : Graph_NormalizationOp<"batch_norm",
    [AttrSizedOperandSegments]> {
  let summary = "Batch normalisation with given statistics";
  let description = [{
    Dimension 1 is the channel; `weight`, `bias`, `mean` and `var` are `[C]`.
    Training statistics are `graph.var_mean` at import.

    Example:

    ```mlir
    %y = graph.batch_norm %x mean %m var %v weight %w bias %b {eps = 1.0e-5} : (!graph.tensor<1x3x8x8xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>) -> !graph.tensor<1x3x8x8xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_FloatTensor:$mean,
                       Graph_FloatTensor:$var,
                       Optional<Graph_FloatTensor>:$weight,
                       Optional<Graph_FloatTensor>:$bias, F64Attr:$eps);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `mean` $mean `var` $var (`weight` $weight^)? (`bias` $bias^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_GroupNormOp : Graph_NormalizationOp<"group_norm",
    [AttrSizedOperandSegments]> {
  let summary = "Group normalisation";
  let description = [{
    Splits the channels of dimension 1 into `groups`; `weight` and `bias` are
    `[C]`, `mean` and `rstd` are `[N, groups]`.

    Example:

    ```mlir
    %y, %mean, %rstd = graph.group_norm %x {eps = 1.0e-5, groups = 2 : i64} : (!graph.tensor<1x4x8xf32>) -> (!graph.tensor<1x4x8xf32>, !graph.tensor<1x2xf32>, !graph.tensor<1x2xf32>)
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input,
                       Optional<Graph_FloatTensor>:$weight,
                       Optional<Graph_FloatTensor>:$bias, I64Attr:$groups,
                       F64Attr:$eps);
  let results = (outs Graph_FloatTensor:$result, Graph_FloatTensor:$mean,
                      Graph_FloatTensor:$rstd);
  let assemblyFormat = [{
    $input (`weight` $weight^)? (`bias` $bias^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GRAPHC_DIALECTS_GRAPH_IR_NORMALIZATIONOPS_TD
