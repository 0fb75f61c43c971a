// RUN: graphc-opt %s --graphc-cpu-add-debug-info --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// Every operation has one line, in a scope of its file. Debuggers know a
// function by its nodes, linkers by its symbol.
// CHECK: #llvm.di_subprogram<{{.*}}name = "block.1: linear, gelu (and 1 more)", linkageName = "shared"
llvm.func @shared() {
  llvm.return
} loc(fused["linear"(fused<"block.1">["a/model.py":5:0]), "gelu"])
llvm.func @calls() {
  llvm.call @shared() : () -> ()
  llvm.call @shared() : () -> ()
  llvm.return
}

// CHECK-LABEL: llvm.func @kernel
llvm.func @kernel(%a: f32) -> f32 {
  // CHECK: llvm.fadd {{.*}} loc(fused<#llvm.di_subprogram<{{.*}}>["a/model.py":7:0])
  %0 = llvm.fadd %a, %a : f32 loc("add"("a/model.py":7:0))
  // CHECK: llvm.fmul {{.*}} loc(fused<#llvm.di_lexical_block_file<{{.*}}file = <"norm.py" in "b">{{.*}}>["b/norm.py":3:0])
  %1 = llvm.fmul %0, %a : f32 loc(fused["mul"("b/norm.py":3:0), "gelu"("a/model.py":9:0)])
  // An operation without one has that of its function.
  // CHECK: llvm.fneg {{.*}} loc(fused<#llvm.di_subprogram<{{.*}}>["a/model.py":5:0])
  %2 = llvm.fneg %1 : f32 loc("model.pt2":0:0)
  llvm.return %2 : f32 loc(unknown)
} loc("linear"("a/model.py":5:0))

// A function that is nobody's line keeps none.
// CHECK-LABEL: llvm.func @unknown
// CHECK-NEXT: llvm.return loc(unknown)
llvm.func @unknown() {
  llvm.return loc("model.pt2":0:0)
} loc("model.pt2":0:0)
