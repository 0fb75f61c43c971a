// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize -cse | FileCheck %s

// What a thread meets later does not replace what is equal to it: only threads
// compare their indices. The first NaN stays.
// CHECK-LABEL: func @argmax
// CHECK: scf.for {{.*}} -> (vector<4xf32>, vector<4xi32>
// CHECK-NOT: arith.cmpi
// CHECK: %[[MORE:.*]] = arith.cmpf ugt, %[[X:.*]], %[[BEST:.*]] : vector<4xf32>
// CHECK: %[[KNOWN:.*]] = arith.cmpf ord, %[[BEST]], %[[BEST]]
// CHECK: %[[TAKE:.*]] = arith.andi %[[MORE]], %[[KNOWN]]
// CHECK: arith.select %[[TAKE]], %[[X]], %[[BEST]]
// CHECK-NOT: arith.cmpi
// CHECK: scf.yield
// CHECK: arith.cmpi slt, {{.*}} : i32
// CHECK: gpu.shuffle
// CHECK: return
func.func @argmax(%x: memref<64x65536xf32>, %z: memref<64xi32>) {
  kernel.region "argmax" row ins(%x : memref<64x65536xf32>) outs(%z : memref<64xi32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<64x65536xf32>, %c: tensor<64xi32>):
    %lowest = arith.constant 0xFF800000 : f32
    %first = arith.constant 0 : i32
    %empty = tensor.empty() : tensor<64xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%empty : tensor<64xf32>) -> tensor<64xf32>
    %places = linalg.fill ins(%first : i32) outs(%c : tensor<64xi32>) -> tensor<64xi32>
    %0:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x65536xf32>) outs(%init, %places : tensor<64xf32>, tensor<64xi32>) {
    ^bb1(%e: f32, %best: f32, %place: i32):
      %i = linalg.index 1 : index
      %j = arith.index_cast %i : index to i32
      %more = arith.cmpf ugt, %e, %best : f32
      %known = arith.cmpf ord, %best, %best : f32
      %better = arith.andi %more, %known : i1
      %equal = arith.cmpf oeq, %e, %best : f32
      %earlier = arith.cmpi slt, %j, %place : i32
      %tie = arith.andi %equal, %earlier : i1
      %take = arith.ori %better, %tie : i1
      %s = arith.select %take, %e, %best : f32
      %t = arith.select %take, %j, %place : i32
      linalg.yield %s, %t : f32, i32
    } -> (tensor<64xf32>, tensor<64xi32>)
    kernel.yield %0#1 : tensor<64xi32>
  }
  return
}

// If the search begins at a later index, an element that is no better wins by
// its own: indices are compared on the way, too.
// CHECK-LABEL: func @begins_later
// CHECK: scf.for
// CHECK: arith.cmpi slt, {{.*}} : vector<4xi32>
// CHECK: scf.yield
func.func @begins_later(%x: memref<64x65536xf32>, %z: memref<64xi32>) {
  kernel.region "argmax" row ins(%x : memref<64x65536xf32>) outs(%z : memref<64xi32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<64x65536xf32>, %c: tensor<64xi32>):
    %lowest = arith.constant 0xFF800000 : f32
    %last = arith.constant 2147483647 : i32
    %empty = tensor.empty() : tensor<64xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%empty : tensor<64xf32>) -> tensor<64xf32>
    %places = linalg.fill ins(%last : i32) outs(%c : tensor<64xi32>) -> tensor<64xi32>
    %0:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x65536xf32>) outs(%init, %places : tensor<64xf32>, tensor<64xi32>) {
    ^bb1(%e: f32, %best: f32, %place: i32):
      %i = linalg.index 1 : index
      %j = arith.index_cast %i : index to i32
      %more = arith.cmpf ogt, %e, %best : f32
      %equal = arith.cmpf oeq, %e, %best : f32
      %earlier = arith.cmpi slt, %j, %place : i32
      %tie = arith.andi %equal, %earlier : i1
      %take = arith.ori %more, %tie : i1
      %s = arith.select %take, %e, %best : f32
      %t = arith.select %take, %j, %place : i32
      linalg.yield %s, %t : f32, i32
    } -> (tensor<64xf32>, tensor<64xi32>)
    kernel.yield %0#1 : tensor<64xi32>
  }
  return
}
