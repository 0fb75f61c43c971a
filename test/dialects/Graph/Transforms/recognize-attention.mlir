// RUN: graphc-opt %s --graph-recognize --canonicalize | FileCheck %s

!q = !graph.tensor<2x4x16x8xf32>
!k = !graph.tensor<2x4x32x8xf32>
!kt = !graph.tensor<2x4x8x32xf32, strides = [1024, 256, 1, 8]>
!p = !graph.tensor<2x4x16x32xf32>
!q3 = !graph.tensor<8x16x8xf32>
!k3 = !graph.tensor<8x32x8xf32>
!kt3 = !graph.tensor<8x8x32xf32, strides = [256, 1, 8]>
!p3 = !graph.tensor<8x16x32xf32>
!s = !graph.tensor<f32>

//===----------------------------------------------------------------------===//
// Forms
//===----------------------------------------------------------------------===//

// Without a mask no row can be empty.
// CHECK-LABEL: func @no_mask
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 {scale = 2.500000e-01 : f64}
// CHECK-NEXT: return
func.func @no_mask(%q: !q, %k: !k, %v: !k) -> !q {
  %scale = graph.constant dense<4.0> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.div %0, %scale : (!p, !s) -> !p
  %2 = graph.softmax %1 dim 3 : (!p) -> !p
  %3 = graph.matmul %2, %v : (!p, !k) -> !q
  return %3 : !q
}

// The strides stay those of the product, whatever the query's are.
// CHECK-LABEL: func @strided_query
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 {{.*}} -> (!graph.tensor<2x4x16x8xf32>, !graph.tensor<2x4x16xf32
// CHECK-NEXT: return
func.func @strided_query(%q: !graph.tensor<2x4x16x8xf32, strides = [512, 8, 32, 1]>, %k: !k, %v: !k) -> !q {
  %scale = graph.constant dense<4.0> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!graph.tensor<2x4x16x8xf32, strides = [512, 8, 32, 1]>, !kt) -> !p
  %1 = graph.div %0, %scale : (!p, !s) -> !p
  %2 = graph.softmax %1 dim 3 : (!p) -> !p
  %3 = graph.matmul %2, %v : (!p, !k) -> !q
  return %3 : !q
}

