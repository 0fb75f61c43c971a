// Failures behind MLIR: in LLVM's code generation.
// RUN: rm -rf %t && mkdir %t
// RUN: split-file %s %t/in

// LLVM gives up: a fatal error.
// RUN: not graphc %t/in/fatal.mlir -o %t/m.o --dump-dir=%t/fatal 2>&1 \
// RUN:   | FileCheck %s --check-prefix=FATAL
// RUN: not sh -c "sh %t/fatal/*/replay.sh" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=FATAL
// RUN: ls %t/fatal | count 1
// RUN: FileCheck %s --check-prefix=IR --input-file %t/fatal/*/before.ll
// FATAL: graphc: error[fatal]: stage 'emit', step 'codegen' ended in a fatal error of LLVM: Cannot select: intrinsic %llvm.nvvm
// IR: call void @llvm.nvvm.barrier

// LLVM reports an error, which without a handler would end the process.
// RUN: not graphc %t/in/error.mlir -o %t/m.o --dump-dir=%t/error 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ERROR
// RUN: not sh -c "sh %t/error/*/replay.sh" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ERROR
// ERROR: invalid instruction mnemonic 'no_such_instruction'

// A module with an ordinary instruction there compiles.
// RUN: graphc %t/in/good.mlir -o %t/m.o --dump-dir=%t/good
// RUN: ls %t | FileCheck %s --check-prefix=LEFT --implicit-check-not={{.}}
// LEFT: error
// LEFT-NEXT: fatal
// LEFT-NEXT: in
// LEFT-NEXT: m.h
// LEFT-NEXT: m.o

//--- fatal.mlir
module attributes {graph.signature = {constraints = [], inputs = [], model = "model", mutations = [], outputs = [], symbols = []}, kernel.arena_size = #graph.expr<64>, kernel.checks = [], kernel.stage = "cpu-schedule"} {
  func.func @main(%workspace: memref<?xi8>, %weights: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    %zero = arith.constant 0 : i32
    llvm.call_intrinsic "llvm.nvvm.barrier.cta.sync.aligned.all"(%zero) : (i32) -> ()
    return
  }
}

//--- error.mlir
module attributes {graph.signature = {constraints = [], inputs = [], model = "model", mutations = [], outputs = [], symbols = []}, kernel.arena_size = #graph.expr<64>, kernel.checks = [], kernel.stage = "cpu-schedule"} {
  func.func @main(%workspace: memref<?xi8>, %weights: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    llvm.inline_asm has_side_effects "no_such_instruction", "" : () -> ()
    return
  }
}

//--- good.mlir
module attributes {graph.signature = {constraints = [], inputs = [], model = "model", mutations = [], outputs = [], symbols = []}, kernel.arena_size = #graph.expr<64>, kernel.checks = [], kernel.stage = "cpu-schedule"} {
  func.func @main(%workspace: memref<?xi8>, %weights: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    llvm.inline_asm has_side_effects "nop", "" : () -> ()
    return
  }
}
