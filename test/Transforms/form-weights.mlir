// RUN: graphc-opt %s --split-input-file --graphc-form-kernels | FileCheck %s
// RUN: graphc-opt %s --split-input-file --graphc-form-kernels --graphc-bind-boundary --graphc-bufferize --graphc-plan-memory -o /dev/null

// A weight of one element whose value comes later is an operand like others; a
// number that is known is part of the kernel.

// CHECK-LABEL: func.func @main(
// CHECK:         %[[W:.*]] = arith.constant dense_resource<"extern:w:"> : tensor<f32>
// CHECK:         kernel.region "{{.*}}" pointwise ins(%{{.*}}, %[[W]] : tensor<3xf32>, tensor<f32>)
// CHECK:           arith.constant dense<2.0
#id = affine_map<(i) -> (i)>
#one = affine_map<(i) -> ()>
func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<f32>
  %c = arith.constant dense<2.0> : tensor<f32>
  %e = tensor.empty() : tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#id, #one, #one, #id], iterator_types = ["parallel"]} ins(%x, %w, %c : tensor<3xf32>, tensor<f32>, tensor<f32>) outs(%e : tensor<3xf32>) {
  ^bb0(%a: f32, %b: f32, %d: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.mulf %0, %d : f32
    linalg.yield %1 : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}