// As decomposed for bmm: batch dimensions are merged for the products.
// CHECK-LABEL: func @bmm
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 {scale = 2.500000e-01 : f64} : (!graph.tensor<2x4x16x8xf32>,
// CHECK-NEXT: return
func.func @bmm(%q: !q, %k: !k, %v: !k) -> !q {
  %scale = graph.constant dense<0.25> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %q3 = graph.reshape %q [8, 16, 8] : (!q) -> !q3
  %k3 = graph.reshape %kt [8, 8, 32] : (!kt) -> !kt3
  %0 = graph.matmul %q3, %k3 : (!q3, !kt3) -> !p3
  %1 = graph.mul %0, %scale : (!p3, !s) -> !p3
  %2 = graph.softmax %1 dim 2 : (!p3) -> !p3
  %v3 = graph.reshape %v [8, 32, 8] : (!k) -> !k3
  %3 = graph.matmul %2, %v3 : (!p3, !k3) -> !q3
  %4 = graph.reshape %3 [2, 4, 16, 8] : (!q3) -> !q
  return %4 : !q
}

// The mask has four dimensions. What it adds is finite: no row is empty.
// CHECK-LABEL: func @bmm_with_mask
// CHECK: %[[MASK:.+]] = graph.select
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 mask %[[MASK]] {scale = 2.500000e-01 : f64}
// CHECK-NEXT: return
func.func @bmm_with_mask(%q: !q, %k: !k, %v: !k, %mask: !graph.tensor<2x1x1x32xi1>) -> !q {
  %zero = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %lowest = graph.constant dense<-1.0e4> : tensor<f32> : () -> !s
  %scale = graph.constant dense<0.25> : tensor<f32> : () -> !s
  %addend = graph.select %mask, %zero, %lowest : (!graph.tensor<2x1x1x32xi1>, !s, !s) -> !graph.tensor<2x1x1x32xf32>
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %q3 = graph.reshape %q [8, 16, 8] : (!q) -> !q3
  %k3 = graph.reshape %kt [8, 8, 32] : (!kt) -> !kt3
  %0 = graph.matmul %q3, %k3 : (!q3, !kt3) -> !p3
  %1 = graph.reshape %0 [2, 4, 16, 32] : (!p3) -> !p
  %2 = graph.mul %1, %scale : (!p, !s) -> !p
  %3 = graph.add %2, %addend : (!p, !graph.tensor<2x1x1x32xf32>) -> !p
  %4 = graph.softmax %3 dim 3 : (!p) -> !p
  %5 = graph.reshape %4 [8, 16, 32] : (!p) -> !p3
  %v3 = graph.reshape %v [8, 32, 8] : (!k) -> !k3
  %6 = graph.matmul %5, %v3 : (!p3, !k3) -> !q3
  %7 = graph.reshape %6 [2, 4, 16, 8] : (!q3) -> !q
  return %7 : !q
}

// softmax of a row of -inf is NaN, which the mask of a stranger may ask for.
// CHECK-LABEL: func @unknown_mask
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 mask %arg3 {nan_rows, scale = 1.000000e+00 : f64}
// CHECK-NEXT: return
func.func @unknown_mask(%q: !q, %k: !k, %v: !k, %mask: !graph.tensor<16x32xf32>) -> !q {
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.add %0, %mask : (!p, !graph.tensor<16x32xf32>) -> !p
  %2 = graph.softmax %1 dim 3 : (!p) -> !p
  %3 = graph.matmul %2, %v : (!p, !k) -> !q
  return %3 : !q
}

// A bias of the heads and what is hidden: both at once, causal by itself.
// CHECK-LABEL: func @bias_and_causal
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg1 mask %arg2 {causal, nan_rows, scale = 1.000000e+00 : f64}
// CHECK-NEXT: return
func.func @bias_and_causal(%q: !graph.tensor<2x4x4x8xf32>, %k: !graph.tensor<2x4x4x8xf32>, %bias: !graph.tensor<4x4x4xf32>) -> !graph.tensor<2x4x4x8xf32> {
  %hidden = graph.constant dense<[[false, true, true, true], [false, false, true, true], [false, false, false, true], [false, false, false, false]]> : tensor<4x4xi1> : () -> !graph.tensor<4x4xi1>
  %lowest = graph.constant dense<0xFF800000> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!graph.tensor<2x4x4x8xf32>) -> !graph.tensor<2x4x8x4xf32, strides = [128, 32, 1, 8]>
  %0 = graph.matmul %q, %kt : (!graph.tensor<2x4x4x8xf32>, !graph.tensor<2x4x8x4xf32, strides = [128, 32, 1, 8]>) -> !graph.tensor<2x4x4x4xf32>
  %1 = graph.add %0, %bias : (!graph.tensor<2x4x4x4xf32>, !graph.tensor<4x4x4xf32>) -> !graph.tensor<2x4x4x4xf32>
  %2 = graph.select %hidden, %lowest, %1 : (!graph.tensor<4x4xi1>, !s, !graph.tensor<2x4x4x4xf32>) -> !graph.tensor<2x4x4x4xf32>
  %3 = graph.softmax %2 dim 3 : (!graph.tensor<2x4x4x4xf32>) -> !graph.tensor<2x4x4x4xf32>
  %4 = graph.matmul %3, %k : (!graph.tensor<2x4x4x4xf32>, !graph.tensor<2x4x4x8xf32>) -> !graph.tensor<2x4x4x8xf32>
  return %4 : !graph.tensor<2x4x4x8xf32>
}

