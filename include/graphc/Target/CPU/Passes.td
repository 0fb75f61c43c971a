//===- Passes.td - Passes of the CPU target ----------------*- tablegen -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TARGET_CPU_PASSES_TD
#define GRAPHC_TARGET_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def CPUEmitKernels : Pass<"graphc-cpu-emit-kernels", "::mlir::func::FuncOp"> {
  let summary = "Lower bufferized kernel regions to vector loops";
  let description = [{
    Each `kernel.region` is replaced by loops over memrefs and vectors that its
    form's emitter chooses for the processor. Parallel work is `scf.forall`.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Width of a vector register in bits">,
    Option<"parallel", "parallel", "bool", "true",
           "Share work among threads with scf.forall">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
    "::mlir::func::FuncDialect", "::mlir::x86vector::X86VectorDialect",
  ];
}

def CPUScheduleContractions
    : Pass<"graphc-cpu-schedule-contractions", "::mlir::ModuleOp"> {
  let summary = "Choose how matrix products are tiled and fed";
  let description = [{
    Each contraction kernel without a schedule gets one from the table of
    shapes, element types and processors. Where B is a constant that nothing
    else wants as it is, the region also asks graphc-pack-constants for panels.

    | entry | says |
    |---|---|
    | `feed` | how B reaches the registers: `packed` (a constant in panels), `pack` (copied into panels on the way), `direct` (in place along n), `dot` (in place along k) |
    | `rows`, `tile` | a register tile is so many rows and panels |
    | `columns` | width of a panel |
    | `group` | panels that stay in the L2 cache while A passes by |
    | `depth` | steps along k before the next block |
    | `pairs` | bf16 neighbours along k are one step |
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Width of a vector register in bits">,
    Option<"registers", "registers", "int64_t", "32",
           "Number of vector registers">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "32768",
           "Size of the first cache for data">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "1048576",
           "Size of the second cache of a core">,
    Option<"fused", "fused", "bool", "true",
           "The processor multiplies and adds in one instruction">,
    Option<"dotBF16", "dot-bf16", "bool", "false",
           "The processor sums products of pairs of bf16">,
  ];
}

def CPULowerParallel
    : Pass<"graphc-cpu-lower-parallel", "::mlir::func::FuncOp"> {
  let summary = "Lower scf.forall to an OpenMP parallel loop";
  let description = [{
    Iterations are tasks of about equal work, so that the schedule is static.
    The number of threads is OpenMP's, which the entry sets for each call.
  }];
  let dependentDialects = ["::mlir::omp::OpenMPDialect"];
}

def CPUStopAtChecks
    : Pass<"graphc-cpu-stop-at-checks", "::mlir::ModuleOp"> {
  let summary = "Return from @main where a check has failed";
  let description = [{
    What is behind a check may rely on it: a gather of a table without rows has
    nothing to read, and a loop may never end that goes on with an index that is
    clamped. Loops and branches with checks inside become blocks, which can be
    left. Kernels that check something, and loops that threads share, are run to
    their end before the status is looked at.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::cf::ControlFlowDialect"];
}

def CPUDeclareRuntime
    : Pass<"graphc-cpu-declare-runtime", "::mlir::ModuleOp"> {
  let summary = "Declare the functions of OpenMP that kernels call";
  let description = [{
    Emitters run on single functions and cannot add to the module.
  }];
  let options = [
    Option<"parallel", "parallel", "bool", "true",
           "Kernels share work among threads">,
  ];
}

def CPUShareLoops : Pass<"graphc-cpu-share-loops", "::mlir::func::FuncOp"> {
  let summary = "Share loops outside of kernels among threads";
  let description = [{
    `graphc.parallel` on an `scf.for` says that its iterations, and those of as
    many loops directly inside as it counts, do not need each other. The first
    of them that has more than one iteration becomes tasks, unless buffers are
    made inside, which threads would share.
  }];
  let options = [
    Option<"parallel", "parallel", "bool", "true",
           "Share work among threads with scf.forall">,
  ];
  let dependentDialects = ["::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def CPUAddDebugInfo : Pass<"graphc-cpu-add-debug-info", "::mlir::ModuleOp"> {
  let summary = "Describe the lines of the model for debuggers and profilers";
  let description = [{
    Every function of the LLVM dialect becomes a subprogram of the file that its
    location names first, and every operation gets one line of a source: its
    own, or that of its function. Locations without lines are dropped. gdb and
    perf then show the line of the model behind an instruction of a kernel.
    The name of a subprogram is the path of the module and the nodes of the
    model, `encoder.layer.0: linear, gelu`; its linkage name is the symbol.
  }];
  let options = [
    Option<"name", "name", "std::string", "\"model\"",
           "Name of a unit whose source is not known">,
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // GRAPHC_TARGET_CPU_PASSES_TD
