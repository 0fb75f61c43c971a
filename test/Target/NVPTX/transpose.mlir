// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s

#across = affine_map<(d0, d1) -> (d1, d0)>
#id = affine_map<(d0, d1) -> (d0, d1)>
#last = affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>
#id4 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>

// Tiles of 32 x 32, the rows of which begin in different banks. Each thread has
// four elements, and neighbours read and write neighbours.
// CHECK-LABEL: func @plain
// CHECK: gpu.launch blocks({{.*}} = %c6{{.*}}threads({{.*}} = %c256
// CHECK-SAME: workgroup(%[[TILE:.*]] : memref<32x33xf32
// CHECK-COUNT-4: memref.store %{{.*}}, %[[TILE]]
// CHECK: gpu.barrier
// CHECK-COUNT-4: memref.load %[[TILE]]
// CHECK-NOT: memref.load
// CHECK: return
func.func @plain(%x: memref<96x64xf32>, %z: memref<64x96xf32>) {
  kernel.region "t" pointwise ins(%x : memref<96x64xf32>) outs(%z : memref<64x96xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<96x64xf32>, %c: tensor<64x96xf32>):
    %empty = tensor.empty() : tensor<64x96xf32>
    %0 = linalg.generic {indexing_maps = [#across, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<96x64xf32>) outs(%empty : tensor<64x96xf32>) {
    ^bb1(%e: f32, %o: f32):
      linalg.yield %e : f32
    } -> tensor<64x96xf32>
    kernel.yield %0 : tensor<64x96xf32>
  }
  return
}

// Height and width are one side of the tile; halves come in pairs; ragged tiles
// are guarded; what is read along the results is read as ever.
// CHECK-LABEL: func @channels_last
// CHECK: gpu.launch blocks({{.*}} = %c8
// CHECK-SAME: workgroup(%[[TILE:.*]] : memref<64x66xbf16
// CHECK: scf.if
// CHECK: vector.load %arg0{{.*}} vector<2xbf16>
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK: vector.load %[[TILE]]
// CHECK: vector.load %arg1{{.*}} vector<2xbf16>
// CHECK: vector.store
func.func @channels_last(%x: memref<2x100x7x18xbf16>, %y: memref<2x7x18x100xbf16>, %z: memref<2x7x18x100xbf16>) {
  kernel.region "add" pointwise ins(%x, %y : memref<2x100x7x18xbf16>, memref<2x7x18x100xbf16>) outs(%z : memref<2x7x18x100xbf16>) attributes {domain_rank = 4 : i64, row_dims = 3 : i64} {
  ^bb0(%a: tensor<2x100x7x18xbf16>, %b: tensor<2x7x18x100xbf16>, %c: tensor<2x7x18x100xbf16>):
    %empty = tensor.empty() : tensor<2x7x18x100xbf16>
    %0 = linalg.generic {indexing_maps = [#last, #id4, #id4], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%a, %b : tensor<2x100x7x18xbf16>, tensor<2x7x18x100xbf16>) outs(%empty : tensor<2x7x18x100xbf16>) {
    ^bb1(%e: bf16, %f: bf16, %o: bf16):
      %s = arith.addf %e, %f : bf16
      linalg.yield %s : bf16
    } -> tensor<2x7x18x100xbf16>
    kernel.yield %0 : tensor<2x7x18x100xbf16>
  }
  return
}

// A few columns are not worth a tile.
// CHECK-LABEL: func @few_columns
// CHECK-NOT: workgroup
// CHECK: return
func.func @few_columns(%x: memref<3x4096xf32>, %z: memref<4096x3xf32>) {
  kernel.region "t" pointwise ins(%x : memref<3x4096xf32>) outs(%z : memref<4096x3xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<3x4096xf32>, %c: tensor<4096x3xf32>):
    %empty = tensor.empty() : tensor<4096x3xf32>
    %0 = linalg.generic {indexing_maps = [#across, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<3x4096xf32>) outs(%empty : tensor<4096x3xf32>) {
    ^bb1(%e: f32, %o: f32):
      linalg.yield %e : f32
    } -> tensor<4096x3xf32>
    kernel.yield %0 : tensor<4096x3xf32>
  }
  return
}

// Pairs of halves where both sizes turn out to be even.
// CHECK-LABEL: func @open_halves
// CHECK: arith.remui %{{.*}}, %c2
// CHECK: scf.if
// CHECK: gpu.launch
// CHECK: vector.load %arg0{{.*}}alignment = 4 : i64{{.*}} vector<2xbf16>
// CHECK: vector.store %{{.*}}alignment = 4 : i64{{.*}} vector<2xbf16>
// CHECK: else
// CHECK: gpu.launch
// CHECK-NOT: vector
// CHECK: return
func.func @open_halves(%x: memref<?x?xbf16>, %z: memref<?x?xbf16>) {
  kernel.region "t" pointwise ins(%x : memref<?x?xbf16>) outs(%z : memref<?x?xbf16>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<?x?xbf16>, %c: tensor<?x?xbf16>):
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %n = tensor.dim %a, %one : tensor<?x?xbf16>
    %m = tensor.dim %a, %zero : tensor<?x?xbf16>
    %empty = tensor.empty(%n, %m) : tensor<?x?xbf16>
    %0 = linalg.generic {indexing_maps = [#across, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<?x?xbf16>) outs(%empty : tensor<?x?xbf16>) {
    ^bb1(%e: bf16, %o: bf16):
      linalg.yield %e : bf16
    } -> tensor<?x?xbf16>
    kernel.yield %0 : tensor<?x?xbf16>
  }
  return
}