// Windows of an image: a bias of the heads, then one of the windows, for which
// the batch is split.
// CHECK-LABEL: func @masks_of_windows
// CHECK-DAG: %[[Q:.+]] = graph.reshape %arg0 [2, 4, 2, 16, 8]
// CHECK-DAG: %[[K:.+]] = graph.reshape %arg1 [2, 4, 2, 16, 8]
// CHECK-DAG: %[[MASK:.+]] = graph.add %arg3, %{{.+}} -> !graph.tensor<1x4x2x16x16xf32>
// CHECK: graph.attention %[[Q]], %{{.+}}, %[[K]] mask %[[MASK]] {nan_rows
func.func @masks_of_windows(%q: !graph.tensor<8x2x16x8xf32>, %k: !graph.tensor<8x2x16x8xf32>, %bias: !graph.tensor<1x2x16x16xf32>, %mask: !graph.tensor<1x4x1x16x16xf32>) -> !graph.tensor<8x2x16x8xf32> {
  %kt = graph.permute %k [0, 1, 3, 2] : (!graph.tensor<8x2x16x8xf32>) -> !graph.tensor<8x2x8x16xf32, strides = [256, 128, 1, 8]>
  %0 = graph.matmul %q, %kt : (!graph.tensor<8x2x16x8xf32>, !graph.tensor<8x2x8x16xf32, strides = [256, 128, 1, 8]>) -> !graph.tensor<8x2x16x16xf32>
  %1 = graph.add %0, %bias : (!graph.tensor<8x2x16x16xf32>, !graph.tensor<1x2x16x16xf32>) -> !graph.tensor<8x2x16x16xf32>
  %2 = graph.reshape %1 [2, 4, 2, 16, 16] : (!graph.tensor<8x2x16x16xf32>) -> !graph.tensor<2x4x2x16x16xf32>
  %3 = graph.add %2, %mask : (!graph.tensor<2x4x2x16x16xf32>, !graph.tensor<1x4x1x16x16xf32>) -> !graph.tensor<2x4x2x16x16xf32>
  %4 = graph.reshape %3 [8, 2, 16, 16] : (!graph.tensor<2x4x2x16x16xf32>) -> !graph.tensor<8x2x16x16xf32>
  %5 = graph.softmax %4 dim 3 : (!graph.tensor<8x2x16x16xf32>) -> !graph.tensor<8x2x16x16xf32>
  %6 = graph.matmul %5, %k : (!graph.tensor<8x2x16x16xf32>, !graph.tensor<8x2x16x8xf32>) -> !graph.tensor<8x2x16x8xf32>
  return %6 : !graph.tensor<8x2x16x8xf32>
}

// Numbers around tanh cap the scores.
// CHECK-LABEL: func @softcap
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 mask %arg3 {nan_rows, scale = 2.500000e-01 : f64, softcap = 5.000000e+01 : f64}
// CHECK-NEXT: return
func.func @softcap(%q: !q, %k: !k, %v: !k, %mask: !graph.tensor<16x32xf32>) -> !q {
  %scale = graph.constant dense<0.25> : tensor<f32> : () -> !s
  %cap = graph.constant dense<50.0> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.mul %0, %scale : (!p, !s) -> !p
  %2 = graph.div %1, %cap : (!p, !s) -> !p
  %3 = graph.tanh %2 : (!p) -> !p
  %4 = graph.mul %3, %cap : (!p, !s) -> !p
  %5 = graph.add %4, %mask : (!p, !graph.tensor<16x32xf32>) -> !p
  %6 = graph.softmax %5 dim 3 : (!p) -> !p
  %7 = graph.matmul %6, %v : (!p, !k) -> !q
  return %7 : !q
}

