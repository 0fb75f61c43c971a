module attributes {graph.signature = {constraints = [], inputs = [], model = "model", mutations = [], outputs = [], symbols = []}, kernel.arena_size = #graph.expr<64>, kernel.checks = [], kernel.stage = "cpu-schedule"} {
  func.func @main(%workspace: memref<?xi8>, %weights: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    %zero = arith.constant 0 : i32
    llvm.call_intrinsic "llvm.nvvm.barrier.cta.sync.aligned.all"(%zero) : (i32) -> ()
    return
  }
}
