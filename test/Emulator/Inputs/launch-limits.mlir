// A block of DEPTH threads along z.
module @limits attributes {graph.signature = {constraints = [], inputs = [{argument = 0 : i64, kind = "tensor", name = "depth", role = "user", type = !graph.tensor<1xi64>}], model = "limits", mutations = [], outputs = [{kind = "tensor", name = "out", result = 0 : i64, role = "user", type = !graph.tensor<128xf32>}], symbols = []}, kernel.arena_size = #graph.expr<0>, kernel.checks = [], kernel.stage = "nvptx-schedule"} {
  func.func @main(%arg0: memref<1xi64>, %arg1: memref<128xf32>, %arg2: memref<?xi8>, %arg3: memref<?xi8>, %arg4: memref<1xi32>, %arg5: memref<?xi64>) {
    call @kernel_out(%arg1) : (memref<128xf32>) -> ()
    return
  }
  func.func private @kernel_out(%out: memref<128xf32>) {
    %one = arith.constant 1.0 : f32
    %c1 = arith.constant 1 : index
    %depth = arith.constant DEPTH : index
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %depth) {
      memref.store %one, %out[%tz] : memref<128xf32>
      gpu.terminator
    }
    return
  }
}
