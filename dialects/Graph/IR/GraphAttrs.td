//===- GraphAttrs.td - Attributes of the graph dialect -----*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_GRAPHATTRS_TD
#define GRAPHC_DIALECTS_GRAPH_IR_GRAPHATTRS_TD

include "dialects/Graph/IR/GraphDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

//===----------------------------------------------------------------------===//
// Symbolic sizes
//===----------------------------------------------------------------------===//

def Graph_Expr : AttrDef<Graph_Dialect, "Expr"> {
  let mnemonic = "expr";
  let summary = "A symbolic integer expression in normal form";
  let description = [{
    The storage of `Expr` (Expr.h), which is how C++ uses it.

    Example: `#graph.expr<2*s0 + 1>`, `#graph.expr<floordiv(s0, 2)>`
  }];
  let parameters = (ins
    "::graphc::graph::ExprKind":$kind, "int64_t":$value,
    StringRefParameter<>:$name,
    ArrayRefParameter<"::graphc::graph::Expr">:$operands
  );
  let hasCustomAssemblyFormat = 1;
  let returnType = "::graphc::graph::Expr";
  let convertFromStorage = "::graphc::graph::Expr($_self)";
  let constBuilderCall = "$0.getAttr()";
}

def Graph_ExprArray : AttrDef<Graph_Dialect, "ExprArray"> {
  let mnemonic = "exprs";
  let summary = "A list of symbolic integer expressions";
  let description = [{
    Shapes, strides and offsets of ops. Accessors return `ArrayRef<Expr>`.

    Example: `#graph.exprs<[s0, 64]>`
  }];
  let parameters = (ins ArrayRefParameter<"::graphc::graph::Expr">:$value);
  let hasCustomAssemblyFormat = 1;
  let returnType = "::llvm::ArrayRef<::graphc::graph::Expr>";
  let convertFromStorage = "$_self.getValue()";
  let constBuilderCall =
      "::graphc::graph::ExprArrayAttr::get($_builder.getContext(), $0)";
}

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

/// C++ spells the case `nearest_exact` `Nearest_exact`.
class Graph_Enum<string name, string enumMnemonic, string summary,
                 list<string> cases>
    : I32Enum<name, summary,
        !foreach(i, !range(cases), I32EnumCase<
          !toupper(!substr(cases[i], 0, 1)) # !substr(cases[i], 1), i,
          cases[i]>)> {
  let cppNamespace = "::graphc::graph";
  string mnemonic = enumMnemonic;
}
class Graph_EnumAttr<Graph_Enum kinds>
    : EnumAttr<Graph_Dialect, kinds, kinds.mnemonic> {
  let assemblyFormat = "`` $value";
}

def Graph_GeluKind : Graph_Enum<"GeluKind", "gelu", "form of gelu",
    ["none", "tanh"]>;
def Graph_ComparePredicate : Graph_Enum<"ComparePredicate", "compare",
    "comparison", ["eq", "ne", "lt", "le", "gt", "ge"]>;
def Graph_ReduceKind : Graph_Enum<"ReduceKind", "reduce",
    "what a reduction computes",
    ["sum", "prod", "max", "min", "any", "all", "mean"]>;
def Graph_ExtremumKind : Graph_Enum<"ExtremumKind", "extremum",
    "which extremum", ["max", "min"]>;
def Graph_ScanKind : Graph_Enum<"ScanKind", "scan", "what a scan accumulates",
    ["sum", "prod", "max", "min", "logsumexp"]>;
def Graph_ResizeMode : Graph_Enum<"ResizeMode", "resize",
    "interpolation of a resize",
    ["nearest", "nearest_exact", "linear", "cubic"]>;
def Graph_ScatterReduce : Graph_Enum<"ScatterReduce", "scatter_reduce",
    "how scattered values combine",
    ["none", "add", "prod", "amax", "amin", "mean"]>;

def Graph_GeluKindAttr : Graph_EnumAttr<Graph_GeluKind>;
def Graph_ComparePredicateAttr : Graph_EnumAttr<Graph_ComparePredicate>;
def Graph_ReduceKindAttr : Graph_EnumAttr<Graph_ReduceKind>;
def Graph_ExtremumKindAttr : Graph_EnumAttr<Graph_ExtremumKind>;
def Graph_ScanKindAttr : Graph_EnumAttr<Graph_ScanKind>;
def Graph_ResizeModeAttr : Graph_EnumAttr<Graph_ResizeMode>;
def Graph_ScatterReduceAttr : Graph_EnumAttr<Graph_ScatterReduce>;

#endif // GRAPHC_DIALECTS_GRAPH_IR_GRAPHATTRS_TD
