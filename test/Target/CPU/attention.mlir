// RUN: graphc-opt %s -split-input-file -convert-graph-to-linalg -canonicalize -graphc-form-kernels -canonicalize -one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map dialect-filter=kernel,func,bufferization" -graphc-cpu-emit-kernels="parallel=false" -canonicalize | FileCheck %s

// Lanes are queries: keys and values are scalars, read where they are.
// CHECK-LABEL: func @in_place
// CHECK: vector.load %arg0
// CHECK: vector.shuffle
// CHECK: memref.load %arg1
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK: memref.load %arg2
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK-NOT: kernel.region
func.func @in_place(%q: !graph.tensor<4x32x64xf32>, %k: !graph.tensor<4x128x64xf32>, %v: !graph.tensor<4x128x64xf32>) -> !graph.tensor<4x32x64xf32> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<4x32x64xf32>, !graph.tensor<4x128x64xf32>, !graph.tensor<4x128x64xf32>) -> (!graph.tensor<4x32x64xf32>, !graph.tensor<4x32xf32>)
  return %out : !graph.tensor<4x32x64xf32>
}

// -----

// Keys of another type become floats once per block.
// CHECK-LABEL: func @widened
// CHECK-DAG: %[[PANEL:.*]] = memref.alloca() {alignment = 64 : i64} : memref<64x64xf32>
// CHECK: arith.extf {{.*}} : vector<16xbf16> to vector<16xf32>
// CHECK: math.fma
func.func @widened(%q: !graph.tensor<4x32x64xbf16>, %k: !graph.tensor<4x128x64xbf16>, %v: !graph.tensor<4x128x64xbf16>) -> !graph.tensor<4x32x64xbf16> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<4x32x64xbf16>, !graph.tensor<4x128x64xbf16>, !graph.tensor<4x128x64xbf16>) -> (!graph.tensor<4x32x64xbf16>, !graph.tensor<4x32xf32>)
  return %out : !graph.tensor<4x32x64xbf16>
}

// -----

// Only the second loop over keys compares positions.
// CHECK-LABEL: func @causal
// CHECK: scf.for
// CHECK-NOT: arith.cmpi sle
// CHECK: math.fma
// CHECK: arith.cmpi sle
func.func @causal(%q: !graph.tensor<4x128x64xf32>, %k: !graph.tensor<4x128x64xf32>, %v: !graph.tensor<4x128x64xf32>) -> !graph.tensor<4x128x64xf32> {
  %out, %lse = graph.attention %q, %k, %v {causal, scale = 0.5 : f64} : (!graph.tensor<4x128x64xf32>, !graph.tensor<4x128x64xf32>, !graph.tensor<4x128x64xf32>) -> (!graph.tensor<4x128x64xf32>, !graph.tensor<4x128xf32>)
  return %out : !graph.tensor<4x128x64xf32>
}