// Scores in f32 of what was widened, with a mask in f32.
// CHECK-LABEL: func @widened
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 mask %arg3 {nan_rows, scale = 1.000000e+00 : f64} : (!graph.tensor<2x4x16x8xbf16>
// CHECK-NEXT: return
func.func @widened(%q: !graph.tensor<2x4x16x8xbf16>, %k: !graph.tensor<2x4x32x8xbf16>, %v: !graph.tensor<2x4x32x8xbf16>, %mask: !graph.tensor<16x32xf32>) -> !graph.tensor<2x4x16x8xbf16> {
  %kt = graph.permute %k [0, 1, 3, 2] : (!graph.tensor<2x4x32x8xbf16>) -> !graph.tensor<2x4x8x32xbf16, strides = [1024, 256, 1, 8]>
  %wideq = graph.cast %q to f32 : (!graph.tensor<2x4x16x8xbf16>) -> !q
  %widek = graph.cast %kt to f32 : (!graph.tensor<2x4x8x32xbf16, strides = [1024, 256, 1, 8]>) -> !kt
  %0 = graph.matmul %wideq, %widek : (!q, !kt) -> !p
  %1 = graph.add %0, %mask : (!p, !graph.tensor<16x32xf32>) -> !p
  %2 = graph.softmax %1 dim 3 : (!p) -> !p
  %3 = graph.cast %2 to bf16 : (!p) -> !graph.tensor<2x4x16x32xbf16>
  %4 = graph.matmul %3, %v : (!graph.tensor<2x4x16x32xbf16>, !graph.tensor<2x4x32x8xbf16>) -> !graph.tensor<2x4x16x8xbf16>
  return %4 : !graph.tensor<2x4x16x8xbf16>
}

// torch's safe softmax gives zeros for such a row, as the op does.
// CHECK-LABEL: func @safe_softmax
// CHECK: %[[OUT:.+]], %{{.+}} = graph.attention %arg0, %arg1, %arg2 mask %arg3
// CHECK-NEXT: return %[[OUT]]
func.func @safe_softmax(%q: !q, %k: !k, %v: !k, %mask: !graph.tensor<16x32xf32>) -> !q {
  %zero = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %lowest = graph.constant dense<0xFF800000> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.add %0, %mask : (!p, !graph.tensor<16x32xf32>) -> !p
  %2 = graph.softmax %1 dim 3 : (!p) -> !p
  %3 = graph.compare eq %1, %lowest : (!p, !s) -> !graph.tensor<2x4x16x32xi1>
  %4 = graph.bitwise_not %3 : (!graph.tensor<2x4x16x32xi1>) -> !graph.tensor<2x4x16x32xi1>
  %5 = graph.reduce any %4 dims [3] keepdim : (!graph.tensor<2x4x16x32xi1>) -> !graph.tensor<2x4x16x1xi1>
  %6 = graph.bitwise_not %5 : (!graph.tensor<2x4x16x1xi1>) -> !graph.tensor<2x4x16x1xi1>
  %7 = graph.select %6, %zero, %2 : (!graph.tensor<2x4x16x1xi1>, !s, !p) -> !p
  %8 = graph.matmul %7, %v : (!p, !k) -> !q
  return %8 : !q
}

// The math form scales both operands by the root.
// CHECK-LABEL: func @scaled_operands
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 {scale = 2.500000e-01 : f64}
// CHECK-NEXT: return
func.func @scaled_operands(%q: !q, %k: !k, %v: !k) -> !q {
  %scale = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %0 = graph.mul %q, %scale : (!q, !s) -> !q
  %1 = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %2 = graph.mul %1, %scale : (!kt, !s) -> !kt
  %3 = graph.matmul %0, %2 : (!q, !kt) -> !p
  %4 = graph.softmax %3 dim 3 : (!p) -> !p
  %5 = graph.matmul %4, %v : (!p, !k) -> !q
  return %5 : !q
}

// Whisper's scales queries before they are split into heads.
// CHECK-LABEL: func @scaled_queries
// CHECK: %[[HEADS:.+]] = graph.reshape %arg0 [2, 4, 16, 8]
// CHECK-NEXT: graph.attention %[[HEADS]], %arg1, %arg2 {scale = 1.250000e-01 : f64}
// CHECK-NEXT: return
func.func @scaled_queries(%x: !q3, %k: !k, %v: !k) -> !q {
  %scale = graph.constant dense<0.25> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %scale : (!q3, !s) -> !q3
  %1 = graph.reshape %0 [2, 4, 16, 8] : (!q3) -> !q
  %r, %l = graph.attention %1, %k, %v {scale = 0.5} : (!q, !k, !k) -> (!q, !graph.tensor<2x4x16xf32>)
  return %r : !q
}

// CHECK-LABEL: func @scaled_queries_of_others_stay
// CHECK: %[[SCALED:.+]] = graph.mul
// CHECK: graph.attention %[[SCALED]], %arg1, %arg2 {scale = 5.000000e-01 : f64}
func.func @scaled_queries_of_others_stay(%x: !q, %k: !k, %v: !k) -> (!q, !q) {
  %scale = graph.constant dense<0.25> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %scale : (!q, !s) -> !q
  %r, %l = graph.attention %0, %k, %v {scale = 0.5} : (!q, !k, !k) -> (!q, !graph.tensor<2x4x16xf32>)
  return %r, %0 : !q, !q
}

// softmax in f32 of scores in bf16.
// CHECK-LABEL: func @bf16_with_softmax_in_f32
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 {scale = 1.000000e+00 : f64}
// CHECK-NEXT: return
func.func @bf16_with_softmax_in_f32(%q: !graph.tensor<4x(s0)x8xbf16>, %k: !graph.tensor<4x(s1)x8xbf16>, %v: !graph.tensor<4x(s1)x8xbf16>) -> !graph.tensor<4x(s0)x8xbf16> {
  %kt = graph.permute %k [0, 2, 1] : (!graph.tensor<4x(s1)x8xbf16>) -> !graph.tensor<4x8x(s1)xbf16, strides = [8*s1, 1, 8]>
  %0 = graph.matmul %q, %kt : (!graph.tensor<4x(s0)x8xbf16>, !graph.tensor<4x8x(s1)xbf16, strides = [8*s1, 1, 8]>) -> !graph.tensor<4x(s0)x(s1)xbf16>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4x(s0)x(s1)xbf16>) -> !graph.tensor<4x(s0)x(s1)xf32>
  %2 = graph.softmax %1 dim 2 : (!graph.tensor<4x(s0)x(s1)xf32>) -> !graph.tensor<4x(s0)x(s1)xf32>
  %3 = graph.cast %2 to bf16 : (!graph.tensor<4x(s0)x(s1)xf32>) -> !graph.tensor<4x(s0)x(s1)xbf16>
  %4 = graph.matmul %3, %v : (!graph.tensor<4x(s0)x(s1)xbf16>, !graph.tensor<4x(s1)x8xbf16>) -> !graph.tensor<4x(s0)x8xbf16>
  return %4 : !graph.tensor<4x(s0)x8xbf16>
}

