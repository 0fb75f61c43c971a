// RUN: graphc-opt %s -graphc-nvptx-add-workspaces | FileCheck %s
// RUN: graphc-opt %s -graphc-nvptx-add-workspaces -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s --check-prefix=LAUNCH

#in = affine_map<(d0, d1) -> (d0, d1)>
#across = affine_map<(d0, d1) -> (d1, d0)>
#row = affine_map<(d0, d1) -> (d0)>

// Two rows of 262144 elements, 65536 vectors: 16 parts of 256 threads with
// 16 vectors each. 2 x 16 floats for the parts and 2 for the rows.
// CHECK-LABEL: func @few_rows
// CHECK: %[[SPACE:.*]] = memref.alloc() : memref<192xi8>
// CHECK: kernel.region "sum" row ins(%{{.*}}, %[[SPACE]] : memref<2x262144xf32>, memref<192xi8>)
// CHECK-SAME: parts = 16 : i64, row_dims = 1 : i64, workspace = 1 : i64
// LAUNCH-LABEL: func @few_rows
// LAUNCH: %[[PARTS:.*]] = memref.view %{{.*}}[%c0][] : memref<192xi8> to memref<2x16xf32>
// LAUNCH: gpu.launch blocks(%{{.*}}, %[[PART:.*]], %{{.*}}) in (%{{.*}} = %c2, %{{.*}} = %c16, {{.*}}threads({{.*}}= %c256, %{{.*}} = %c1
// LAUNCH-COUNT-4: vector.load {{.*}} vector<4xf32>
// LAUNCH: memref.store %{{.*}}, %[[PARTS]][%{{.*}}, %[[PART]]]
// LAUNCH: gpu.launch blocks({{.*}} = %c1{{.*}}threads({{.*}}= %c32, %{{.*}} = %c4
// LAUNCH: memref.load %[[PARTS]]
// LAUNCH: memref.store %{{.*}}, %arg1[
// LAUNCH-NOT: gpu.launch
func.func @few_rows(%x: memref<2x262144xf32>, %z: memref<2xf32>) {
  kernel.region "sum" row ins(%x : memref<2x262144xf32>) outs(%z : memref<2xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<2x262144xf32>, %c: tensor<2xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<2xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<2xf32>) -> tensor<2xf32>
    %0 = linalg.generic {indexing_maps = [#in, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x262144xf32>) outs(%init : tensor<2xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<2xf32>
    kernel.yield %0 : tensor<2xf32>
  }
  return
}

// As many rows as fill a device need no help.
// CHECK-LABEL: func @many_rows
// LAUNCH-LABEL: func @many_rows
// CHECK-NOT: memref.alloc
// CHECK-NOT: workspace
// CHECK: return
func.func @many_rows(%x: memref<2000x262144xf32>, %z: memref<2000xf32>) {
  kernel.region "sum" row ins(%x : memref<2000x262144xf32>) outs(%z : memref<2000xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<2000x262144xf32>, %c: tensor<2000xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<2000xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<2000xf32>) -> tensor<2000xf32>
    %0 = linalg.generic {indexing_maps = [#in, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2000x262144xf32>) outs(%init : tensor<2000xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<2000xf32>
    kernel.yield %0 : tensor<2000xf32>
  }
  return
}

// Neighbouring columns lie together: 16 vectors of them, each shared by the 16
// threads of 31 blocks, which have 16 steps or 17. Parts of neighbouring
// columns are neighbours, too.
// CHECK-LABEL: func @columns
// CHECK: parts = 31 : i64
// LAUNCH-LABEL: func @columns
// LAUNCH: %[[PARTS:.*]] = memref.view {{.*}} to memref<31x64xf32>
// LAUNCH: gpu.launch blocks(%{{.*}}, %[[PART:.*]], %{{.*}}) in (%{{.*}} = %c1, %{{.*}} = %c31, {{.*}}threads({{.*}}= %c16, %{{.*}} = %c16
// LAUNCH-SAME: workgroup(%{{.*}} : memref<16x16x4xf32
// LAUNCH: vector.store %{{.*}}, %[[PARTS]][%[[PART]], %{{.*}}] {{.*}}vector<4xf32>
// LAUNCH: gpu.launch
// LAUNCH: vector.load %[[PARTS]]
func.func @columns(%x: memref<8000x64xf32>, %z: memref<64xf32>) {
  kernel.region "sum" row ins(%x : memref<8000x64xf32>) outs(%z : memref<64xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<8000x64xf32>, %c: tensor<64xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64xf32>) -> tensor<64xf32>
    %0 = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<8000x64xf32>) outs(%init : tensor<64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    kernel.yield %0 : tensor<64xf32>
  }
  return
}

// 32 blocks side by side, 16 for each of their columns: the last of the 16
// combines at once what all of them have stored.
// CHECK-LABEL: func @meeting
// CHECK: parts = 16 : i64
// LAUNCH-LABEL: func @meeting
// LAUNCH: %[[PARTS:.*]] = memref.view {{.*}} to memref<16x4096xf32>
// LAUNCH: %[[COUNTERS:.*]] = kernel.counters : memref<4096xi32>
// LAUNCH: gpu.launch blocks(%{{.*}}, %[[PART:.*]], %{{.*}}) in (%{{.*}} = %c32, %{{.*}} = %c16, {{.*}}threads({{.*}}= %c32, %{{.*}} = %c8
// LAUNCH: vector.store %{{.*}}, %[[PARTS]][%[[PART]], %{{.*}}] {{.*}}vector<4xf32>
// LAUNCH: gpu.barrier
// LAUNCH: memref.extract_aligned_pointer_as_index %[[COUNTERS]]
// LAUNCH: llvm.fence syncscope("device") acq_rel
// LAUNCH: llvm.atomicrmw uinc_wrap %{{.*}}, %c15_i32 syncscope("device") monotonic
// LAUNCH: llvm.fence syncscope("device") acq_rel
// LAUNCH: gpu.barrier
// LAUNCH: scf.if
// LAUNCH: vector.load %[[PARTS]]
// LAUNCH: vector.store %{{.*}}, %arg1[
// LAUNCH-NOT: gpu.launch
func.func @meeting(%x: memref<8000x4096xf32>, %z: memref<4096xf32>) {
  kernel.region "sum" row ins(%x : memref<8000x4096xf32>) outs(%z : memref<4096xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<8000x4096xf32>, %c: tensor<4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4096xf32>) -> tensor<4096xf32>
    %0 = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<8000x4096xf32>) outs(%init : tensor<4096xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<4096xf32>
    kernel.yield %0 : tensor<4096xf32>
  }
  return
}

