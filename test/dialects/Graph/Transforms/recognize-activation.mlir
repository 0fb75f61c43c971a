// RUN: graphc-opt %s --graph-recognize | FileCheck %s

!x = !graph.tensor<4x8xf32>
!s = !graph.tensor<f32>

// CHECK-LABEL: func @gelu_as_inductor_has_it
// CHECK-NEXT: graph.gelu none %arg0
// CHECK-NEXT: return
func.func @gelu_as_inductor_has_it(%x: !x) -> !x {
  %half = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %root = graph.constant dense<0.707106769> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %half : (!x, !s) -> !x
  %1 = graph.mul %x, %root : (!x, !s) -> !x
  %2 = graph.erf %1 : (!x) -> !x
  %3 = graph.add %2, %one : (!x, !s) -> !x
  %4 = graph.mul %0, %3 : (!x, !x) -> !x
  return %4 : !x
}

// Other orders, a quotient for a product, splats and fills for numbers.
// CHECK-LABEL: func @gelu_in_another_order
// CHECK: graph.gelu none %arg0
// CHECK-NEXT: return
func.func @gelu_in_another_order(%x: !x) -> !x {
  %two = graph.constant dense<2.0> : tensor<4x8xf32> : () -> !x
  %root = graph.constant dense<1.41421354> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %ones = graph.full %one [8] : (!s) -> !graph.tensor<8xf32>
  %0 = graph.div %x, %root : (!x, !s) -> !x
  %1 = graph.erf %0 : (!x) -> !x
  %2 = graph.add %ones, %1 : (!graph.tensor<8xf32>, !x) -> !x
  %3 = graph.mul %2, %x : (!x, !x) -> !x
  %4 = graph.div %3, %two : (!x, !x) -> !x
  return %4 : !x
}

// CHECK-LABEL: func @gelu_tanh
// CHECK-NEXT: graph.gelu tanh %arg0
// CHECK-NEXT: return
func.func @gelu_tanh(%x: !x) -> !x {
  %half = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %cubic = graph.constant dense<4.471500e-02> : tensor<f32> : () -> !s
  %slope = graph.constant dense<0.797884583> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %half : (!x, !s) -> !x
  %1 = graph.mul %x, %x : (!x, !x) -> !x
  %2 = graph.mul %1, %x : (!x, !x) -> !x
  %3 = graph.mul %2, %cubic : (!x, !s) -> !x
  %4 = graph.add %x, %3 : (!x, !x) -> !x
  %5 = graph.mul %4, %slope : (!x, !s) -> !x
  %6 = graph.tanh %5 : (!x) -> !x
  %7 = graph.add %6, %one : (!x, !s) -> !x
  %8 = graph.mul %0, %7 : (!x, !x) -> !x
  return %8 : !x
}

// transformers' NewGELU: pow, and the slope inside.
// CHECK-LABEL: func @gelu_tanh_with_power
// CHECK-NEXT: graph.gelu tanh %arg0
// CHECK-NEXT: return
func.func @gelu_tanh_with_power(%x: !x) -> !x {
  %half = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %three = graph.constant dense<3.0> : tensor<f32> : () -> !s
  %cubic = graph.constant dense<4.471500e-02> : tensor<f32> : () -> !s
  %slope = graph.constant dense<0.797884583> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %0 = graph.pow %x, %three : (!x, !s) -> !x
  %1 = graph.mul %cubic, %0 : (!s, !x) -> !x
  %2 = graph.add %1, %x : (!x, !x) -> !x
  %3 = graph.mul %slope, %2 : (!s, !x) -> !x
  %4 = graph.tanh %3 : (!x) -> !x
  %5 = graph.add %one, %4 : (!s, !x) -> !x
  %6 = graph.mul %x, %5 : (!x, !x) -> !x
  %7 = graph.mul %half, %6 : (!s, !x) -> !x
  return %7 : !x
}

// CHECK-LABEL: func @gelu_of_a_slice_keeps_its_strides
// CHECK: graph.gelu none {{.*}} -> !graph.tensor<4x8xf32>
// CHECK-NEXT: return
func.func @gelu_of_a_slice_keeps_its_strides(%a: !graph.tensor<4x16xf32>) -> !x {
  %half = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %root = graph.constant dense<0.707106769> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %x = graph.slice %a dim 1 from 0 to 8 step 1 : (!graph.tensor<4x16xf32>) -> !graph.tensor<4x8xf32, strides = [16, 1]>
  %0 = graph.mul %x, %half : (!graph.tensor<4x8xf32, strides = [16, 1]>, !s) -> !x
  %1 = graph.mul %x, %root : (!graph.tensor<4x8xf32, strides = [16, 1]>, !s) -> !x
  %2 = graph.erf %1 : (!x) -> !x
  %3 = graph.add %2, %one : (!x, !s) -> !x
  %4 = graph.mul %0, %3 : (!x, !x) -> !x
  return %4 : !x
}

