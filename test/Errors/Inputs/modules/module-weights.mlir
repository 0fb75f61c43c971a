module attributes {graph.signature = {constraints = [], inputs = [], model = "model", mutations = [], outputs = [], symbols = []}, kernel.arena_size = #graph.expr<64>, kernel.checks = [], kernel.stage = "cpu-schedule"} {
  memref.global "private" constant @w : memref<2xf32> {kernel.offset = 0 : i64}
  func.func @main(%workspace: memref<?xi8>, %weights: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    return
  }
}