// A row of unknown length may be short: the host decides in how many parts it
// is split, and whether it is.
// CHECK-LABEL: func @unknown
// CHECK: parts = 0 : i64
// LAUNCH-LABEL: func @unknown
// LAUNCH: %[[IS_LONG:.*]] = arith.cmpi uge, %[[NUMBER:.*]], %c4
// LAUNCH: scf.if %[[IS_LONG]]
// LAUNCH: memref.view {{.*}}[%[[NUMBER]]] : {{.*}} to memref<1x?xf32>
// LAUNCH: gpu.launch blocks({{.*}} = %c1, %{{.*}} = %[[NUMBER]]
// LAUNCH: gpu.launch
// LAUNCH: else
// LAUNCH: gpu.launch blocks({{.*}} = %c1, %{{.*}} = %c1, {{.*}}
func.func @unknown(%x: memref<1x?xf32>, %z: memref<1xf32>) {
  kernel.region "sum" row ins(%x : memref<1x?xf32>) outs(%z : memref<1xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<1x?xf32>, %c: tensor<1xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1xf32>) -> tensor<1xf32>
    %0 = linalg.generic {indexing_maps = [#in, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<1x?xf32>) outs(%init : tensor<1xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<1xf32>
    kernel.yield %0 : tensor<1xf32>
  }
  return
}

// Columns of open sizes: no more parts of all of them than the blocks that a
// device is given, however many there are: 528 * 32 * 4 floats.
// CHECK-LABEL: func @open_columns
// CHECK: memref.alloc() : memref<540672xi8>
// CHECK: parts = 0 : i64
func.func @open_columns(%x: memref<?x?xf32>, %z: memref<?xf32>) {
  kernel.region "sum" row ins(%x : memref<?x?xf32>) outs(%z : memref<?xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<?x?xf32>, %c: tensor<?xf32>):
    %zero = arith.constant 0.0 : f32
    %c1 = arith.constant 1 : index
    %n = tensor.dim %a, %c1 : tensor<?x?xf32>
    %empty = tensor.empty(%n) : tensor<?xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?xf32>) -> tensor<?xf32>
    %0 = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<?x?xf32>) outs(%init : tensor<?xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<?xf32>
    kernel.yield %0 : tensor<?xf32>
  }
  return
}
