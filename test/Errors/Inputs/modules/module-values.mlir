func.func @main() -> !graph.tensor<2xf32> {
  %0 = graph.constant dense_resource<w> : tensor<2xf32> : () -> !graph.tensor<2xf32>
  return %0 : !graph.tensor<2xf32>
}
