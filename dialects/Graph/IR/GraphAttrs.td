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

/// An integer whose pretty form is a word; the generic form is the integer.
/// C++ spells the case `nearest_exact` `Nearest_exact`.
class Graph_Enum<string name, string summary, list<string> cases>
    : I32EnumAttr<name, summary,
        !foreach(i, !range(cases), I32EnumAttrCase<
          !toupper(!substr(cases[i], 0, 1)) # !substr(cases[i], 1), i,
          cases[i]>)> {
  let cppNamespace = "::graphc::graph";
}

def Graph_GeluKindAttr : Graph_Enum<"GeluKind", "form of gelu",
    ["none", "tanh"]>;
def Graph_ComparePredicateAttr : Graph_Enum<"ComparePredicate", "comparison",
    ["eq", "ne", "lt", "le", "gt", "ge"]>;
def Graph_ReduceKindAttr : Graph_Enum<"ReduceKind",
    "what a reduction computes",
    ["sum", "prod", "max", "min", "any", "all", "mean"]>;
def Graph_ExtremumKindAttr : Graph_Enum<"ExtremumKind", "which extremum",
    ["max", "min"]>;
def Graph_ScanKindAttr : Graph_Enum<"ScanKind", "what a scan accumulates",
    ["sum", "prod", "max", "min", "logsumexp"]>;
def Graph_ResizeModeAttr : Graph_Enum<"ResizeMode",
    "interpolation of a resize",
    ["nearest", "nearest_exact", "linear", "cubic"]>;
def Graph_ScatterReduceAttr : Graph_Enum<"ScatterReduce",
    "how scattered values combine",
    ["none", "add", "prod", "amax", "amin", "mean"]>;

#endif // GRAPHC_DIALECTS_GRAPH_IR_GRAPHATTRS_TD
