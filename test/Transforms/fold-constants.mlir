// RUN: graphc-opt %s --graphc-fold-constants | FileCheck %s

!s = !graph.tensor<f32>

// A causal mask from positions.
// CHECK-LABEL: func @causal_mask
// CHECK-NEXT: graph.constant dense<{{\[\[}}0.000000e+00, 0xFF800000], [0.000000e+00, 0.000000e+00]]>
// CHECK-NEXT: return
func.func @causal_mask() -> !graph.tensor<2x2xf32> {
  %zero = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %lowest = graph.constant dense<0xFF800000> : tensor<f32> : () -> !s
  %0 = graph.iota [2] dim 0 : () -> !graph.tensor<2xi64>
  %1 = graph.reshape %0 [2, 1] : (!graph.tensor<2xi64>) -> !graph.tensor<2x1xi64>
  %2 = graph.compare le %0, %1 : (!graph.tensor<2xi64>, !graph.tensor<2x1xi64>) -> !graph.tensor<2x2xi1>
  %3 = graph.select %2, %zero, %lowest : (!graph.tensor<2x2xi1>, !s, !s) -> !graph.tensor<2x2xf32>
  return %3 : !graph.tensor<2x2xf32>
}

// What does not depend on the argument folds; the rest stays.
// CHECK-LABEL: func @part_of_a_program
// CHECK-NEXT: %[[TABLE:.+]] = graph.constant dense<[0.000000e+00, 2.000000e+00, 4.000000e+00]>
// CHECK-NEXT: graph.add %arg0, %[[TABLE]]
func.func @part_of_a_program(%x: !graph.tensor<3xf32>) -> !graph.tensor<3xf32> {
  %two = graph.constant dense<2.0> : tensor<f32> : () -> !s
  %0 = graph.iota [3] dim 0 : () -> !graph.tensor<3xi64>
  %1 = graph.cast %0 to f32 : (!graph.tensor<3xi64>) -> !graph.tensor<3xf32>
  %2 = graph.mul %1, %two : (!graph.tensor<3xf32>, !s) -> !graph.tensor<3xf32>
  %3 = graph.add %x, %2 : (!graph.tensor<3xf32>, !graph.tensor<3xf32>) -> !graph.tensor<3xf32>
  return %3 : !graph.tensor<3xf32>
}

// Counting and filling cost less than reading.
// CHECK-LABEL: func @positions_stay
// CHECK: graph.iota
// CHECK: graph.full
func.func @positions_stay() -> (!graph.tensor<3xi64>, !graph.tensor<3xf32>) {
  %two = graph.constant dense<2.0> : tensor<f32> : () -> !s
  %0 = graph.iota [3] dim 0 : () -> !graph.tensor<3xi64>
  %1 = graph.full %two [3] : (!s) -> !graph.tensor<3xf32>
  return %0, %1 : !graph.tensor<3xi64>, !graph.tensor<3xf32>
}

// CHECK-LABEL: func @fill_of_a_constant_result
// CHECK-NEXT: %[[SHORT:.+]] = graph.constant dense<true> : tensor<4xi1>
// CHECK-NEXT: %[[TRUE:.+]] = graph.constant dense<true> : tensor<i1>
// CHECK-NEXT: %[[LONG:.+]] = graph.full %[[TRUE]] [131072]
// CHECK-NEXT: return %[[SHORT]], %[[LONG]]
func.func @fill_of_a_constant_result() -> (!graph.tensor<4xi1>, !graph.tensor<131072xi1>) {
  %zero = graph.constant dense<0> : tensor<i64> : () -> !graph.tensor<i64>
  %0 = graph.iota [4] dim 0 : () -> !graph.tensor<4xi64>
  %1 = graph.compare ge %0, %zero : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi1>
  %2 = graph.iota [131072] dim 0 : () -> !graph.tensor<131072xi64>
  %3 = graph.compare ge %2, %zero : (!graph.tensor<131072xi64>, !graph.tensor<i64>) -> !graph.tensor<131072xi1>
  return %1, %3 : !graph.tensor<4xi1>, !graph.tensor<131072xi1>
}

// CHECK-LABEL: func @views_of_weights_stay
// CHECK: graph.permute
func.func @views_of_weights_stay() -> !graph.tensor<2x1xf32> {
  %w = graph.constant dense_resource<weight> : tensor<1x2xf32> : () -> !graph.tensor<1x2xf32>
  %0 = graph.permute %w [1, 0] : (!graph.tensor<1x2xf32>) -> !graph.tensor<2x1xf32>
  return %0 : !graph.tensor<2x1xf32>
}

// CHECK-LABEL: func @stored_positions_fold
// CHECK-NEXT: graph.constant dense<[0, 1]> : tensor<2xi64>
// CHECK-NEXT: return
func.func @stored_positions_fold() -> !graph.tensor<2xi64> {
  %w = graph.constant dense_resource<positions> : tensor<4xi64> : () -> !graph.tensor<4xi64>
  %0 = graph.slice %w dim 0 from 0 to 2 step 1 : (!graph.tensor<4xi64>) -> !graph.tensor<2xi64>
  return %0 : !graph.tensor<2xi64>
}

