// A kernel with 40 KiB of shared memory of its own whose launch asks for 16 more:
// each thread's number goes through both.
module @shared attributes {graph.signature = {constraints = [], inputs = [{argument = 0 : i64, kind = "tensor", name = "x", role = "user", type = !graph.tensor<64xf32>}], model = "shared", mutations = [], outputs = [{kind = "tensor", name = "neg", result = 0 : i64, role = "user", type = !graph.tensor<64xf32>}], symbols = []}, kernel.arena_size = #graph.expr<0>, kernel.checks = [], kernel.stage = "nvptx-schedule"} {
  func.func @main(%arg0: memref<64xf32>, %arg1: memref<64xf32>, %arg2: memref<?xi8>, %arg3: memref<?xi8>, %arg4: memref<1xi32>, %arg5: memref<?xi64>) {
    call @kernel_neg(%arg0, %arg1) : (memref<64xf32>, memref<64xf32>) -> ()
    return
  }
  func.func private @kernel_neg(%arg0: memref<64xf32>, %arg1: memref<64xf32>) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c63 = arith.constant 63 : index
    %c0 = arith.constant 0 : index
    %bytes = arith.constant 16384 : i32
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c64, %sy = %c1, %sz = %c1) dynamic_shared_memory_size %bytes workgroup(%own : memref<10240xf32, #gpu.address_space<workgroup>>) {
      %base = gpu.dynamic_shared_memory : memref<?xi8, #gpu.address_space<workgroup>>
      %asked = memref.view %base[%c0][] : memref<?xi8, #gpu.address_space<workgroup>> to memref<64xf32, #gpu.address_space<workgroup>>
      %other = arith.subi %c63, %tx : index
      %0 = memref.load %arg0[%tx] : memref<64xf32>
      memref.store %0, %own[%tx] : memref<10240xf32, #gpu.address_space<workgroup>>
      gpu.barrier
      %1 = memref.load %own[%other] : memref<10240xf32, #gpu.address_space<workgroup>>
      memref.store %1, %asked[%tx] : memref<64xf32, #gpu.address_space<workgroup>>
      gpu.barrier
      %2 = memref.load %asked[%other] : memref<64xf32, #gpu.address_space<workgroup>>
      %3 = arith.negf %2 : f32
      memref.store %3, %arg1[%tx] : memref<64xf32>
      gpu.terminator
    }
    return
  }
}
