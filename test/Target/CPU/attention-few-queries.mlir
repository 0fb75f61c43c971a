// RUN: graphc-opt %s -split-input-file -convert-graph-to-linalg -canonicalize -graphc-form-kernels -canonicalize -one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map dialect-filter=kernel,func,bufferization" -graphc-cpu-emit-kernels="parallel=false" -canonicalize | FileCheck %s

// One query: lanes run along keys and values, which are read once.
// CHECK-LABEL: func @decode
// CHECK: vector.load %arg1{{.*}} vector<16xf32>
// CHECK: vector.reduction <add>
// CHECK: vector.load %arg2{{.*}} vector<16xf32>
// CHECK-NOT: vector.shuffle
// CHECK: return
func.func @decode(%q: !graph.tensor<4x1x64xf32>, %k: !graph.tensor<4x128x64xf32>, %v: !graph.tensor<4x128x64xf32>) -> !graph.tensor<4x1x64xf32> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<4x1x64xf32>, !graph.tensor<4x128x64xf32>, !graph.tensor<4x128x64xf32>) -> (!graph.tensor<4x1x64xf32>, !graph.tensor<4x1xf32>)
  return %out : !graph.tensor<4x1x64xf32>
}

// -----

// Four heads share keys: each vector of keys meets four queries.
// CHECK-LABEL: func @grouped
// CHECK: vector.load %arg1
// CHECK-COUNT-4: math.fma
// CHECK: vector.load %arg1
func.func @grouped(%q: !graph.tensor<1x16x1x64xf32>, %k: !graph.tensor<1x4x128x64xf32>, %v: !graph.tensor<1x4x128x64xf32>) -> !graph.tensor<1x16x1x64xf32> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<1x16x1x64xf32>, !graph.tensor<1x4x128x64xf32>, !graph.tensor<1x4x128x64xf32>) -> (!graph.tensor<1x16x1x64xf32>, !graph.tensor<1x16x1xf32>)
  return %out : !graph.tensor<1x16x1x64xf32>
}