// Heads of keys and values are repeated for groups of queries.
// CHECK-LABEL: func @shared_heads
// CHECK-NEXT: graph.attention %arg0, %arg1, %arg2 {
// CHECK-NEXT: return
func.func @shared_heads(%q: !q, %k: !graph.tensor<2x2x32x8xf32>, %v: !graph.tensor<2x2x32x8xf32>) -> !q {
  %0 = graph.reshape %k [2, 2, 1, 32, 8] : (!graph.tensor<2x2x32x8xf32>) -> !graph.tensor<2x2x1x32x8xf32>
  %1 = graph.expand %0 [2, 2, 2, 32, 8] : (!graph.tensor<2x2x1x32x8xf32>) -> !graph.tensor<2x2x2x32x8xf32, strides = [512, 256, 0, 8, 1]>
  %2 = graph.contiguous %1 strides [1024, 512, 256, 8, 1] : (!graph.tensor<2x2x2x32x8xf32, strides = [512, 256, 0, 8, 1]>) -> !graph.tensor<2x2x2x32x8xf32>
  %3 = graph.reshape %2 [2, 4, 32, 8] : (!graph.tensor<2x2x2x32x8xf32>) -> !k
  %4 = graph.reshape %v [2, 2, 1, 32, 8] : (!graph.tensor<2x2x32x8xf32>) -> !graph.tensor<2x2x1x32x8xf32>
  %5 = graph.expand %4 [2, 2, 2, 32, 8] : (!graph.tensor<2x2x1x32x8xf32>) -> !graph.tensor<2x2x2x32x8xf32, strides = [512, 256, 0, 8, 1]>
  %6 = graph.reshape %5 [2, 4, 32, 8] : (!graph.tensor<2x2x2x32x8xf32, strides = [512, 256, 0, 8, 1]>) -> !k
  %7 = graph.permute %3 [0, 1, 3, 2] : (!k) -> !kt
  %8 = graph.matmul %q, %7 : (!q, !kt) -> !p
  %9 = graph.softmax %8 dim 3 : (!p) -> !p
  %10 = graph.matmul %9, %6 : (!p, !k) -> !q
  return %10 : !q
}

