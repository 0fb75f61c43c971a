// RUN: graphc-opt %s -graphc-nvptx-emit-kernels='chips=sm_80 allow-tf32' -canonicalize -cse | FileCheck %s
// RUN: graphc-opt %s -graphc-nvptx-emit-kernels='chips=sm_90a allow-tf32' -canonicalize -cse | FileCheck %s --check-prefix=WARPGROUPS
// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize -cse | FileCheck %s --check-prefix=FULL --implicit-check-not=mma --implicit-check-not=tf32

#rows = affine_map<(d0, d1, d2) -> (d0, d2)>
#columns = affine_map<(d0, d1, d2) -> (d1, d2)>
#across = affine_map<(d0, d1, d2) -> (d2, d1)>
#result = affine_map<(d0, d1, d2) -> (d0, d1)>

// Operands are rounded on their way to tensor cores: by the copy engine for
// warpgroups, in registers for mma.sync. Without permission all stays f32.
// CHECK-LABEL: func @along_the_depth
// CHECK: nvvm.ldmatrix {{.*}}num = 4
// CHECK: nvvm.convert.float.to.tf32 {{.*}}rnd = #nvvm.fp_rnd_mode<rna>
// CHECK: nvvm.mma.sync {{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 8>
// WARPGROUPS-LABEL: func @along_the_depth
// WARPGROUPS: kernel.tensor_map {{.*}}box [32, {{.*}} {graphc.tf32}
// WARPGROUPS: kernel.tensor_map {{.*}}box [32, {{.*}} {graphc.tf32}
// WARPGROUPS: wgmma{{.*}}tf32
// FULL-LABEL: func @along_the_depth
// FULL: math.fma
func.func @along_the_depth(%x: memref<256x512xf32>, %y: memref<256x512xf32>, %z: memref<256x256xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<256x512xf32>, memref<256x512xf32>) outs(%z : memref<256x256xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<256x512xf32>, %b: tensor<256x512xf32>, %c: tensor<256x256xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<256x256xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<256x256xf32>) -> tensor<256x256xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<256x512xf32>, tensor<256x512xf32>) outs(%init : tensor<256x256xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<256x256xf32>
    kernel.yield %0 : tensor<256x256xf32>
  }
  return
}

// Warpgroups take elements of four bytes along the depth only. With the depth
// outermost, each is a word of its own.
// CHECK-LABEL: func @across
// CHECK: nvvm.ldmatrix {{.*}}num = 4
// CHECK-NOT: nvvm.ldmatrix
// CHECK: llvm.load {{.*}} : !llvm.ptr<3> -> i32
// CHECK: nvvm.mma.sync {{.*}}k = 8>
// WARPGROUPS-LABEL: func @across
// WARPGROUPS-NOT: kernel.tensor_map
// WARPGROUPS: nvvm.mma.sync
// FULL-LABEL: func @across
func.func @across(%x: memref<256x512xf32>, %y: memref<512x256xf32>, %z: memref<256x256xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<256x512xf32>, memref<512x256xf32>) outs(%z : memref<256x256xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<256x512xf32>, %b: tensor<512x256xf32>, %c: tensor<256x256xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<256x256xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<256x256xf32>) -> tensor<256x256xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #across, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<256x512xf32>, tensor<512x256xf32>) outs(%init : tensor<256x256xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<256x256xf32>
    kernel.yield %0 : tensor<256x256xf32>
  }
  return
}

// CHECK-LABEL: func @few_rows
// CHECK-NOT: nvvm.ldmatrix
// CHECK: nvvm.convert.float.to.tf32
// CHECK: nvvm.mma.sync {{.*}}k = 8>
// FULL-LABEL: func @few_rows
func.func @few_rows(%x: memref<3x512xf32>, %y: memref<256x512xf32>, %z: memref<3x256xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<3x512xf32>, memref<256x512xf32>) outs(%z : memref<3x256xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<3x512xf32>, %b: tensor<256x512xf32>, %c: tensor<3x256xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<3x256xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<3x256xf32>) -> tensor<3x256xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3x512xf32>, tensor<256x512xf32>) outs(%init : tensor<3x256xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<3x256xf32>
    kernel.yield %0 : tensor<3x256xf32>
  }
  return
}
