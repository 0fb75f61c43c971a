// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s

#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#outer = affine_map<(d0, d1, d2) -> (d0, d2)>
#across = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
#row = affine_map<(d0, d1, d2) -> (d0, d1)>

// Eight vectors are a line, of which a warp has four at a time; 64 threads share
// what each of its rows has. Every element is read once; lanes exchange what
// they have of one column, then 16 warps.
// CHECK-LABEL: func @softmax
// CHECK: gpu.launch blocks(%{{.*}} = %c96, {{.*}}threads(%{{.*}} = %c8, %{{.*}} = %c64, %{{.*}} = %c1)
// CHECK-SAME: workgroup(%{{.*}} : memref<16x8x4xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<16x8x4xf32
// CHECK-NOT: scf.for
// CHECK-COUNT-4: vector.load %arg0{{.*}}alignment = 16 : i64{{.*}} vector<4xf32>
// CHECK-NOT: vector.load %arg0
// CHECK: gpu.shuffle xor %{{.*}}, %c16_i32
// CHECK: gpu.shuffle xor %{{.*}}, %c8_i32
// CHECK: gpu.barrier
// CHECK-NOT: vector.load %arg0
// CHECK: gpu.barrier
// CHECK-NOT: vector.load %arg0
// CHECK-COUNT-4: vector.store %{{.*}}, %arg1{{.*}} vector<4xf32>
// CHECK: return
func.func @softmax(%x: memref<3x256x1024xf32>, %z: memref<3x256x1024xf32>) {
  kernel.region "softmax" row ins(%x : memref<3x256x1024xf32>) outs(%z : memref<3x256x1024xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<3x256x1024xf32>, %b: tensor<3x256x1024xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %row = tensor.empty() : tensor<3x1024xf32>
    %full = tensor.empty() : tensor<3x256x1024xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<3x1024xf32>) -> tensor<3x1024xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<3x1024xf32>) -> tensor<3x1024xf32>
    %max = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a : tensor<3x256x1024xf32>) outs(%init : tensor<3x1024xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %e, %g : f32
      linalg.yield %s : f32
    } -> tensor<3x1024xf32>
    %exp = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a, %max : tensor<3x256x1024xf32>, tensor<3x1024xf32>) outs(%full : tensor<3x256x1024xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %s = math.exp %d : f32
      linalg.yield %s : f32
    } -> tensor<3x256x1024xf32>
    %sum = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%exp : tensor<3x256x1024xf32>) outs(%nothing : tensor<3x1024xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<3x1024xf32>
    %y = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exp, %sum : tensor<3x256x1024xf32>, tensor<3x1024xf32>) outs(%full : tensor<3x256x1024xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %s = arith.divf %e, %m : f32
      linalg.yield %s : f32
    } -> tensor<3x256x1024xf32>
    kernel.yield %y : tensor<3x256x1024xf32>
  }
  return
}

// Rows that a warp holds need no shared memory; four strips make a block.
// CHECK-LABEL: func @short
// CHECK: gpu.launch blocks(%{{.*}} = %c4, {{.*}}threads(%{{.*}} = %c8, %{{.*}} = %c4, %{{.*}} = %c4)
// CHECK-NOT: workgroup
// CHECK-COUNT-6: vector.load %arg0{{.*}} vector<4xf32>
// CHECK-NOT: vector.load
// CHECK-NOT: gpu.barrier
// CHECK: return
func.func @short(%x: memref<8x21x64xf32>, %z: memref<8x21x64xf32>) {
  kernel.region "softmax" row ins(%x : memref<8x21x64xf32>) outs(%z : memref<8x21x64xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<8x21x64xf32>, %b: tensor<8x21x64xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %row = tensor.empty() : tensor<8x64xf32>
    %full = tensor.empty() : tensor<8x21x64xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<8x64xf32>) -> tensor<8x64xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<8x64xf32>) -> tensor<8x64xf32>
    %max = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a : tensor<8x21x64xf32>) outs(%init : tensor<8x64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %e, %g : f32
      linalg.yield %s : f32
    } -> tensor<8x64xf32>
    %exp = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a, %max : tensor<8x21x64xf32>, tensor<8x64xf32>) outs(%full : tensor<8x21x64xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %s = math.exp %d : f32
      linalg.yield %s : f32
    } -> tensor<8x21x64xf32>
    %sum = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%exp : tensor<8x21x64xf32>) outs(%nothing : tensor<8x64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<8x64xf32>
    %y = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exp, %sum : tensor<8x21x64xf32>, tensor<8x64xf32>) outs(%full : tensor<8x21x64xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %s = arith.divf %e, %m : f32
      linalg.yield %s : f32
    } -> tensor<8x21x64xf32>
    kernel.yield %y : tensor<8x21x64xf32>
  }
  return
}

