// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize -cse | FileCheck %s
// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_90a,sm_80 -canonicalize -cse | FileCheck %s --check-prefix=SMALL

#rows = affine_map<(d0, d1, d2) -> (d0, d2)>
#columns = affine_map<(d0, d1, d2) -> (d1, d2)>
#across = affine_map<(d0, d1, d2) -> (d2, d1)>
#result = affine_map<(d0, d1, d2) -> (d0, d1)>

// Warps compute 32 columns each where more blocks would read the rows too often.
// CHECK-LABEL: func @sixteen_rows
// CHECK: gpu.launch blocks({{.*}} = %c128, {{.*}} dynamic_shared_memory_size %c122880_i32
// Shared memory is what all have that run code for sm_80: fewer stages.
// SMALL-LABEL: func @sixteen_rows
// SMALL: gpu.launch blocks({{.*}} = %c128, {{.*}} dynamic_shared_memory_size %c98304_i32
func.func @sixteen_rows(%x: memref<16x4096xbf16>, %y: memref<4096x4096xbf16>, %z: memref<16x4096xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<16x4096xbf16>, memref<4096x4096xbf16>) outs(%z : memref<16x4096xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x4096xbf16>, %b: tensor<4096x4096xbf16>, %c: tensor<16x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<16x4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x4096xf32>) -> tensor<16x4096xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x4096xbf16>, tensor<4096x4096xbf16>) outs(%init : tensor<16x4096xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %ee = arith.extf %e : bf16 to f32
      %ff = arith.extf %f : bf16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<16x4096xf32>
    kernel.yield %0 : tensor<16x4096xf32>
  }
  return
}

// Too few columns to share: 16 each, in nine short stages.
// CHECK-LABEL: func @few_columns
// CHECK: gpu.launch blocks({{.*}} = %c64, {{.*}} dynamic_shared_memory_size %c147456_i32
// CHECK-NOT: L2::128B
func.func @few_columns(%x: memref<16x4096xbf16>, %y: memref<1024x4096xbf16>, %z: memref<16x1024xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<16x4096xbf16>, memref<1024x4096xbf16>) outs(%z : memref<16x1024xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x4096xbf16>, %b: tensor<1024x4096xbf16>, %c: tensor<16x1024xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<16x1024xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x1024xf32>) -> tensor<16x1024xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x4096xbf16>, tensor<1024x4096xbf16>) outs(%init : tensor<16x1024xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %ee = arith.extf %e : bf16 to f32
      %ff = arith.extf %f : bf16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<16x1024xf32>
    kernel.yield %0 : tensor<16x1024xf32>
  }
  return
}

// Many columns and hardly any rows: all blocks wait for memory, which gives whole
// lines, in short stages.
// CHECK-LABEL: func @many_columns
// CHECK: gpu.launch blocks({{.*}} = %c896, {{.*}} dynamic_shared_memory_size %c110592_i32
// CHECK: llvm.inline_asm has_side_effects {{.*}} "cp.async.cg.shared.global.L2::128B [$0], [$1], 16;", "l,l,~{memory}"
func.func @many_columns(%x: memref<1x4096xbf16>, %y: memref<14336x4096xbf16>, %z: memref<1x14336xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<1x4096xbf16>, memref<14336x4096xbf16>) outs(%z : memref<1x14336xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<1x4096xbf16>, %b: tensor<14336x4096xbf16>, %c: tensor<1x14336xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1x14336xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x14336xf32>) -> tensor<1x14336xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1x4096xbf16>, tensor<14336x4096xbf16>) outs(%init : tensor<1x14336xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %ee = arith.extf %e : bf16 to f32
      %ff = arith.extf %f : bf16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<1x14336xf32>
    kernel.yield %0 : tensor<1x14336xf32>
  }
  return
}

// Pieces of 8 bytes across the depth, for a block on every multiprocessor.
// CHECK-LABEL: func @across
// CHECK: gpu.launch blocks({{.*}} = %c128, {{.*}} dynamic_shared_memory_size %c98304_i32
func.func @across(%x: memref<16x4096xbf16>, %y: memref<4096x4096xbf16>, %z: memref<16x4096xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<16x4096xbf16>, memref<4096x4096xbf16>) outs(%z : memref<16x4096xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x4096xbf16>, %b: tensor<4096x4096xbf16>, %c: tensor<16x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<16x4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x4096xf32>) -> tensor<16x4096xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #across, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x4096xbf16>, tensor<4096x4096xbf16>) outs(%init : tensor<16x4096xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %ee = arith.extf %e : bf16 to f32
      %ff = arith.extf %f : bf16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<16x4096xf32>
    kernel.yield %0 : tensor<16x4096xf32>
  }
  return
}

