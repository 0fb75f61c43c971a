// RUN: graphc-opt %s --split-input-file --verify-diagnostics | graphc-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func @rows
// CHECK: kernel.sort descending %arg0 outs(%arg1, %arg2) : tensor<4x8xf32>, tensor<4x2xf32>, tensor<4x2xi64> -> tensor<4x2xf32>, tensor<4x2xi64>
func.func @rows(%x: tensor<4x8xf32>, %v: tensor<4x2xf32>, %i: tensor<4x2xi64>) -> tensor<4x2xf32> {
  %0:2 = kernel.sort descending %x outs(%v, %i) : tensor<4x8xf32>, tensor<4x2xf32>, tensor<4x2xi64> -> tensor<4x2xf32>, tensor<4x2xi64>
  return %0#0 : tensor<4x2xf32>
}

// CHECK-LABEL: func @buffers
// CHECK: kernel.sort unsigned %arg0 outs(%arg1, %arg2) workspace(%arg3 : memref<2x4x8xi32>) : memref<4x8xi8>, memref<4x8xi8>, memref<4x8xi64>
func.func @buffers(%x: memref<4x8xi8>, %v: memref<4x8xi8>, %i: memref<4x8xi64>, %w: memref<2x4x8xi32>) {
  kernel.sort unsigned %x outs(%v, %i) workspace(%w : memref<2x4x8xi32>) : memref<4x8xi8>, memref<4x8xi8>, memref<4x8xi64>
  return
}

// -----

func.func @rank(%x: memref<8xf32>, %v: memref<8xf32>, %i: memref<8xi64>) {
  // expected-error @below {{sorts rows of a matrix, got 'memref<8xf32>'}}
  kernel.sort %x outs(%v, %i) : memref<8xf32>, memref<8xf32>, memref<8xi64>
  return
}

// -----

func.func @elements(%x: memref<4x8xf32>, %v: memref<4x8xf16>, %i: memref<4x8xi64>) {
  // expected-error @below {{gives elements of 'memref<4x8xf16>' for those of 'memref<4x8xf32>'}}
  kernel.sort %x outs(%v, %i) : memref<4x8xf32>, memref<4x8xf16>, memref<4x8xi64>
  return
}

// -----

func.func @indices(%x: memref<4x8xf32>, %v: memref<4x8xf32>, %i: memref<4x8xi32>) {
  // expected-error @below {{gives indices of i64, not those of 'memref<4x8xi32>'}}
  kernel.sort %x outs(%v, %i) : memref<4x8xf32>, memref<4x8xf32>, memref<4x8xi32>
  return
}

// -----

func.func @shapes(%x: memref<4x8xf32>, %v: memref<4x2xf32>, %i: memref<4x8xi64>) {
  // expected-error @below {{gives as many indices as elements, got 'memref<4x8xi64>' for 'memref<4x2xf32>'}}
  kernel.sort %x outs(%v, %i) : memref<4x8xf32>, memref<4x2xf32>, memref<4x8xi64>
  return
}
