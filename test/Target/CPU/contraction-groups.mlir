// RUN: graphc-opt %s --graphc-cpu-declare-runtime --graphc-cpu-emit-kernels=vector-bits=256 --canonicalize --split-input-file | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n floordiv 16, k, n mod 16)>
#c = affine_map<(m, n, k) -> (m, n)>

// Threads are made once for all groups. Each has a part of the sum of what
// groups cost, and of each group the units that begin in it; a group in which
// none does is passed over.

// CHECK-LABEL: func @groups(
// CHECK:         %[[TOTAL:.*]] = scf.for %[[G:.*]] = {{.*}} iter_args(%[[SUM:.*]] = %{{.*}}) -> (index)
// CHECK:           memref.load %{{.*}}[%[[G]]]
// CHECK:           arith.select
// CHECK:           arith.addi %[[SUM]]
// CHECK:         scf.forall
// CHECK:           %[[BEGIN:.*]] = arith.divui
// CHECK:           %[[END:.*]] = arith.divui
// CHECK:             memref.alloca()
// CHECK:             scf.for %[[H:.*]] = {{.*}} iter_args(%[[BEFORE:.*]] = %{{.*}}) -> (index)
// CHECK:               memref.load %{{.*}}[%[[H]]]
// CHECK:               %[[NEXT:.*]] = arith.addi %[[BEFORE]]
// CHECK:               arith.cmpi ult, %[[BEFORE]], %[[END]]
// CHECK:               arith.cmpi ugt, %[[NEXT]], %[[BEGIN]]
// CHECK:               arith.cmpi ugt, %[[NEXT]], %[[BEFORE]]
// CHECK:               scf.if
// CHECK:                 vector.fma
// CHECK:               scf.yield %[[NEXT]]
// CHECK-NOT:     scf.forall
// CHECK-NOT:     graphc.groups
func.func @groups(%x: memref<64x32xf32>, %w: memref<4x3x32x16xf32>, %counts: memref<4xindex>, %y: memref<64x48xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %g = %c0 to %c4 step %c1 {
    %rows = memref.load %counts[%g] : memref<4xindex>
    %a = memref.subview %x[0, 0] [%rows, 32] [1, 1] : memref<64x32xf32> to memref<?x32xf32, strided<[32, 1]>>
    %b = memref.subview %w[%g, 0, 0, 0] [1, 3, 32, 16] [1, 1, 1, 1] : memref<4x3x32x16xf32> to memref<3x32x16xf32, strided<[512, 16, 1], offset: ?>>
    %c = memref.subview %y[0, 0] [%rows, 48] [1, 1] : memref<64x48xf32> to memref<?x48xf32, strided<[48, 1]>>
    kernel.region "grouped" contraction ins(%a, %b, %rows : memref<?x32xf32, strided<[32, 1]>>, memref<3x32x16xf32, strided<[512, 16, 1], offset: ?>>, index) outs(%c : memref<?x48xf32, strided<[48, 1]>>) attributes {schedule = {columns = 16 : i64, depth = 32 : i64, feed = "packed", group = 3 : i64, rows = 4 : i64, tile = 1 : i64}} {
    ^bb0(%p: tensor<?x32xf32>, %q: tensor<3x32x16xf32>, %size: index, %o: tensor<?x48xf32>):
      %zero = arith.constant 0.0 : f32
      %empty = tensor.empty(%size) : tensor<?x48xf32>
      %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x48xf32>) -> tensor<?x48xf32>
      %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%p, %q : tensor<?x32xf32>, tensor<3x32x16xf32>) outs(%fill : tensor<?x48xf32>) {
      ^bb0(%s: f32, %t: f32, %z: f32):
        %1 = arith.mulf %s, %t : f32
        %2 = arith.addf %z, %1 : f32
        linalg.yield %2 : f32
      } -> tensor<?x48xf32>
      kernel.yield %0 : tensor<?x48xf32>
    }
  } {graphc.groups}
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// Control: a loop that does more keeps its order, and threads share a group.

// CHECK-LABEL: func @stores(
// CHECK:         scf.for
// CHECK:           memref.store
// CHECK:           scf.forall
func.func @stores(%x: memref<256x32xf32>, %w: memref<32x48xf32>, %counts: memref<4xindex>, %y: memref<256x48xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %g = %c0 to %c4 step %c1 {
    memref.store %g, %counts[%g] : memref<4xindex>
    kernel.region "grouped" contraction ins(%x, %w : memref<256x32xf32>, memref<32x48xf32>) outs(%y : memref<256x48xf32>) attributes {schedule = {columns = 16 : i64, depth = 32 : i64, feed = "direct", group = 3 : i64, rows = 4 : i64, tile = 1 : i64}} {
    ^bb0(%p: tensor<256x32xf32>, %q: tensor<32x48xf32>, %o: tensor<256x48xf32>):
      %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%p, %q : tensor<256x32xf32>, tensor<32x48xf32>) outs(%o : tensor<256x48xf32>) {
      ^bb0(%s: f32, %t: f32, %z: f32):
        %1 = arith.mulf %s, %t : f32
        %2 = arith.addf %z, %1 : f32
        linalg.yield %2 : f32
      } -> tensor<256x48xf32>
      kernel.yield %0 : tensor<256x48xf32>
    }
  } {graphc.groups}
  return
}
