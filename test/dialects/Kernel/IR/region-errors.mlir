// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @arguments(%a: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{expected one block argument per operand, got 1 for 2}}
  %0 = kernel.region "k" pointwise ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: tensor<4xf32>):
    kernel.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @argument_type(%a: memref<4xf32>, %e: memref<4xf32>) {
  // expected-error @below {{block argument 0 has type 'tensor<5xf32>' but its operand has type 'memref<4xf32>'}}
  kernel.region "k" pointwise ins(%a : memref<4xf32>) outs(%e : memref<4xf32>) {
  ^bb0(%x: tensor<5xf32>, %y: tensor<4xf32>):
    kernel.yield %y : tensor<4xf32>
  }
  return
}

// -----

func.func @yields(%a: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{yields 2 values for 1 inits}}
  %0 = kernel.region "k" pointwise ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):
    kernel.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @yielded_type(%a: tensor<5xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{yields a 'tensor<5xf32>' into an init of type 'tensor<4xf32>'}}
  %0 = kernel.region "k" pointwise ins(%a : tensor<5xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: tensor<5xf32>, %y: tensor<4xf32>):
    kernel.yield %x : tensor<5xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @results(%a: tensor<4xf32>, %e: tensor<4xf32>) {
  // expected-error @below {{results must have the types of the inits}}
  kernel.region "k" pointwise ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):
    kernel.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @results_on_buffers(%a: memref<4xf32>, %e: memref<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{has results although its inits are memrefs}}
  %0 = kernel.region "k" pointwise ins(%a : memref<4xf32>) outs(%e : memref<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):
    kernel.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @order(%a: tensor<4x4xf32>, %e: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = kernel.region "k" row ins(%a : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>):
    // expected-error @below {{has an order that is none of the dimensions of its kernel's domain}}
    %1 = tensor.empty() {kernel.order = array<i64: 0, 2>} : tensor<4x4xf32>
    kernel.yield %1 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}