// No more blocks than run at once, where the weights may be in the cache.
// CHECK-LABEL: func @one_row
// CHECK: gpu.launch blocks({{.*}} = %c128, {{.*}} dynamic_shared_memory_size %c102400_i32
func.func @one_row(%x: memref<1x4096xbf16>, %y: memref<4096x4096xbf16>, %z: memref<1x4096xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<1x4096xbf16>, memref<4096x4096xbf16>) outs(%z : memref<1x4096xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<1x4096xbf16>, %b: tensor<4096x4096xbf16>, %c: tensor<1x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1x4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x4096xf32>) -> tensor<1x4096xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<1x4096xbf16>, tensor<4096x4096xbf16>) outs(%init : tensor<1x4096xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %ee = arith.extf %e : bf16 to f32
      %ff = arith.extf %f : bf16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<1x4096xf32>
    kernel.yield %0 : tensor<1x4096xf32>
  }
  return
}

// Full rows of memory, where these are waited for.
// CHECK-LABEL: func @across_many
// CHECK: gpu.launch blocks({{.*}} = %c224, {{.*}} dynamic_shared_memory_size %c122880_i32
// SMALL-LABEL: func @across_many
// SMALL: gpu.launch blocks({{.*}} = %c224, {{.*}} dynamic_shared_memory_size %c81920_i32
func.func @across_many(%x: memref<16x4096xbf16>, %y: memref<4096x14336xbf16>, %z: memref<16x14336xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<16x4096xbf16>, memref<4096x14336xbf16>) outs(%z : memref<16x14336xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x4096xbf16>, %b: tensor<4096x14336xbf16>, %c: tensor<16x14336xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<16x14336xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x14336xf32>) -> tensor<16x14336xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #across, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x4096xbf16>, tensor<4096x14336xbf16>) outs(%init : tensor<16x14336xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %ee = arith.extf %e : bf16 to f32
      %ff = arith.extf %f : bf16 to f32
      %m = arith.mulf %ee, %ff : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<16x14336xf32>
    kernel.yield %0 : tensor<16x14336xf32>
  }
  return
}

// Lanes multiply what tensor cores do not: all steps of their pieces with all
// rows, then those that have parts of the same sums exchange them.
// CHECK-LABEL: func @in_full
// CHECK: gpu.launch blocks({{.*}} = %c256, {{.*}} threads({{.*}} = %c256
// CHECK-NOT: nvvm.mma
// CHECK: scf.for
// CHECK: nvvm.cp.async.shared.global
// CHECK-COUNT-48: math.fma {{.*}} : f32
// CHECK-NOT: math.fma
// CHECK-COUNT-6: gpu.shuffle
// CHECK-NOT: gpu.shuffle
// CHECK: gpu.barrier
func.func @in_full(%x: memref<3x4096xf32>, %y: memref<4096x4096xf32>, %z: memref<3x4096xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<3x4096xf32>, memref<4096x4096xf32>) outs(%z : memref<3x4096xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<3x4096xf32>, %b: tensor<4096x4096xf32>, %c: tensor<3x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<3x4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<3x4096xf32>) -> tensor<3x4096xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3x4096xf32>, tensor<4096x4096xf32>) outs(%init : tensor<3x4096xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<3x4096xf32>
    kernel.yield %0 : tensor<3x4096xf32>
  }
  return
}

// Lanes that have more columns read shared memory less often, which is what
// takes time with more rows.
// CHECK-LABEL: func @many_in_full
// CHECK: gpu.launch blocks({{.*}} = %c128, {{.*}} threads({{.*}} = %c256
func.func @many_in_full(%x: memref<16x4096xf32>, %y: memref<4096x4096xf32>, %z: memref<16x4096xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<16x4096xf32>, memref<4096x4096xf32>) outs(%z : memref<16x4096xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x4096xf32>, %b: tensor<4096x4096xf32>, %c: tensor<16x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<16x4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x4096xf32>) -> tensor<16x4096xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x4096xf32>, tensor<4096x4096xf32>) outs(%init : tensor<16x4096xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<16x4096xf32>
    kernel.yield %0 : tensor<16x4096xf32>
  }
  return
}

// Several copies bring a piece of what is not aligned to 16 bytes.
// CHECK-LABEL: func @unaligned
// CHECK: gpu.launch
// CHECK: scf.for
// CHECK-COUNT-4: nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 4, cache = ca
func.func @unaligned(%x: memref<3x4093xf32>, %y: memref<4096x4093xf32>, %z: memref<3x4096xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<3x4093xf32>, memref<4096x4093xf32>) outs(%z : memref<3x4096xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<3x4093xf32>, %b: tensor<4096x4093xf32>, %c: tensor<3x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<3x4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<3x4096xf32>) -> tensor<3x4096xf32>
    %0 = linalg.generic {indexing_maps = [#rows, #columns, #result], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3x4093xf32>, tensor<4096x4093xf32>) outs(%init : tensor<3x4096xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<3x4096xf32>
    kernel.yield %0 : tensor<3x4096xf32>
  }
  return
}
