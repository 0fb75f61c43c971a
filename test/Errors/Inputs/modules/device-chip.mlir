// options: --target=nvptx:sm_80 -o model.o
module attributes {graph.signature = {constraints = [], inputs = [], model = "model", mutations = [], outputs = [], symbols = []}, kernel.arena_size = #graph.expr<64>, kernel.checks = [], kernel.stage = "nvptx-schedule"} {
  func.func @main(%weights: memref<?xi8>, %workspace: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    gpu.launch blocks(%a, %b, %c) in (%d = %c1, %e = %c1, %f = %c1) threads(%g, %h, %i) in (%j = %c32, %k = %c1, %l = %c1) {
      nvvm.wgmma.fence.aligned
      gpu.terminator
    }
    return
  }
}
