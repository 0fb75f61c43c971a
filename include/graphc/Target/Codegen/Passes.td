//===- Passes.td - Passes that all targets share -----------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_CODEGEN_PASSES_TD
#define GRAPHC_TARGET_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandMath : Pass<"graphc-expand-math", "::mlir::func::FuncOp"> {
  let summary = "Expand math functions into vector arithmetic";
  let description = [{
    Range-reduced polynomials for every function that the target has no
    instruction for, within 2 units in the last place and with C's values for
    zeros, infinities and NaN. f16, bf16, f8E4M3FN and f8E5M2 compute in f32,
    and their casts become integer arithmetic where the target lacks or misrounds
    them; no target is asked to convert floats of eight bits.

    What is left to libm where the target has one, all of it in f64: tan, asinh,
    acosh, atanh, erf, erfc, pow and the remainder; sine and cosine of angles
    above 1e8; fma where the target has none. Without libm, which takes fused
    multiply-add, those are within 4 units.
  }];
  let options = [
    Option<"fma", "fma", "bool", "true",
           "The target has fused multiply-add">,
    Option<"rounding", "rounding", "bool", "true",
           "The target rounds to integers">,
    Option<"half", "half", "bool", "true",
           "The target converts between f16 and f32">,
    Option<"bfloat", "bfloat", "bool", "false",
           "The target converts between bf16 and f32">,
    Option<"libm", "libm", "bool", "true",
           "The target has C's functions in f64">,
    Option<"approximations", "approximations", "bool", "false",
           "The target computes 2^x and quotients to two units">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def GatherGroups : Pass<"graphc-gather-groups", "::mlir::ModuleOp"> {
  let summary = "Move loops over groups into the kernels that they call";
  let description = [{
    A loop of `main` with `graphc.groups` that calls one kernel becomes a call of
    a function that holds the loop, and in it the region of the kernel. Loops
    that are the same share one. Others stay as they are.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def LowerCopies : Pass<"graphc-lower-copies", "::mlir::func::FuncOp"> {
  let summary = "Turn memref.copy into a kernel";
  let description = [{
    Upstream lowers copies between layouts to a library call; as a pointwise
    kernel a copy becomes vector loops like everything else.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::graphc::kernel::KernelDialect"];
}

def LowerObservers : Pass<"graphc-lower-observers", "::mlir::ModuleOp"> {
  let summary = "Turn kernel.observe into calls of the runtime";
  let description = [{
    `@main` gets one more argument, the observed context. Where it is null an
    observation is a comparison; otherwise the operands' addresses, sizes and
    strides are stored for `graphc_rt_observe` (see Functions.h). A module
    without observations stays as it is.
  }];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect",
  ];
}

def MakeEntry : Pass<"graphc-make-entry", "::mlir::ModuleOp"> {
  let summary = "Add the C entry point that calls the compiled program";
  let description = [{
    `int32_t <name>_entry(inputs, outputs, symbols, weights, arena, threads)`
    as in Runtime.h: loads pointers and symbols, makes memrefs of them and calls
    `@main`. For a device, the status of the call is in its memory, where the
    runtime begins and ends it. Where graphc-hoist-weights made `@load`, there is
    `<name>_load` in the same form: its outputs are what `@load` computes.
  }];
  let options = [
    Option<"name", "name", "std::string", "\"model\"",
           "Prefix of the entry, a C identifier">,
    Option<"parallel", "parallel", "bool", "true",
           "Set the number of OpenMP threads for the call">,
    Option<"device", "device", "bool", "false",
           "The program runs on a device">,
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // GRAPHC_TARGET_CODEGEN_PASSES_TD
