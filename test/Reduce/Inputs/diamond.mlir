func.func @main(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  %0 = graph.exp %x : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %1 = graph.sin %0 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %2 = graph.relu %0 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %3 = graph.mul %1, %2 : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %4 = graph.cos %3 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %4 : !graph.tensor<4x8xf32>
}
