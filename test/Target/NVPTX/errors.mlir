// RUN: graphc-opt %s -split-input-file -verify-diagnostics -graphc-nvptx-emit-kernels -graphc-nvptx-lower-host

// A function that nothing hands a context.
func.func private @kernel() {
  return
}
func.func @caller() {
  // expected-error @below {{has no context to pass on; run graphc-make-entry for a device first}}
  func.call @kernel() : () -> ()
  return
}

// -----

func.func @tensors(%x: tensor<8xf32>, %z: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{takes a value of type 'tensor<8xf32>', expected buffers; run kernel-to-buffers first}}
  %0 = kernel.region "copy" pointwise ins(%x : tensor<8xf32>) outs(%z : tensor<8xf32>) -> tensor<8xf32> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%a: tensor<8xf32>, %c: tensor<8xf32>):
    kernel.yield %a : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}
