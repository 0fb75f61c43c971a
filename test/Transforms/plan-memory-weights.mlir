// RUN: graphc-opt %s --graphc-bind-boundary --graphc-bufferize --graphc-plan-memory | FileCheck %s

// Constants whose values come at load are arguments behind the weights that the
// module holds; each function says which it takes. Both share one blob.

// CHECK:       kernel.arena_size
// CHECK-SAME:  kernel.load_arena_size
// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[X:.*]]: memref<4xf32>, %[[Y:[a-z0-9]*]]: memref<4xf32>, %[[BLOB:[a-z0-9]*]]: memref<?xi8>, %[[L:[a-z0-9]*]]: memref<4xf32>, %[[B:[a-z0-9]*]]: memref<4xf32>, %{{.*}}: memref<?xi8>, %{{.*}}: memref<1xi32>, %{{.*}}: memref<?xi64>)
// CHECK-SAME:      kernel.weights = [dense_resource<"loaded:7:"> : tensor<4xf32>, dense_resource<"extern:b:"> : tensor<4xf32>]
// CHECK:         memref.view %[[BLOB]]
// CHECK-NOT:     get_global
// CHECK-LABEL: func.func @load(
// CHECK-SAME:      %[[R:[a-z0-9]*]]: memref<4xf32>, %[[BLOB:[a-z0-9]*]]: memref<?xi8>, %[[W:[a-z0-9]*]]: memref<4xf32>, %{{.*}}: memref<?xi8>, %{{.*}}: memref<1xi32>, %{{.*}}: memref<?xi64>)
// CHECK-SAME:      kernel.weights = [dense_resource<"extern:w:"> : tensor<4xf32>]
// CHECK:         linalg.add ins(%[[W]], %{{.*}} : {{.*}}) outs(%[[S:.*]] :
// CHECK:         memref.copy %[[S]], %[[R]]
#map = affine_map<(i) -> (i)>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %l = arith.constant dense_resource<"loaded:7:"> : tensor<4xf32>
  %b = arith.constant dense_resource<"extern:b:"> : tensor<4xf32>
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.add ins(%x, %l : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.add ins(%0, %b : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %2 = linalg.add ins(%1, %c : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
func.func @load() -> tensor<4xf32> attributes {kernel.loaded = array<i64: 7>} {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<4xf32>
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.add ins(%w, %c : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
