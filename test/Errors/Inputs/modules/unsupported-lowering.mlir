func.func @main(%x: !graph.tensor<4xcomplex<f32>>) -> (!graph.tensor<4xcomplex<f32>>, !graph.tensor<4xcomplex<f32>>) {
  %0 = graph.scan max %x dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>>
  %1 = graph.scan min %0 dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>>
  return %0, %1 : !graph.tensor<4xcomplex<f32>>, !graph.tensor<4xcomplex<f32>>
}
