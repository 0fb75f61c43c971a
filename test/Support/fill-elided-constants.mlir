// RUN: graphc-opt %s --graphc-fill-elided-constants | FileCheck %s

// CHECK-LABEL: @inline_values
func.func @inline_values() -> (tensor<1024x64xf32>, tensor<4xi1>) {
  // CHECK: dense<0.000000e+00> : tensor<1024x64xf32>
  %0 = arith.constant dense_resource<__elided__> : tensor<1024x64xf32>
  // CHECK: dense<false> : tensor<4xi1>
  %1 = arith.constant dense_resource<__elided__> : tensor<4xi1>
  return %0, %1 : tensor<1024x64xf32>, tensor<4xi1>
}

// CHECK-LABEL: @weights
func.func @weights() -> (tensor<2xf32>, tensor<1xf32>) {
  // CHECK: dense_resource<lost> : tensor<2xf32>
  %0 = arith.constant dense_resource<lost> : tensor<2xf32>
  // CHECK: dense_resource<kept> : tensor<1xf32>
  %1 = arith.constant dense_resource<kept> : tensor<1xf32>
  return %0, %1 : tensor<2xf32>, tensor<1xf32>
}

// CHECK-DAG: kept: "0x400000000000803F"
// CHECK-DAG: lost: "0x400000000000000000000000"
{-# dialect_resources: { builtin: { kept: "0x400000000000803F" } } #-}
