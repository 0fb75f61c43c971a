module attributes {kernel.stage = "kernel-to-buffers"} {
  func.func @main(%a: memref<4xf32>, %c: memref<4xf32>) {
    kernel.region "negate" attention ins(%a : memref<4xf32>) outs(%c : memref<4xf32>) {
    ^bb0(%x: tensor<4xf32>, %o: tensor<4xf32>):
      kernel.yield %x : tensor<4xf32>
    }
    return
  }
}