// Products take narrow elements as they are stored, moved or not.
// CHECK-LABEL: func @operands_of_products_stay_narrow
// CHECK: %[[W:.+]] = graph.constant dense_resource<narrow> : tensor<1x2xbf16>
// CHECK: %[[WIDE:.+]] = graph.cast %[[W]] to f32
// CHECK: %[[T:.+]] = graph.permute %[[WIDE]] [1, 0]
// CHECK: %[[Y:.+]] = graph.matmul %arg0, %[[T]]
// CHECK: %[[V:.+]] = graph.constant dense<{{.*}}> : tensor<1x2xf32>
// CHECK: graph.add %[[Y]], %[[V]]
func.func @operands_of_products_stay_narrow(%x: !graph.tensor<3x2xf32>) -> !graph.tensor<3x2xf32> {
  %w = graph.constant dense_resource<narrow> : tensor<1x2xbf16> : () -> !graph.tensor<1x2xbf16>
  %0 = graph.cast %w to f32 : (!graph.tensor<1x2xbf16>) -> !graph.tensor<1x2xf32>
  %1 = graph.permute %0 [1, 0] : (!graph.tensor<1x2xf32>) -> !graph.tensor<2x1xf32>
  %2 = graph.matmul %x, %1 : (!graph.tensor<3x2xf32>, !graph.tensor<2x1xf32>) -> !graph.tensor<3x1xf32>
  %v = graph.constant dense_resource<other> : tensor<1x2xbf16> : () -> !graph.tensor<1x2xbf16>
  %3 = graph.cast %v to f32 : (!graph.tensor<1x2xbf16>) -> !graph.tensor<1x2xf32>
  %4 = graph.add %2, %3 : (!graph.tensor<3x1xf32>, !graph.tensor<1x2xf32>) -> !graph.tensor<3x2xf32>
  return %4 : !graph.tensor<3x2xf32>
}

// A single stored number becomes one that patterns see.
// CHECK-LABEL: func @stored_number
// CHECK-NEXT: graph.constant dense<5.000000e-01> : tensor<f32>
func.func @stored_number() -> !s {
  %w = graph.constant dense_resource<number> : tensor<f32> : () -> !s
  return %w : !s
}

// What would fail at run time fails there.
// CHECK-LABEL: func @index_out_of_range
// CHECK: graph.index
func.func @index_out_of_range() -> !graph.tensor<2xi64> {
  %a = graph.constant dense<[1, 2]> : tensor<2xi64> : () -> !graph.tensor<2xi64>
  %i = graph.constant dense<[0, 2]> : tensor<2xi64> : () -> !graph.tensor<2xi64>
  %0 = graph.index %a[%i] dims [0] : (!graph.tensor<2xi64>, !graph.tensor<2xi64>) -> !graph.tensor<2xi64>
  return %0 : !graph.tensor<2xi64>
}

// CHECK-LABEL: func @large_results_stay
// CHECK: graph.compare
func.func @large_results_stay() -> !graph.tensor<4096x4096xi1> {
  %0 = graph.iota [4096] dim 0 : () -> !graph.tensor<4096xi64>
  %1 = graph.reshape %0 [4096, 1] : (!graph.tensor<4096xi64>) -> !graph.tensor<4096x1xi64>
  %2 = graph.compare le %0, %1 : (!graph.tensor<4096xi64>, !graph.tensor<4096x1xi64>) -> !graph.tensor<4096x4096xi1>
  return %2 : !graph.tensor<4096x4096xi1>
}

{-#
  dialect_resources: {
    builtin: {
      narrow: "0x02000000803F0040",
      other: "0x02000000803F0040",
      weight: "0x040000000000803F00000040",
      positions: "0x080000000000000000000000010000000000000002000000000000000300000000000000",
      number: "0x040000000000003F"
    }
  }
#-}

// A zero keeps its sign at a bound of zero; NaN passes.
// CHECK-LABEL: func @clamp
// CHECK-NEXT: graph.constant dense<[-0.000000e+00, 0x7FC00000, 6.000000e+00]>
func.func @clamp() -> !graph.tensor<3xf32> {
  %x = graph.constant dense<[-0.0, 0x7FC00000, 7.0]> : tensor<3xf32> : () -> !graph.tensor<3xf32>
  %low = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %high = graph.constant dense<6.0> : tensor<f32> : () -> !s
  %0 = graph.clamp %x, %low, %high : (!graph.tensor<3xf32>, !s, !s) -> !graph.tensor<3xf32>
  return %0 : !graph.tensor<3xf32>
}

// Random bits of a seed that is known are not stored: they are made where they
// are used.
// CHECK-LABEL: func @random_bits
// CHECK: graph.philox
// CHECK-NOT: dense_resource
func.func @random_bits() -> !graph.tensor<100x100xi64> {
  %seed = graph.constant dense<7> : tensor<i64> : () -> !graph.tensor<i64>
  %bits = graph.philox %seed, %seed [100, 100] half 0 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<100x100xi64>
  return %bits : !graph.tensor<100x100xi64>
}
