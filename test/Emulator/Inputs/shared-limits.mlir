// A block with as many bytes of shared memory as the input has elements.
module @limits attributes {graph.signature = {constraints = [], inputs = [{argument = 0 : i64, kind = "tensor", name = "x", role = "user", type = !graph.tensor<(s0)xi8>}], model = "limits", mutations = [], outputs = [{kind = "tensor", name = "out", result = 0 : i64, role = "user", type = !graph.tensor<1xf32>}], symbols = [{max = 1048576 : i64, min = 1 : i64, name = "s0"}]}, kernel.arena_size = #graph.expr<0>, kernel.checks = [], kernel.stage = "nvptx-schedule"} {
  func.func @main(%bytes: index, %arg0: memref<?xi8>, %arg1: memref<1xf32>, %arg2: memref<?xi8>, %arg3: memref<?xi8>, %arg4: memref<1xi32>, %arg5: memref<?xi64>) {
    call @kernel_out(%bytes, %arg1) : (index, memref<1xf32>) -> ()
    return
  }
  func.func private @kernel_out(%asked: index, %out: memref<1xf32>) {
    %one = arith.constant 1.0 : f32
    %c1 = arith.constant 1 : index
    %bytes = arith.index_cast %asked : index to i32
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) dynamic_shared_memory_size %bytes {
      memref.store %one, %out[%tx] : memref<1xf32>
      gpu.terminator
    }
    return
  }
}
