#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
module attributes {kernel.stage = "kernel-to-buffers"} {
  func.func @main(%a: memref<4x8xf32>, %b: memref<8x6xf32>, %c: memref<4x6xf32>) {
    kernel.region "matmul" contraction ins(%a, %b : memref<4x8xf32>, memref<8x6xf32>) outs(%c : memref<4x6xf32>) attributes {schedule = {feed = "spoon"}} {
    ^bb0(%x: tensor<4x8xf32>, %y: tensor<8x6xf32>, %o: tensor<4x6xf32>):
      %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x8xf32>, tensor<8x6xf32>) outs(%o : tensor<4x6xf32>) {
      ^bb0(%p: f32, %q: f32, %s: f32):
        %1 = arith.mulf %p, %q : f32
        %2 = arith.addf %s, %1 : f32
        linalg.yield %2 : f32
      } -> tensor<4x6xf32>
      kernel.yield %0 : tensor<4x6xf32>
    }
    return
  }
}
