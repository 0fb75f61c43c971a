// RUN: graphc-opt %s -split-input-file -convert-graph-to-linalg -canonicalize -graphc-form-kernels | FileCheck %s

// Scores, softmax and weighted values are one kernel.
// CHECK-LABEL: func @whole
// CHECK: kernel.region {{.*}} attention ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x4x16x8xf32>, tensor<2x4x32x8xf32>, tensor<2x4x32x8xf32>) outs(%{{.*}} : tensor<2x4x16x8xf32>)
// CHECK-NOT: kernel.region
func.func @whole(%q: !graph.tensor<2x4x16x8xf32>, %k: !graph.tensor<2x4x32x8xf32>, %v: !graph.tensor<2x4x32x8xf32>) -> !graph.tensor<2x4x16x8xf32> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<2x4x16x8xf32>, !graph.tensor<2x4x32x8xf32>, !graph.tensor<2x4x32x8xf32>) -> (!graph.tensor<2x4x16x8xf32>, !graph.tensor<2x4x16xf32>)
  return %out : !graph.tensor<2x4x16x8xf32>
}

// -----

// The logarithm of the sums is a result of the same kernel.
// CHECK-LABEL: func @logsumexp
// CHECK: kernel.region {{.*}} attention {{.*}} outs(%{{.*}}, %{{.*}} : tensor<2x16x8xf32>, tensor<2x16xf32>)
// CHECK-NOT: kernel.region
func.func @logsumexp(%q: !graph.tensor<2x16x8xf32>, %k: !graph.tensor<2x32x8xf32>, %v: !graph.tensor<2x32x8xf32>) -> (!graph.tensor<2x16x8xf32>, !graph.tensor<2x16xf32>) {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<2x16x8xf32>, !graph.tensor<2x32x8xf32>, !graph.tensor<2x32x8xf32>) -> (!graph.tensor<2x16x8xf32>, !graph.tensor<2x16xf32>)
  return %out, %lse : !graph.tensor<2x16x8xf32>, !graph.tensor<2x16xf32>
}

// -----

// Causality is an op of its own, so that whole blocks can leave it out.
// CHECK-LABEL: func @causal
// CHECK: kernel.region {{.*}} attention
// CHECK: linalg.generic {{.*}}graphc.causal
func.func @causal(%q: !graph.tensor<2x16x8xf32>, %k: !graph.tensor<2x32x8xf32>, %v: !graph.tensor<2x32x8xf32>) -> !graph.tensor<2x16x8xf32> {
  %out, %lse = graph.attention %q, %k, %v {causal, scale = 0.5 : f64} : (!graph.tensor<2x16x8xf32>, !graph.tensor<2x32x8xf32>, !graph.tensor<2x32x8xf32>) -> (!graph.tensor<2x16x8xf32>, !graph.tensor<2x16xf32>)
  return %out : !graph.tensor<2x16x8xf32>
}

// -----

// Heads larger than the tiles of the emitters are not.
// CHECK-LABEL: func @large_heads
// CHECK-NOT: attention ins
// CHECK: kernel.region {{.*}} contraction
func.func @large_heads(%q: !graph.tensor<16x1024xf32>, %k: !graph.tensor<32x1024xf32>, %v: !graph.tensor<32x1024xf32>) -> !graph.tensor<16x1024xf32> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<16x1024xf32>, !graph.tensor<32x1024xf32>, !graph.tensor<32x1024xf32>) -> (!graph.tensor<16x1024xf32>, !graph.tensor<16xf32>)
  return %out : !graph.tensor<16x1024xf32>
}

// -----

// Nor is what multiplies by a number that was folded into the product.
// CHECK-LABEL: func @queries_of_one_number
// CHECK-NOT: attention ins
func.func @queries_of_one_number(%x: !graph.tensor<2x7x8x1xf32>) -> !graph.tensor<2x7x8x1xf32> {
  %c = graph.constant dense<0.25> : tensor<f32> : () -> !graph.tensor<f32>
  %e = graph.expand %c [2, 7, 8, 1] : (!graph.tensor<f32>) -> !graph.tensor<2x7x8x1xf32, strides = [0, 0, 0, 1]>
  %t = graph.permute %x [0, 1, 3, 2] : (!graph.tensor<2x7x8x1xf32>) -> !graph.tensor<2x7x1x8xf32, strides = [56, 8, 1, 1]>
  %r = graph.reshape %t [2, 7, 1, 8] : (!graph.tensor<2x7x1x8xf32, strides = [56, 8, 1, 1]>) -> !graph.tensor<2x7x1x8xf32>
  %k = graph.permute %r [0, 1, 3, 2] : (!graph.tensor<2x7x1x8xf32>) -> !graph.tensor<2x7x8x1xf32, strides = [56, 8, 1, 8]>
  %out, %lse = graph.attention %e, %k, %x {scale = 1.0 : f64} : (!graph.tensor<2x7x8x1xf32, strides = [0, 0, 0, 1]>, !graph.tensor<2x7x8x1xf32, strides = [56, 8, 1, 8]>, !graph.tensor<2x7x8x1xf32>) -> (!graph.tensor<2x7x8x1xf32>, !graph.tensor<2x7x8xf32>)
  return %out : !graph.tensor<2x7x8x1xf32>
}
