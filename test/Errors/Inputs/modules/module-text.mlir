func.func @main(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  %0 = graph.neg %x : (!graph.tensor<4xf32>) -> !graph.tensor<4xf16>
  return %0 : !graph.tensor<4xf32>
}
