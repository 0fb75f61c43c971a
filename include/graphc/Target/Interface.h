//===- Interface.h - How an emitted module is called -------------*- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The plain-data form of the structs in graphc/Runtime/Runtime.h, where the
// fields are explained. One Interface becomes one graphc_module.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_INTERFACE_H
#define GRAPHC_TARGET_INTERFACE_H

#include "graphc/Runtime/Runtime.h"

#include "graphc/Target/DeviceCode.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graphc {

/// A size: a constant, or a postfix program that ends in GRAPHC_EXPR_END.
struct InterfaceExpr {
  std::vector<int64_t> code;
  static InterfaceExpr constant(int64_t value);
  static InterfaceExpr symbol(int64_t index);
  std::optional<int64_t> getConstant() const;
};

struct InterfaceType {
  std::string text; ///< "float32[s0, 64]"
  DLDataType dtype = {kDLFloat, 32, 1};
  std::vector<InterfaceExpr> shape, strides;
};

struct InterfaceSymbol {
  std::string name;
  int64_t min = 0, max = INT64_MAX;
  std::optional<InterfaceExpr> bound; ///< Data-dependent symbols only.
};

struct InterfaceLiteral {
  graphc_kind kind = GRAPHC_KIND_NONE;
  int64_t integer = 0;
  double real = 0;
  std::string text;
};

/// An input or output of <name>_run.
struct InterfaceTensor {
  std::string name;
  InterfaceType type;
  graphc_kind kind = GRAPHC_KIND_TENSOR;
  std::optional<InterfaceExpr> expr; ///< INT only.
};

struct InterfaceArgument {
  std::string name;
  int32_t index = -1;
  InterfaceLiteral literal;
};

struct InterfaceState {
  std::string name;
  InterfaceType type;
  uint64_t size = 0;
  /// The first value in row-major order; becomes part of the weights. Without
  /// values it is weight `externWeight` of those outside.
  mlir::ElementsAttr initial;
  int32_t externWeight = -1;
  bool isRandom = false; ///< Random numbers are drawn from it.
};

struct InterfaceExternWeight {
  std::string name;
  InterfaceType type;
  std::vector<std::string> aliases;
};

/// See graphc_extern_weights.
struct InterfaceExternWeights {
  std::vector<InterfaceExternWeight> weights;
  std::vector<uint64_t> loaded;
  std::vector<int32_t> entryWeights, loadWeights;
  uint64_t loadWorkspace = 0;
};

struct InterfaceResult {
  InterfaceType type;
  int32_t output = -1;
};

struct InterfaceConstraint {
  InterfaceExpr expr;
  int64_t min = INT64_MIN, max = INT64_MAX;
  std::string text;
};

struct InterfaceSpec {
  std::string role, target;
  int32_t output = -1, mutation = -1;
  InterfaceLiteral literal;
};

/// A step of an instrumented module; see graphc_kernel.
struct InterfaceKernel {
  struct Operand {
    std::string node; ///< May be empty.
    DLDataType dtype = {kDLFloat, 32, 1};
    int32_t rank = 0;
    bool isWritten = false;
  };
  std::string name, form;
  std::vector<std::string> nodes;
  std::string modulePath, source; ///< May be empty.
  std::vector<Operand> operands;
};

struct Interface {
  std::string source; ///< Base name of the compiled file.
  std::vector<InterfaceSymbol> symbols;
  std::vector<InterfaceArgument> arguments;
  std::vector<InterfaceTensor> inputs, outputs;
  std::vector<InterfaceState> states;
  std::vector<graphc_place> places;
  std::vector<InterfaceResult> results;
  std::vector<graphc_mutation> mutations;
  std::vector<InterfaceConstraint> constraints;
  std::vector<InterfaceSpec> specs;
  std::vector<std::string> checks;
  /// Nothing unless the module is instrumented.
  std::optional<std::vector<InterfaceKernel>> kernels;
  InterfaceExpr workspace = InterfaceExpr::constant(0);
  std::optional<DeviceCode> device; ///< Nothing for the CPU.
  /// Nothing if the module has its weights.
  std::optional<InterfaceExternWeights> external;
};

/// Reads the interface off a module that carries `graph.signature` (see
/// graphc/Import/Signature.h) and what code generation adds, all optional:
///   kernel.arena_size  graph expression or integer attribute: bytes of the
///                      arena; 0
///   kernel.checks      array of strings: messages of run-time checks, in the
///                      order of the entry's error numbers
///   kernel.in_place    dense i64 array: indices of signature mutations whose
///                      result the code may write over what it mutates
///   kernel.table       from graphc-instrument-kernels
///   kernel.weights     of `@main` and `@load`, which constants from outside
///                      they take; from graphc-plan-memory
///   kernel.loaded      of `@load`, the numbers of its results
///   kernel.load_arena_size  bytes of its arena; 0
///   graph.bounds       from graph-bound-symbols
/// Emits an error and fails when something is missing or cannot be called, as
/// with a size that no input determines.
mlir::FailureOr<Interface> describeInterface(mlir::ModuleOp module);

} // namespace graphc

#endif // GRAPHC_TARGET_INTERFACE_H
