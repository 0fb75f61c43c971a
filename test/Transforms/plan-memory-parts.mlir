// RUN: graphc-opt %s --graphc-plan-memory | FileCheck %s

// Of a part that only the loop knows, the whole that it is cut to is planned.

// CHECK: kernel.arena_size = #graph.expr<128>
func.func @main(%sizes: memref<4xi64>, %y: memref<18xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c18 = arith.constant 18 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %wide = memref.load %sizes[%i] : memref<4xi64>
    %size = arith.index_cast %wide : i64 to index
    %part = arith.minsi %size, %c18 : index
    // CHECK: memref.view %{{.*}}[%{{.*}}][%{{.*}}] : memref<?xi8> to memref<?xf32>
    %buffer = memref.alloc(%part) : memref<?xf32>
    %to = memref.subview %y[0] [%part] [1] : memref<18xf32> to memref<?xf32, strided<[1]>>
    memref.copy %buffer, %to : memref<?xf32> to memref<?xf32, strided<[1]>>
  }
  return
}
