//===- Signature.h - What a compiled module takes and returns ---*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The boundary of a model, kept as the module attribute `graph.signature` from
// the import to the descriptor in the object file:
//
//   module @mlp attributes {graph.signature = {
//     model = "mlp",
//     symbols = [{name = "s0", min = 2 : i64, max = 64 : i64},
//                {name = "u0", data_dependent}],
//     inputs = [
//       {name = "x", role = "user", kind = "tensor", argument = 0 : i64,
//        type = !graph.tensor<(s0)x4xf32>},
//       {name = "n", role = "user", kind = "int", expr = #graph.expr<s1>},
//       {name = "flag", role = "user", kind = "literal", value = true},
//       {name = "b_count", role = "buffer", kind = "tensor", argument = 1 :
//       i64,
//        target = "count", type = !graph.tensor<i64>,
//        initial = dense_resource<count> : tensor<i64>}],
//     outputs = [
//       {name = "add", role = "buffer_mutation", kind = "tensor",
//        result = 0 : i64, target = "count", type = !graph.tensor<i64>},
//       {name = "s0", role = "user", kind = "int", expr = #graph.expr<s0>}],
//     mutations = [{input = 3 : i64, result = 0 : i64}],
//     constraints = [{expr = #graph.expr<s0 - s1>, min = 0 : i64,
//                     text = "n <= x.size(0)"}]}}
//
// The struct below is that attribute unpacked: read it with `get`, write it
// back with `set`. Nothing else should look into the attribute.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_IMPORT_SIGNATURE_H
#define GRAPHC_IMPORT_SIGNATURE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <string>

namespace graphc {

struct Signature {
  /// A size that is not known at compile time. The order is that of the index
  /// arguments of the lowered function and of the entry's `symbols` array.
  struct Symbol {
    std::string name;
    /// Inclusive; nothing for an open end. To be checked at entry.
    std::optional<int64_t> min, max;
    /// Defined by an op of the graph (`graph.item`, `graph.nonzero`) instead of
    /// by the inputs; written by the entry, not read.
    bool dataDependent = false;
  };

  enum class Kind {
    Tensor, ///< `type`, and `argument` or `result`.
    Int,    ///< `expr`: an input that binds a symbol, an output computed from
            ///< symbols.
    Float,  ///< A Python float at run time: a 0-d f64 tensor, as Tensor.
    Bool,   ///< A Python bool at run time: a 0-d i1 tensor, as Tensor.
    Literal ///< `value`, or null for None: fixed when the program was saved.
  };

  /// One input. Inputs stand in the caller's order, then the state the
  /// program changes (buffers and parameters).
  struct Input {
    enum class Role {
      User,
      Buffer,
      Parameter,
      Random ///< What random numbers are drawn from; the compiler's own.
    };
    std::string name;
    Role role = Role::User;
    Kind kind = Kind::Tensor;
    /// Buffer, Parameter, Random: the qualified name, `layer.0.weight`.
    std::string target;
    /// A graph::StridedTensorType; null for Int and Literal.
    mlir::Type type;
    /// Index of the argument of `@main`; nothing for Int and Literal. After
    /// convert-graph-to-linalg the arguments for the symbols stand before it.
    std::optional<unsigned> argument;
    /// Int: a graph::ExprAttr, a bare symbol or derived (then to be checked).
    mlir::Attribute expr;
    /// Literal: IntegerAttr (i64), FloatAttr (f64), BoolAttr, StringAttr; null
    /// for None.
    mlir::Attribute value;
    /// Buffer, Parameter, Random: the values before the first call, an
    /// ElementsAttr in row-major order whatever the strides of `type`.
    mlir::ElementsAttr initial;
  };

  /// One output, in the order of the program's output specs.
  struct Output {
    enum class Role {
      User,
      Loss,
      BufferMutation,
      ParameterMutation,
      InputMutation,
      ParameterGradient,
      InputGradient
    };
    std::string name;
    Role role = Role::User;
    Kind kind = Kind::Tensor;
    /// The buffer, parameter or input meant by the role; empty for User, Loss.
    std::string target;
    mlir::Type type;
    /// Index of the result of `@main`; nothing for Int and Literal.
    std::optional<unsigned> result;
    mlir::Attribute expr;
    mlir::Attribute value;
  };

  /// A write-back: after the call, input `input` holds result `result` of
  /// `@main`. Mutations that the output specs announce point at the result of
  /// that output; those of in-place operators at results behind all outputs.
  struct Mutation {
    unsigned input = 0;
    unsigned result = 0;
  };

  /// A tensor that a weights file gives when the module is loaded (see
  /// ExternWeight.h).
  struct Weight {
    std::string name;
    /// A graph::StridedTensorType in row-major order.
    mlir::Type type;
    /// Other names of the same tensor: tied parameters.
    llvm::SmallVector<std::string, 0> aliases;
  };

  /// A condition on symbols that holds for every accepted call:
  /// min <= expr <= max. To be checked at entry.
  struct Constraint {
    mlir::Attribute expr; ///< A graph::ExprAttr.
    std::optional<int64_t> min, max;
    std::string text; ///< As the file says it, for messages.
  };

  std::string model;
  llvm::SmallVector<Symbol> symbols;
  llvm::SmallVector<Input> inputs;
  llvm::SmallVector<Output> outputs;
  llvm::SmallVector<Mutation> mutations;
  llvm::SmallVector<Constraint> constraints;
  /// None in a module that holds its weights.
  llvm::SmallVector<Weight> weights;

  /// The attribute's name.
  static llvm::StringRef getAttrName() { return "graph.signature"; }
  /// Unpacks the attribute of `module`. Reports an error at the module when it
  /// is missing or malformed.
  static mlir::FailureOr<Signature> get(mlir::ModuleOp module);
  void set(mlir::ModuleOp module) const;
};

/// `user`, `buffer`, ... as spelled in the attribute and in messages.
llvm::StringRef stringifyRole(Signature::Input::Role role);
llvm::StringRef stringifyRole(Signature::Output::Role role);
llvm::StringRef stringifyKind(Signature::Kind kind);

} // namespace graphc

#endif // GRAPHC_IMPORT_SIGNATURE_H
