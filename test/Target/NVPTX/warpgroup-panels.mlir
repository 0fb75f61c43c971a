// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s

// A width that fills the last round of blocks, of a matrix in one piece.
// CHECK-LABEL: func @matrix
// CHECK: wgmma.mma_async.sync.aligned.m64n104k16.f32.f16.f16
func.func @matrix(%x: memref<1568x128xf16>, %y: memref<128x512xf16>, %z: memref<1568x512xf16>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<1568x128xf16>, memref<128x512xf16>) outs(%z : memref<1568x512xf16>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<1568x128xf16>, %b: tensor<128x512xf16>, %c: tensor<1568x512xf16>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1568x512xf32>
    %narrow = tensor.empty() : tensor<1568x512xf16>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1568x512xf32>) -> tensor<1568x512xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1568x128xf16>, tensor<128x512xf16>) outs(%init : tensor<1568x512xf32>) {
    ^bb1(%e: f16, %f: f16, %g: f32):
      %wide0 = arith.extf %e : f16 to f32
      %wide1 = arith.extf %f : f16 to f32
      %m = arith.mulf %wide0, %wide1 : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<1568x512xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<1568x512xf32>) outs(%narrow : tensor<1568x512xf16>) {
    ^bb1(%e: f32, %o: f16):
      %t = arith.truncf %e : f32 to f16
      linalg.yield %t : f16
    } -> tensor<1568x512xf16>
    kernel.yield %1 : tensor<1568x512xf16>
  }
  return
}

// Of panels of 128 columns, tiles of that width would begin within one and end in
// the next, where no box reaches.
// CHECK-LABEL: func @panels
// CHECK: wgmma.mma_async.sync.aligned.m64n{{64|128|192|256}}k16.f32.f16.f16
func.func @panels(%x: memref<1568x128xf16>, %y: memref<4x128x128xf16>, %z: memref<1568x512xf16>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<1568x128xf16>, memref<4x128x128xf16>) outs(%z : memref<1568x512xf16>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<1568x128xf16>, %b: tensor<4x128x128xf16>, %c: tensor<1568x512xf16>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1568x512xf32>
    %narrow = tensor.empty() : tensor<1568x512xf16>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1568x512xf32>) -> tensor<1568x512xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1 floordiv 128, d2, d1 mod 128)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1568x128xf16>, tensor<4x128x128xf16>) outs(%init : tensor<1568x512xf32>) {
    ^bb1(%e: f16, %f: f16, %g: f32):
      %wide0 = arith.extf %e : f16 to f32
      %wide1 = arith.extf %f : f16 to f32
      %m = arith.mulf %wide0, %wide1 : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<1568x512xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<1568x512xf32>) outs(%narrow : tensor<1568x512xf16>) {
    ^bb1(%e: f32, %o: f16):
      %t = arith.truncf %e : f32 to f16
      linalg.yield %t : f16
    } -> tensor<1568x512xf16>
    kernel.yield %1 : tensor<1568x512xf16>
  }
  return
}
