// A failing pass leaves one directory, whose replay fails the same way.
// RUN: rm -rf %t && mkdir -p %t
// RUN: not graphc-opt %s --pass-pipeline='builtin.module(canonicalize,func.func(canonicalize,cse),symbol-dce)' \
// RUN:   --fail-at-pass=cse --dump-dir=%t -o /dev/null 2> %t.stderr
// RUN: FileCheck %s --check-prefix=STDERR < %t.stderr
// RUN: ls %t | count 1
// RUN: cat %t/*/README.txt | FileCheck %s --check-prefix=README
// RUN: cat %t/*/pipeline.txt | FileCheck %s --check-prefix=PIPELINE
// RUN: cat %t/*/before.mlir | FileCheck %s --check-prefix=BEFORE
// RUN: cat %t/*/after.mlir | FileCheck %s --check-prefix=AFTER
// RUN: cat %t/*/diagnostics.txt | FileCheck %s --check-prefix=STDERR
// RUN: not sh -c "sh %t/*/replay.sh" 2>&1 | FileCheck %s --check-prefix=STDERR

// A second failure does not touch the first.
// RUN: not graphc-opt %s --cse --fail-at-pass=cse --dump-dir=%t -o /dev/null
// RUN: ls %t | count 2

// Success leaves nothing.
// RUN: rm -rf %t && graphc-opt %s --cse --dump-dir=%t -o /dev/null
// RUN: not test -e %t

// STDERR: pass 'cse' failed as asked

// README: graphc failed: pass 'cse' on func.func @named @twice failed: pass 'cse' failed as asked
// README: Do it again: sh replay.sh
// README: before.mlir

// PIPELINE: builtin.module(func.func(cse),symbol-dce{{.*}})

// The values of the large constant are gone, its type is not.
// BEFORE: "builtin.module"()
// BEFORE: dense_resource<__elided__> : tensor<1032xi8>
// BEFORE-COUNT-3: "arith.addi"
// BEFORE-NOT: "arith.addi"
// BEFORE: pipeline: "builtin.module(graphc-fill-elided-constants,func.func(cse{{.*}}))"

// A failure that was asked for comes before the pass does anything.
// AFTER-COUNT-3: "arith.addi"
module @named {
  func.func @twice(%a: tensor<1032xi8>) -> tensor<1032xi8> {
    %c = arith.constant dense<"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"> : tensor<1032xi8>
    %0 = arith.addi %a, %c : tensor<1032xi8>
    %1 = arith.addi %a, %c : tensor<1032xi8>
    %2 = arith.addi %0, %1 : tensor<1032xi8>
    return %2 : tensor<1032xi8>
  }
}