//===----------------------------------------------------------------------===//
// What is none
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @no_attention_where_weights_are_used
// CHECK-NOT: graph.attention
func.func @no_attention_where_weights_are_used(%q: !q, %k: !k, %v: !k) -> (!q, !p) {
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.softmax %0 dim 3 : (!p) -> !p
  %2 = graph.matmul %1, %v : (!p, !k) -> !q
  return %2, %1 : !q, !p
}

// CHECK-LABEL: func @no_attention_with_scale_after_the_mask
// CHECK-NOT: graph.attention
func.func @no_attention_with_scale_after_the_mask(%q: !q, %k: !k, %v: !k, %mask: !graph.tensor<16x32xf32>) -> !q {
  %scale = graph.constant dense<0.5> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.add %0, %mask : (!p, !graph.tensor<16x32xf32>) -> !p
  %2 = graph.mul %1, %scale : (!p, !s) -> !p
  %3 = graph.softmax %2 dim 3 : (!p) -> !p
  %4 = graph.matmul %3, %v : (!p, !k) -> !q
  return %4 : !q
}

// CHECK-LABEL: func @no_attention_along_queries
// CHECK-NOT: graph.attention
func.func @no_attention_along_queries(%q: !q, %k: !k, %v: !k) -> !q {
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.softmax %0 dim 2 : (!p) -> !p
  %2 = graph.matmul %1, %v : (!p, !k) -> !q
  return %2 : !q
}

