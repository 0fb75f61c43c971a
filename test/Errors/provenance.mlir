// RUN: sh -c 'graphc %s -o %t.o --dump-dir=; test $? = 3' 2>&1 | FileCheck %s

// An error says which node of which module of the model it is about, with the line of
// the model where the program recorded it.
// CHECK: error[unsupported-lowering]: model.py:3: node 'cummax' of module 'layers.0': 'graph.scan' on
// CHECK-NEXT: {{^}}    y = self.top(x){{$}}
// CHECK: error[unsupported-lowering]: model.py:4: node 'cummin': 'graph.scan' on
// CHECK-NEXT: {{^}}  help:
func.func @main(%x: !graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>> {
  %0 = graph.scan max %x dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>> loc("cummax"(fused<"layers.0">["y = self.top(x)"("model.py":3:0)]))
  %1 = graph.scan min %0 dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>> loc("cummin"("model.py":4:0))
  return %1 : !graph.tensor<4xcomplex<f32>>
}
