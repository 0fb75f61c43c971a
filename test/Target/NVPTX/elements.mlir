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

// Of sizes that only the run knows the host finds out whether vectors divide
// them; the grid is computed before the launch, and threads behind the end do
// nothing.
// CHECK-LABEL: func @dynamic
// CHECK: %[[N:.*]] = memref.dim
// CHECK: %[[REST:.*]] = arith.remui %[[N]], %c4
// CHECK: %[[WHOLE:.*]] = arith.cmpi eq, %[[REST]], %c0
// CHECK: %[[SHORT:.*]] = arith.cmpi ult, %[[N]]
// CHECK: %[[BOTH:.*]] = arith.andi %[[WHOLE]], %[[SHORT]]
// CHECK: scf.if %[[BOTH]]
// CHECK: %[[BLOCKS:.*]] = arith.ceildivui
// CHECK: gpu.launch blocks(%{{.*}} = %[[BLOCKS]]
// CHECK: arith.cmpi ult
// CHECK: scf.if
// CHECK: vector.store {{.*}}alignment = 16 : i64{{.*}} vector<4xf32>
// CHECK: else
// CHECK: %[[BLOCKS:.*]] = arith.ceildivui
// CHECK: gpu.launch blocks(%{{.*}} = %[[BLOCKS]]
// CHECK-NOT: vector.store
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

// Rows of a matrix are aligned where the inner size is whole; the index of a row
// is a quotient of 32 bits then.
// CHECK-LABEL: func @dynamic_rows
// CHECK: scf.if
// CHECK: arith.divui {{.*}} : i32
// CHECK: vector.load {{.*}}alignment = 16 : i64{{.*}} : memref<?x?xf32>
// CHECK: vector.load {{.*}}alignment = 16 : i64{{.*}} : memref<?xf32>
// CHECK: vector.store {{.*}}alignment = 16 : i64
// CHECK: else
// CHECK: arith.divui {{.*}} : index
// CHECK: return
func.func @dynamic_rows(%x: memref<?x?xf32>, %y: memref<?xf32>, %z: memref<?x?xf32>) {
  kernel.region "add" pointwise ins(%x, %y : memref<?x?xf32>, memref<?xf32>) outs(%z : memref<?x?xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<?x?xf32>, %b: tensor<?xf32>, %c: tensor<?x?xf32>):
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %n = tensor.dim %a, %zero : tensor<?x?xf32>
    %m = tensor.dim %a, %one : tensor<?x?xf32>
    %empty = tensor.empty(%n, %m) : tensor<?x?xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a, %b : tensor<?x?xf32>, tensor<?xf32>) outs(%empty : tensor<?x?xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %s = arith.addf %e, %f : f32
      linalg.yield %s : f32
    } -> tensor<?x?xf32>
    kernel.yield %0 : tensor<?x?xf32>
  }
  return
}

// Of what can be accessed in small parts only a thread takes several rows.
// CHECK-LABEL: func @narrow_rows
// CHECK: gpu.launch
// CHECK-COUNT-5: vector.store {{.*}} vector<2xbf16>
// CHECK-NOT: vector.store
// CHECK: return
func.func @narrow_rows(%x: memref<2048x130x130xbf16>, %z: memref<2048x130x130xbf16>) {
  kernel.region "exp" pointwise ins(%x : memref<2048x130x130xbf16>) outs(%z : memref<2048x130x130xbf16>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<2048x130x130xbf16>, %c: tensor<2048x130x130xbf16>):
    %empty = tensor.empty() : tensor<2048x130x130xbf16>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a : tensor<2048x130x130xbf16>) outs(%empty : tensor<2048x130x130xbf16>) {
    ^bb1(%e: bf16, %g: bf16):
      linalg.yield %e : bf16
    } -> tensor<2048x130x130xbf16>
    kernel.yield %0 : tensor<2048x130x130xbf16>
  }
  return
}

// Any other form is right, one thread for each element; long sums are sums of
// sums.
// CHECK-LABEL: func @distances
// CHECK: gpu.launch
// CHECK: scf.for %{{.*}} = %c0 to %c1024 step %c128
// CHECK: scf.for {{.*}} step %c1
// CHECK: memref.store
func.func @distances(%x: memref<16x1024xf64>, %y: memref<1024x16xf64>, %z: memref<16x16xf64>) {
  kernel.region "distances" contraction ins(%x, %y : memref<16x1024xf64>, memref<1024x16xf64>) outs(%z : memref<16x16xf64>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x1024xf64>, %b: tensor<1024x16xf64>, %c: tensor<16x16xf64>):
    %zero = arith.constant 0.0 : f64
    %empty = tensor.empty() : tensor<16x16xf64>
    %init = linalg.fill ins(%zero : f64) outs(%empty : tensor<16x16xf64>) -> tensor<16x16xf64>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x1024xf64>, tensor<1024x16xf64>) outs(%init : tensor<16x16xf64>) {
    ^bb1(%e: f64, %f: f64, %g: f64):
      %d = arith.subf %e, %f : f64
      %m = arith.mulf %d, %d : f64
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