// Casts from bf16 and back belong to the op.
// CHECK-LABEL: func @gelu_of_bf16
// CHECK-NEXT: graph.gelu none %arg0 : (!graph.tensor<(s0)x8xbf16>)
// CHECK-NEXT: return
func.func @gelu_of_bf16(%x: !graph.tensor<(s0)x8xbf16>) -> !graph.tensor<(s0)x8xbf16> {
  %half = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %root = graph.constant dense<0.707106769> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %w = graph.cast %x to f32 : (!graph.tensor<(s0)x8xbf16>) -> !graph.tensor<(s0)x8xf32>
  %0 = graph.mul %w, %half : (!graph.tensor<(s0)x8xf32>, !s) -> !graph.tensor<(s0)x8xf32>
  %1 = graph.mul %w, %root : (!graph.tensor<(s0)x8xf32>, !s) -> !graph.tensor<(s0)x8xf32>
  %2 = graph.erf %1 : (!graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x8xf32>
  %3 = graph.add %2, %one : (!graph.tensor<(s0)x8xf32>, !s) -> !graph.tensor<(s0)x8xf32>
  %4 = graph.mul %0, %3 : (!graph.tensor<(s0)x8xf32>, !graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x8xf32>
  %5 = graph.cast %4 to bf16 : (!graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x8xbf16>
  return %5 : !graph.tensor<(s0)x8xbf16>
}

// CHECK-LABEL: func @no_gelu_with_another_number
// CHECK-NOT: graph.gelu
func.func @no_gelu_with_another_number(%x: !x) -> !x {
  %half = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %root = graph.constant dense<0.7072> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %half : (!x, !s) -> !x
  %1 = graph.mul %x, %root : (!x, !s) -> !x
  %2 = graph.erf %1 : (!x) -> !x
  %3 = graph.add %2, %one : (!x, !s) -> !x
  %4 = graph.mul %0, %3 : (!x, !x) -> !x
  return %4 : !x
}

// CHECK-LABEL: func @no_gelu_where_a_part_is_used
// CHECK-NOT: graph.gelu
func.func @no_gelu_where_a_part_is_used(%x: !x) -> (!x, !x) {
  %half = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %root = graph.constant dense<0.707106769> : tensor<f32> : () -> !s
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %half : (!x, !s) -> !x
  %1 = graph.mul %x, %root : (!x, !s) -> !x
  %2 = graph.erf %1 : (!x) -> !x
  %3 = graph.add %2, %one : (!x, !s) -> !x
  %4 = graph.mul %0, %3 : (!x, !x) -> !x
  return %4, %2 : !x, !x
}

// CHECK-LABEL: func @silu
// CHECK-NEXT: graph.silu %arg0
// CHECK-NEXT: return
func.func @silu(%x: !x) -> !x {
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %0 = graph.neg %x : (!x) -> !x
  %1 = graph.exp %0 : (!x) -> !x
  %2 = graph.add %1, %one : (!x, !s) -> !x
  %3 = graph.div %x, %2 : (!x, !x) -> !x
  return %3 : !x
}

// CHECK-LABEL: func @silu_with_sigmoid
// CHECK-NEXT: graph.silu %arg0
// CHECK-NEXT: return
func.func @silu_with_sigmoid(%x: !x) -> !x {
  %0 = graph.sigmoid %x : (!x) -> !x
  %1 = graph.mul %0, %x : (!x, !x) -> !x
  return %1 : !x
}

// CHECK-LABEL: func @sigmoid
// CHECK: graph.sigmoid %arg0
// CHECK: graph.sigmoid %arg1
// CHECK-NEXT: return
func.func @sigmoid(%x: !x, %y: !x) -> (!x, !x) {
  %one = graph.constant dense<1.0> : tensor<f32> : () -> !s
  %minus = graph.constant dense<-1.0> : tensor<f32> : () -> !s
  %0 = graph.neg %x : (!x) -> !x
  %1 = graph.exp %0 : (!x) -> !x
  %2 = graph.add %1, %one : (!x, !s) -> !x
  %3 = graph.div %one, %2 : (!s, !x) -> !x
  %4 = graph.mul %y, %minus : (!x, !s) -> !x
  %5 = graph.exp %4 : (!x) -> !x
  %6 = graph.add %one, %5 : (!s, !x) -> !x
  %7 = graph.reciprocal %6 : (!x) -> !x
  return %3, %7 : !x, !x
}

// CHECK-LABEL: func @no_silu_of_two_tensors
// CHECK-NOT: graph.silu
func.func @no_silu_of_two_tensors(%x: !x, %y: !x) -> !x {
  %0 = graph.sigmoid %x : (!x) -> !x
  %1 = graph.mul %0, %y : (!x, !x) -> !x
  return %1 : !x
}
