// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s

// A thread computes what one access of 16 bytes holds; the grid covers the
// result exactly, so that no thread asks whether it is inside.
// CHECK-LABEL: func @pointwise
// CHECK: gpu.launch blocks(%{{.*}} = %c1024
// CHECK-SAME: threads(%{{.*}} = %c256
// CHECK-NOT: scf.if
// CHECK: vector.load {{.*}}alignment = 16 : i64{{.*}} vector<4xf32>
// CHECK: math.exp {{.*}} : vector<4xf32>
// CHECK: vector.store {{.*}}alignment = 16 : i64{{.*}} vector<4xf32>
func.func @pointwise(%x: memref<1024x1024xf32>, %z: memref<1024x1024xf32>) {
  kernel.region "exp" pointwise ins(%x : memref<1024x1024xf32>) outs(%z : memref<1024x1024xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<1024x1024xf32>, %c: tensor<1024x1024xf32>):
    %empty = tensor.empty() : tensor<1024x1024xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<1024x1024xf32>) outs(%empty : tensor<1024x1024xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = math.exp %e : f32
      linalg.yield %s : f32
    } -> tensor<1024x1024xf32>
    kernel.yield %0 : tensor<1024x1024xf32>
  }
  return
}

// Of a part that starts at an odd element only single elements are aligned.
// CHECK-LABEL: func @shifted
// CHECK: vector.load %{{[^{]*}} {alignment = 4 : i64}
// CHECK: vector.store %{{[^{]*}} {alignment = 16 : i64}
func.func @shifted(%x: memref<8x64xf32, strided<[128, 1], offset: 3>>, %z: memref<8x64xf32>) {
  kernel.region "copy" pointwise ins(%x : memref<8x64xf32, strided<[128, 1], offset: 3>>) outs(%z : memref<8x64xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<8x64xf32>, %c: tensor<8x64xf32>):
    %empty = tensor.empty() : tensor<8x64xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<8x64xf32>) outs(%empty : tensor<8x64xf32>) {
    ^bb1(%e: f32, %g: f32):
      linalg.yield %e : f32
    } -> tensor<8x64xf32>
    kernel.yield %0 : tensor<8x64xf32>
  }
  return
}

// Sizes that only the run knows: the grid is computed before the launch, and
// threads behind the end do nothing.
// CHECK-LABEL: func @dynamic
// CHECK: %[[N:.*]] = memref.dim
// CHECK: %[[BLOCKS:.*]] = arith.ceildivui
// CHECK: gpu.launch blocks(%{{.*}} = %[[BLOCKS]]
// CHECK: arith.cmpi ult
// CHECK: scf.if
// CHECK: memref.store
func.func @dynamic(%x: memref<?xf32>, %z: memref<?xf32>) {
  kernel.region "copy" pointwise ins(%x : memref<?xf32>) outs(%z : memref<?xf32>) attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%a: tensor<?xf32>, %c: tensor<?xf32>):
    %zero = arith.constant 0 : index
    %n = tensor.dim %a, %zero : tensor<?xf32>
    %empty = tensor.empty(%n) : tensor<?xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a : tensor<?xf32>) outs(%empty : tensor<?xf32>) {
    ^bb1(%e: f32, %g: f32):
      linalg.yield %e : f32
    } -> tensor<?xf32>
    kernel.yield %0 : tensor<?xf32>
  }
  return
}

// Any other form is right, one thread for each element; long sums are sums of
// sums.
// CHECK-LABEL: func @product
// CHECK: gpu.launch
// CHECK: scf.for %{{.*}} = %c0 to %c1024 step %c128
// CHECK: scf.for {{.*}} step %c1
// CHECK: memref.store
func.func @product(%x: memref<16x1024xf64>, %y: memref<1024x16xf64>, %z: memref<16x16xf64>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<16x1024xf64>, memref<1024x16xf64>) outs(%z : memref<16x16xf64>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x1024xf64>, %b: tensor<1024x16xf64>, %c: tensor<16x16xf64>):
    %zero = arith.constant 0.0 : f64
    %empty = tensor.empty() : tensor<16x16xf64>
    %init = linalg.fill ins(%zero : f64) outs(%empty : tensor<16x16xf64>) -> tensor<16x16xf64>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x1024xf64>, tensor<1024x16xf64>) outs(%init : tensor<16x16xf64>) {
    ^bb1(%e: f64, %f: f64, %g: f64):
      %m = arith.mulf %e, %f : f64
      %s = arith.addf %g, %m : f64
      linalg.yield %s : f64
    } -> tensor<16x16xf64>
    kernel.yield %0 : tensor<16x16xf64>
  }
  return
}

// Where there are no elements, there is nothing to launch.
// CHECK-LABEL: func @empty
// CHECK-NOT: gpu.launch
// CHECK: return
func.func @empty(%x: memref<3x0xf32>) {
  kernel.region "empty" pointwise outs(%x : memref<3x0xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<3x0xf32>):
    %none = tensor.empty() : tensor<3x0xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%none : tensor<3x0xf32>) outs(%a : tensor<3x0xf32>) {
    ^bb1(%e: f32, %f: f32):
      %m = arith.mulf %e, %e : f32
      linalg.yield %m : f32
    } -> tensor<3x0xf32>
    kernel.yield %0 : tensor<3x0xf32>
  }
  return
}
