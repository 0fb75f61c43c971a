// What conversions cannot convert, one thing a function.

func.func @unknown_operation(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "odd.op"(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @no_libm(%a: i32) -> i32 {
  %0 = math.ctpop %a : i32
  return %0 : i32
}
func.func @block_argument(%a: tensor<4xf32>) {
  cf.br ^bb1(%a : tensor<4xf32>)
^bb1(%z: tensor<4xf32>):
  return
}
func.func @left_cast(%a: f32) -> i64 {
  %0 = builtin.unrealized_conversion_cast %a : f32 to i64
  return %0 : i64
}
func.func @memory_space() {
  %0 = memref.alloc() : memref<4xf32, "odd">
  return
}
func.func @tensors(%a: !graph.tensor<4xcomplex<f32>>) {
  %0 = graph.scan max %a dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>>
  return
}