// Large finite numbers stay numbers beside a mask that hides what they leave.
// CHECK-LABEL: func @finite_numbers_and_causal
// CHECK: %[[BIAS:.*]] = graph.select
// CHECK: graph.attention {{.*}} mask %[[BIAS]] {causal
func.func @finite_numbers_and_causal(%q: !graph.tensor<2x2x8xf32>) -> !graph.tensor<2x2x8xf32> {
  %hidden = graph.constant dense<[[false, true], [false, false]]> : tensor<2x2xi1> : () -> !graph.tensor<2x2xi1>
  %pad = graph.constant dense<[[false, true], [false, true]]> : tensor<2x2xi1> : () -> !graph.tensor<2x2xi1>
  %lowest = graph.constant dense<0xFF800000> : tensor<f32> : () -> !s
  %low = graph.constant dense<-1.0e31> : tensor<f32> : () -> !s
  %zero = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %kt = graph.permute %q [0, 2, 1] : (!graph.tensor<2x2x8xf32>) -> !graph.tensor<2x8x2xf32, strides = [16, 1, 8]>
  %0 = graph.matmul %q, %kt : (!graph.tensor<2x2x8xf32>, !graph.tensor<2x8x2xf32, strides = [16, 1, 8]>) -> !graph.tensor<2x2x2xf32>
  %bias = graph.select %pad, %zero, %low : (!graph.tensor<2x2xi1>, !s, !s) -> !graph.tensor<2x2xf32>
  %1 = graph.add %0, %bias : (!graph.tensor<2x2x2xf32>, !graph.tensor<2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %2 = graph.select %hidden, %lowest, %1 : (!graph.tensor<2x2xi1>, !s, !graph.tensor<2x2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %3 = graph.softmax %2 dim 2 : (!graph.tensor<2x2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %4 = graph.matmul %3, %q : (!graph.tensor<2x2x2xf32>, !graph.tensor<2x2x8xf32>) -> !graph.tensor<2x2x8xf32>
  return %4 : !graph.tensor<2x2x8xf32>
}

// Two narrow masks are added up in the type that the program adds them in.
// CHECK-LABEL: func @narrow_masks
// CHECK: %[[SUM:.*]] = graph.add {{.*}} -> !graph.tensor<2x2xf32>
// CHECK: graph.attention {{.*}} mask %[[SUM]] {
func.func @narrow_masks(%q: !graph.tensor<2x2x8xf16>, %m1: !graph.tensor<2x2xf16>, %m2: !graph.tensor<2x2xf16>) -> !graph.tensor<2x2x8xf16> {
  %qf = graph.cast %q to f32 : (!graph.tensor<2x2x8xf16>) -> !graph.tensor<2x2x8xf32>
  %kh = graph.permute %q [0, 2, 1] : (!graph.tensor<2x2x8xf16>) -> !graph.tensor<2x8x2xf16, strides = [16, 1, 8]>
  %kt = graph.cast %kh to f32 : (!graph.tensor<2x8x2xf16, strides = [16, 1, 8]>) -> !graph.tensor<2x8x2xf32, strides = [16, 1, 8]>
  %0 = graph.matmul %qf, %kt : (!graph.tensor<2x2x8xf32>, !graph.tensor<2x8x2xf32, strides = [16, 1, 8]>) -> !graph.tensor<2x2x2xf32>
  %a = graph.cast %m1 to f32 : (!graph.tensor<2x2xf16>) -> !graph.tensor<2x2xf32>
  %b = graph.cast %m2 to f32 : (!graph.tensor<2x2xf16>) -> !graph.tensor<2x2xf32>
  %1 = graph.add %0, %a : (!graph.tensor<2x2x2xf32>, !graph.tensor<2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %2 = graph.add %1, %b : (!graph.tensor<2x2x2xf32>, !graph.tensor<2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %3 = graph.softmax %2 dim 2 : (!graph.tensor<2x2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %4 = graph.cast %3 to f16 : (!graph.tensor<2x2x2xf32>) -> !graph.tensor<2x2x2xf16>
  %5 = graph.matmul %4, %q : (!graph.tensor<2x2x2xf16>, !graph.tensor<2x2x8xf16>) -> !graph.tensor<2x2x8xf16>
  return %5 : !graph.tensor<2x2x8xf16>
}

// Where the mask hides all that the condition shows, finite numbers are left.
// CHECK-LABEL: func @no_attention_with_a_finite_fill_and_a_mask
// CHECK-NOT: graph.attention
func.func @no_attention_with_a_finite_fill_and_a_mask(%q: !graph.tensor<2x2x8xf32>, %mask: !graph.tensor<2x2xf32>) -> !graph.tensor<2x2x8xf32> {
  %visible = graph.constant dense<[[true, false], [true, true]]> : tensor<2x2xi1> : () -> !graph.tensor<2x2xi1>
  %lowest = graph.constant dense<-3.40282347E+38> : tensor<f32> : () -> !s
  %kt = graph.permute %q [0, 2, 1] : (!graph.tensor<2x2x8xf32>) -> !graph.tensor<2x8x2xf32, strides = [16, 1, 8]>
  %0 = graph.matmul %q, %kt : (!graph.tensor<2x2x8xf32>, !graph.tensor<2x8x2xf32, strides = [16, 1, 8]>) -> !graph.tensor<2x2x2xf32>
  %1 = graph.select %visible, %0, %lowest : (!graph.tensor<2x2xi1>, !graph.tensor<2x2x2xf32>, !s) -> !graph.tensor<2x2x2xf32>
  %2 = graph.add %1, %mask : (!graph.tensor<2x2x2xf32>, !graph.tensor<2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %3 = graph.softmax %2 dim 2 : (!graph.tensor<2x2x2xf32>) -> !graph.tensor<2x2x2xf32>
  %4 = graph.matmul %3, %q : (!graph.tensor<2x2x2xf32>, !graph.tensor<2x2x8xf32>) -> !graph.tensor<2x2x8xf32>
  return %4 : !graph.tensor<2x2x8xf32>
}

// A finite fill is no mask where it may fill a whole row.
// CHECK-LABEL: func @no_attention_with_a_finite_fill
// CHECK-NOT: graph.attention
func.func @no_attention_with_a_finite_fill(%q: !q, %k: !k, %v: !k, %mask: !graph.tensor<16x32xi1>) -> !q {
  %lowest = graph.constant dense<-3.40282347E+38> : tensor<f32> : () -> !s
  %kt = graph.permute %k [0, 1, 3, 2] : (!k) -> !kt
  %0 = graph.matmul %q, %kt : (!q, !kt) -> !p
  %1 = graph.select %mask, %0, %lowest : (!graph.tensor<16x32xi1>, !p, !s) -> !p
  %2 = graph.softmax %1 dim 3 : (!p) -> !p
  %3 = graph.matmul %2, %v : (!p, !k) -> !q
  return %3 : !q
}
