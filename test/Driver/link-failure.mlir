// What the linker refuses is kept with the linker's words.
// RUN: rm -rf %t && mkdir %t
// RUN: not graphc %s -o %t/m.so --threads=1 --dump-dir=%t/dumps 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=DIAGNOSTICS --input-file %t/dumps/*/diagnostics.txt
// RUN: FileCheck %s --check-prefix=IR --input-file %t/dumps/*/before.ll
// RUN: not sh -c 'sh %t/dumps/*/replay.sh' 2>&1 | FileCheck %s
// RUN: ls %t | FileCheck %s --check-prefix=LEFT --implicit-check-not={{.}}
// REQUIRES: x86-host

// CHECK: graphc: error[link]: linking '{{.*}}m.so' failed: {{.*}}relocation R_X86_64_32 cannot be used against
// DIAGNOSTICS: relocation R_X86_64_32 cannot be used against
// IR: mov $$elsewhere
// LEFT: dumps

module attributes {graph.signature = {constraints = [], inputs = [], model = "model", mutations = [], outputs = [], symbols = []}, kernel.arena_size = #graph.expr<64>, kernel.checks = [], kernel.stage = "cpu-schedule"} {
  func.func @main(%workspace: memref<?xi8>, %weights: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    llvm.inline_asm has_side_effects "mov $$elsewhere, %edi", "" : () -> ()
    return
  }
}
