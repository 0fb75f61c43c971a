// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @attention(
func.func @attention(%q: !graph.tensor<1x8x16x64xf32>, %k: !graph.tensor<1x8x32x64xf32>, %v: !graph.tensor<1x8x32x64xf32>) {
  // CHECK: graph.attention %{{.*}}, %{{.*}}, %{{.*}} {scale = 1.250000e-01 : f64} : (!graph.tensor<1x8x16x64xf32>, !graph.tensor<1x8x32x64xf32>, !graph.tensor<1x8x32x64xf32>) -> (!graph.tensor<1x8x16x64xf32>, !graph.tensor<1x8x16xf32>)
  %out, %lse = graph.attention %q, %k, %v {scale = 1.250000e-01 : f64} : (!graph.tensor<1x8x16x64xf32>, !graph.tensor<1x8x32x64xf32>, !graph.tensor<1x8x32x64xf32>) -> (!graph.tensor<1x8x16x64xf32>, !graph.tensor<1x8x16xf32>)
  return
}

// CHECK-LABEL: func.func @attention_grouped_masked(
func.func @attention_grouped_masked(%q: !graph.tensor<2x8x(s0)x64xf16>, %k: !graph.tensor<2x2x(s1)x64xf16>, %v: !graph.tensor<2x2x(s1)x32xf16>, %m: !graph.tensor<(s0)x(s1)xi1>) {
  // CHECK: graph.attention %{{.*}}, %{{.*}}, %{{.*}} mask %{{.*}} {causal, scale = 1.250000e-01 : f64} : (!graph.tensor<2x8x(s0)x64xf16>, !graph.tensor<2x2x(s1)x64xf16>, !graph.tensor<2x2x(s1)x32xf16>, !graph.tensor<(s0)x(s1)xi1>) -> (!graph.tensor<2x8x(s0)x32xf16>, !graph.tensor<2x8x(s0)xf32>)
  %out, %lse = graph.attention %q, %k, %v mask %m {causal, scale = 1.250000e-01 : f64} : (!graph.tensor<2x8x(s0)x64xf16>, !graph.tensor<2x2x(s1)x64xf16>, !graph.tensor<2x2x(s1)x32xf16>, !graph.tensor<(s0)x(s1)xi1>) -> (!graph.tensor<2x8x(s0)x32xf16>, !graph.tensor<2x8x(s0)xf32>)
  return
}
