module attributes {kernel.stage = "cpu-pack"} {
  func.func @main(%x: tensor<8xi64>) -> tensor<8xf32> {
    %c0 = arith.constant 0 : index
    %f = arith.constant 1.0 : f32
    %n = tensor.extract %x[%c0] : tensor<8xi64>
    %size = arith.index_cast %n : i64 to index
    %e = tensor.empty(%size) : tensor<?xf32>
    %filled = linalg.fill ins(%f : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    %v = tensor.extract %filled[%c0] : tensor<?xf32>
    %r = tensor.empty() : tensor<8xf32>
    %s = linalg.fill ins(%v : f32) outs(%r : tensor<8xf32>) -> tensor<8xf32>
    return %s : tensor<8xf32>
  }
}
