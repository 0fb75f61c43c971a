// RUN: graphc-opt %s --split-input-file --graphc-bind-boundary | FileCheck %s

// Two sums that start from the same zero get one each, since both may end up in
// the caller's memory.
// CHECK-LABEL: module @one_zero
module @one_zero {
  // CHECK: func.func @main(%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32>, %{{.*}}: memref<f32>, %{{.*}}: memref<f32>)
  func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<f32>, tensor<f32>) {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<f32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<f32>) -> tensor<f32>
    // CHECK-DAG: %[[E0:.*]] = tensor.empty
    // CHECK-DAG: %[[E1:.*]] = tensor.empty
    // CHECK-DAG: %[[F0:.*]] = linalg.fill {{.*}} outs(%[[E0]]
    // CHECK-DAG: %[[F1:.*]] = linalg.fill {{.*}} outs(%[[E1]]
    // CHECK-DAG: linalg.reduce {{.*}} outs(%[[F0]]
    // CHECK-DAG: linalg.reduce {{.*}} outs(%[[F1]]
    %x = linalg.reduce { arith.addf } ins(%a : tensor<4xf32>) outs(%fill : tensor<f32>) dimensions = [0]
    %y = linalg.reduce { arith.addf } ins(%b : tensor<4xf32>) outs(%fill : tensor<f32>) dimensions = [0]
    return %x, %y : tensor<f32>, tensor<f32>
  }
}

// -----

// What two ops write into after it was computed is nobody's result.
// CHECK-LABEL: module @one_value
module @one_value {
  func.func @main(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    // CHECK: %[[ALLOC:.*]] = bufferization.alloc_tensor
    // CHECK: linalg.map {{.*}} outs(%[[ALLOC]]
    %empty = tensor.empty() : tensor<4xf32>
    %exp = linalg.map { math.exp } ins(%a : tensor<4xf32>) outs(%empty : tensor<4xf32>)
    %one = arith.constant 1.0 : f32
    %i = arith.constant 0 : index
    %j = arith.constant 1 : index
    %x = tensor.insert %one into %exp[%i] : tensor<4xf32>
    %y = tensor.insert %one into %exp[%j] : tensor<4xf32>
    return %x, %y : tensor<4xf32>, tensor<4xf32>
  }
}

// -----

// A result that is a reshape: the caller's memory is reshaped instead, so that
// what computes it writes there.
// CHECK-LABEL: module @reshaped
module @reshaped {
  // CHECK: func.func @main(%{{.*}}: memref<2x3x4xf32>, %[[OUT:.*]]: memref<6x4xf32>)
  func.func @main(%a: tensor<2x3x4xf32>) -> tensor<6x4xf32> {
    // CHECK: %[[VIEW:.*]] = memref.expand_shape %[[OUT]] {{\[\[}}0, 1], [2]]
    // CHECK: %[[EXP:.*]] = linalg.map { math.exp }
    // CHECK: bufferization.materialize_in_destination %[[EXP]] in restrict writable %[[VIEW]]
    %empty = tensor.empty() : tensor<2x3x4xf32>
    %exp = linalg.map { math.exp } ins(%a : tensor<2x3x4xf32>) outs(%empty : tensor<2x3x4xf32>)
    %flat = tensor.collapse_shape %exp [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
    return %flat : tensor<6x4xf32>
  }
}

// -----

// What a loop writes into is a copy of the argument that it starts from, made
// where the result goes.
// CHECK-LABEL: module @written_argument
module @written_argument {
  func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %one = arith.constant 1.0 : f32
    // CHECK: %[[A:.*]] = bufferization.to_tensor %arg0
    // CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<4xf32>
    // CHECK: %[[COPY:.*]] = bufferization.materialize_in_destination %[[A]] in %[[EMPTY]]
    // CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[COPY]])
    %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%t = %a) -> (tensor<4xf32>) {
      %next = tensor.insert %one into %t[%i] : tensor<4xf32>
      scf.yield %next : tensor<4xf32>
    }
    return %r : tensor<4xf32>
  }
}
