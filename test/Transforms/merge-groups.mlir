// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-form-kernels,canonicalize))' --split-input-file | FileCheck %s

#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
#swapped = affine_map<(m, n) -> (n, m)>

// Elements are read once for both.
// CHECK-LABEL: func @same_elements
// CHECK: kernel.region {{.*}} row ins({{.*}}) outs(%{{.*}}, %{{.*}} : tensor<?xf32>, tensor<?xf32>)
// CHECK-NOT: kernel.region
func.func @same_elements(%x: tensor<?x?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %e = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %q = arith.mulf %u, %u : f32
    %t = arith.addf %s, %q : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}

// What combines parts in its own way would keep the other from sharing rows.
// CHECK-LABEL: func @own_way
// CHECK-COUNT-2: kernel.region
func.func @own_way(%x: tensor<?x?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %e = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %q = arith.mulf %s, %s : f32
    %t = arith.addf %q, %u : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}

// The columns of one are the rows of the other.
// CHECK-LABEL: func @other_elements
// CHECK-COUNT-2: kernel.region
func.func @other_elements(%x: tensor<?x?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %e = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %e1 = tensor.empty(%n) : tensor<?xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  %1 = linalg.generic {indexing_maps = [#swapped, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%f1 : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}

// What the second one scales by is computed of the first one's rows elsewhere.
// CHECK-LABEL: func @way_around
// CHECK-COUNT-3: kernel.region
func.func @way_around(%x: tensor<1024x1024xf32>) -> (tensor<1024xf32>, tensor<1024x1024xf32>, tensor<1024xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1024xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1024xf32>) -> tensor<1024xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<1024x1024xf32>) outs(%f : tensor<1024xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<1024xf32>
  %e1 = tensor.empty() : tensor<1024x1024xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(m, n) -> (n)>, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %x : tensor<1024xf32>, tensor<1024x1024xf32>) outs(%e1 : tensor<1024x1024xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %t = arith.mulf %u, %v : f32
    linalg.yield %t : f32
  } -> tensor<1024x1024xf32>
  %2 = linalg.generic {indexing_maps = [#swapped, #id, #row], iterator_types = ["parallel", "reduction"]} ins(%1, %x : tensor<1024x1024xf32>, tensor<1024x1024xf32>) outs(%f : tensor<1024xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %p = arith.subf %u, %v : f32
    %t = arith.maximumf %s, %p : f32
    linalg.yield %t : f32
  } -> tensor<1024xf32>
  return %0, %1, %2 : tensor<1024xf32>, tensor<1024x1024xf32>, tensor<1024xf32>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#all = affine_map<(m, n) -> ()>

// The second reduction needs the first one, and elements on the way to it that
// nobody else reads.
// CHECK-LABEL: func @everything
// CHECK: kernel.region {{.*}} row ins(%{{.*}} : tensor<64x128xf32>) outs(%{{.*}} : tensor<f32>)
// CHECK-NOT: kernel.region
func.func @everything(%x: tensor<64x128xf32>) -> tensor<f32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %0 = linalg.generic {indexing_maps = [#id, #all], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<64x128xf32>) outs(%f : tensor<f32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.maximumf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  %e1 = tensor.empty() : tensor<64x128xf32>
  %1 = linalg.generic {indexing_maps = [#id, #all, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %0 : tensor<64x128xf32>, tensor<f32>) outs(%e1 : tensor<64x128xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %t = arith.subf %u, %v : f32
    linalg.yield %t : f32
  } -> tensor<64x128xf32>
  %2 = linalg.generic {indexing_maps = [#id, #all], iterator_types = ["reduction", "reduction"]} ins(%1 : tensor<64x128xf32>) outs(%f : tensor<f32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  return %2 : tensor<f32>
}

// Those that are a result are better computed by all threads.
// CHECK-LABEL: func @elements_too
// CHECK-COUNT-2: kernel.region
func.func @elements_too(%x: tensor<64x128xf32>) -> (tensor<64x128xf32>, tensor<f32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %0 = linalg.generic {indexing_maps = [#id, #all], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<64x128xf32>) outs(%f : tensor<f32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.maximumf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  %e1 = tensor.empty() : tensor<64x128xf32>
  %1 = linalg.generic {indexing_maps = [#id, #all, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %0 : tensor<64x128xf32>, tensor<f32>) outs(%e1 : tensor<64x128xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %t = arith.subf %u, %v : f32
    linalg.yield %t : f32
  } -> tensor<64x128xf32>
  %2 = linalg.generic {indexing_maps = [#id, #all], iterator_types = ["reduction", "reduction"]} ins(%1 : tensor<64x128xf32>) outs(%f : tensor<f32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  return %1, %2 : tensor<64x128xf32>, tensor<f32>
}