// Of odd lines single elements, of which each thread has all of a short row.
// CHECK-LABEL: func @odd
// CHECK: gpu.launch {{.*}}threads(%{{.*}} = %c32, %{{.*}} = %c1, %{{.*}} = %c4)
// CHECK-COUNT-21: memref.load %arg0
// CHECK-NOT: memref.load
// CHECK-NOT: gpu.shuffle
// CHECK-NOT: gpu.barrier
// CHECK: return
func.func @odd(%x: memref<8x21x33xf32>, %z: memref<8x21x33xf32>) {
  kernel.region "softmax" row ins(%x : memref<8x21x33xf32>) outs(%z : memref<8x21x33xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<8x21x33xf32>, %b: tensor<8x21x33xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %row = tensor.empty() : tensor<8x33xf32>
    %full = tensor.empty() : tensor<8x21x33xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<8x33xf32>) -> tensor<8x33xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<8x33xf32>) -> tensor<8x33xf32>
    %max = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a : tensor<8x21x33xf32>) outs(%init : tensor<8x33xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %e, %g : f32
      linalg.yield %s : f32
    } -> tensor<8x33xf32>
    %exp = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a, %max : tensor<8x21x33xf32>, tensor<8x33xf32>) outs(%full : tensor<8x21x33xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %s = math.exp %d : f32
      linalg.yield %s : f32
    } -> tensor<8x21x33xf32>
    %sum = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%exp : tensor<8x21x33xf32>) outs(%nothing : tensor<8x33xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<8x33xf32>
    %y = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exp, %sum : tensor<8x21x33xf32>, tensor<8x33xf32>) outs(%full : tensor<8x21x33xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %s = arith.divf %e, %m : f32
      linalg.yield %s : f32
    } -> tensor<8x21x33xf32>
    kernel.yield %y : tensor<8x21x33xf32>
  }
  return
}

// What registers do not hold is read again.
// CHECK-LABEL: func @long
// CHECK: gpu.launch {{.*}}threads(%{{.*}} = %c32, %{{.*}} = %c{{[0-9]+}}, %{{.*}} = %c1)
// CHECK: scf.for
// CHECK: vector.load %arg0
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK: vector.load %arg0
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK: vector.load %arg0
// CHECK: vector.store %{{.*}}, %arg1
// CHECK-NOT: gpu.launch
// CHECK: return
func.func @long(%x: memref<64x2049x1024xf32>, %z: memref<64x2049x1024xf32>) {
  kernel.region "softmax" row ins(%x : memref<64x2049x1024xf32>) outs(%z : memref<64x2049x1024xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<64x2049x1024xf32>, %b: tensor<64x2049x1024xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %row = tensor.empty() : tensor<64x1024xf32>
    %full = tensor.empty() : tensor<64x2049x1024xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<64x1024xf32>) -> tensor<64x1024xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<64x1024xf32>) -> tensor<64x1024xf32>
    %max = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a : tensor<64x2049x1024xf32>) outs(%init : tensor<64x1024xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %e, %g : f32
      linalg.yield %s : f32
    } -> tensor<64x1024xf32>
    %exp = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a, %max : tensor<64x2049x1024xf32>, tensor<64x1024xf32>) outs(%full : tensor<64x2049x1024xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %s = math.exp %d : f32
      linalg.yield %s : f32
    } -> tensor<64x2049x1024xf32>
    %sum = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%exp : tensor<64x2049x1024xf32>) outs(%nothing : tensor<64x1024xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<64x1024xf32>
    %y = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exp, %sum : tensor<64x2049x1024xf32>, tensor<64x1024xf32>) outs(%full : tensor<64x2049x1024xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %s = arith.divf %e, %m : f32
      linalg.yield %s : f32
    } -> tensor<64x2049x1024xf32>
    kernel.yield %y : tensor<64x2049x1024xf32>
  }
  return
}

// The host finds how many threads hold rows whose length shows at run time.
// CHECK-LABEL: func @open
// CHECK: gpu.launch {{.*}}threads(%{{.*}} = %c8, %{{.*}} = %c4, %{{.*}} = %c4)
// CHECK: gpu.launch {{.*}}threads(%{{.*}} = %c8, %{{.*}} = %c64, %{{.*}} = %c1)
// CHECK: gpu.launch {{.*}}threads(%{{.*}} = %c8, %{{.*}} = %c128, %{{.*}} = %c1)
// CHECK: gpu.launch
// CHECK: scf.for
// CHECK: return
func.func @open(%x: memref<8x?x64xf32>, %z: memref<8x?x64xf32>) {
  kernel.region "softmax" row ins(%x : memref<8x?x64xf32>) outs(%z : memref<8x?x64xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<8x?x64xf32>, %b: tensor<8x?x64xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %k = tensor.dim %a, %c1 : tensor<8x?x64xf32>
    %row = tensor.empty() : tensor<8x64xf32>
    %full = tensor.empty(%k) : tensor<8x?x64xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<8x64xf32>) -> tensor<8x64xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<8x64xf32>) -> tensor<8x64xf32>
    %max = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a : tensor<8x?x64xf32>) outs(%init : tensor<8x64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %e, %g : f32
      linalg.yield %s : f32
    } -> tensor<8x64xf32>
    %exp = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a, %max : tensor<8x?x64xf32>, tensor<8x64xf32>) outs(%full : tensor<8x?x64xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %s = math.exp %d : f32
      linalg.yield %s : f32
    } -> tensor<8x?x64xf32>
    %sum = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%exp : tensor<8x?x64xf32>) outs(%nothing : tensor<8x64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<8x64xf32>
    %y = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exp, %sum : tensor<8x?x64xf32>, tensor<8x64xf32>) outs(%full : tensor<8x?x64xf32>) attrs = {kernel.order = array<i64: 0, 2, 1>} {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %s = arith.divf %e, %m : f32
      linalg.yield %s : f32
    } -> tensor<8x?x64xf32>
    kernel.yield %y : tensor<8x?x64xf32>
  }
  return
}
