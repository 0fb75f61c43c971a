// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_80 -canonicalize -cse | FileCheck %s

#rows = affine_map<(d0, d1, d2) -> (d0, d2)>
#columns = affine_map<(d0, d1, d2) -> (d1, d2)>
#across = affine_map<(d0, d1, d2) -> (d2, d1)>
#result = affine_map<(d0, d1, d2) -> (d0, d1)>

// Pieces of 16 bytes go to shared memory by themselves, a ring of stages ahead of
// the products; the right operand, stored across the depth, is transposed on its
// way to registers.
// CHECK-LABEL: func @tiles
// CHECK: gpu.launch
// CHECK: nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// CHECK: nvvm.cp.async.commit.group
// CHECK: scf.for
// CHECK: nvvm.cp.async.wait.group
// CHECK: gpu.barrier
// CHECK: nvvm.ldmatrix {{.*}}layout = #nvvm.mma_layout<row>, num = 4
// CHECK: nvvm.ldmatrix {{.*}}layout = #nvvm.mma_layout<col>, num = 4
// CHECK: nvvm.mma.sync {{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>
// Lanes exchange sums and store eight neighbours each.
// CHECK: nvvm.bar.warp.sync
// CHECK: vector.store {{.*}}alignment = 16{{.*}} : memref<256x256xbf16>, vector<8xbf16>
func.func @tiles(%x: memref<256x512xbf16>, %y: memref<512x256xbf16>, %z: memref<256x256xbf16>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<256x512xbf16>, memref<512x256xbf16>) outs(%z : memref<256x256xbf16>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<256x512xbf16>, %b: tensor<512x256xbf16>, %c: tensor<256x256xbf16>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<256x256xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<256x256xf32>) -> tensor<256x256xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #across, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<256x512xbf16>, tensor<512x256xbf16>) outs(%init : tensor<256x256xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %ee = arith.extf %e : bf16 to f32
      %ff = arith.extf %f : bf16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<256x256xf32>
    %out = tensor.empty() : tensor<256x256xbf16>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<256x256xf32>) outs(%out : tensor<256x256xbf16>) {
    ^bb1(%e: f32, %f: bf16):
      %t = arith.truncf %e : f32 to bf16
      linalg.yield %t : bf16
    } -> tensor<256x256xbf16>
    kernel.yield %1 : tensor<256x256xbf16>
  }
  return
}

// Few rows: each lane waits for its own pieces only, and no matrix goes through
// shared memory; the one barrier is before warps add up.
// CHECK-LABEL: func @few_rows
// CHECK: gpu.launch
// CHECK: nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// CHECK: scf.for
// CHECK-NOT: gpu.barrier
// CHECK-NOT: nvvm.ldmatrix
// CHECK: nvvm.cp.async.wait.group
// CHECK: nvvm.mma.sync
// CHECK: gpu.barrier
func.func @few_rows(%x: memref<3x4096xf16>, %y: memref<256x4096xf16>, %z: memref<3x256xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<3x4096xf16>, memref<256x4096xf16>) outs(%z : memref<3x256xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<3x4096xf16>, %b: tensor<256x4096xf16>, %c: tensor<3x256xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<3x256xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<3x256xf32>) -> tensor<3x256xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3x4096xf16>, tensor<256x4096xf16>) outs(%init : tensor<3x256xf32>) {
    ^bb1(%e: f16, %f: f16, %g: f32):
      %ee = arith.extf %e : f16 to f32
      %ff = arith.extf %f : f16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<3x256xf32>
    kernel.yield %0 : tensor<3x256xf32>
  }
  return
}
