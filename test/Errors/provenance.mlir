// RUN: sh -c 'graphc %s -o %t.o --dump-dir=; test $? = 3' 2>&1 | FileCheck %s

// An error says which node of which module of the model it is about.
// CHECK: error[unsupported-lowering]: model.py:3: node 'cummax' of module 'layers.0': 'graph.scan' on
func.func @main(%x: !graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>> {
  %0 = graph.scan max %x dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>> loc("cummax"(fused<"layers.0">["model.py":3:0]))
  return %0 : !graph.tensor<4xcomplex<f32>>
}
