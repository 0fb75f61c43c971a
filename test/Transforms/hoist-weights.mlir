// RUN: graphc-opt %s --graphc-hoist-weights --split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>

// What weights alone decide moves, with all that it needs; the view stays with
// its reader.

// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[X:.*]]: tensor<2x4xf32>
// CHECK:         %[[SUM:.*]] = arith.constant dense_resource<"loaded:0:"> : tensor<4xf32>
// CHECK-NOT:     dense_resource<"extern:
// CHECK:         linalg.generic {{.*}} ins(%[[X]], %[[SUM]] :
// CHECK-NOT:     linalg.generic
// CHECK:         return
// CHECK-LABEL: func.func @load() -> tensor<4xf32>
// CHECK-SAME:      kernel.loaded = array<i64: 0>
// CHECK:         %[[V:.*]] = arith.constant dense_resource<"extern:v:"> : tensor<2x2xf32>
// CHECK:         %[[FLAT:.*]] = tensor.collapse_shape %[[V]]
// CHECK:         %[[W:.*]] = arith.constant dense_resource<"extern:w:"> : tensor<4xf32>
// CHECK:         %[[R:.*]] = linalg.generic {{.*}} ins(%[[W]], %[[FLAT]] :
// CHECK:         return %[[R]]
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<4xf32>
  %v = arith.constant dense_resource<"extern:v:"> : tensor<2x2xf32>
  %flat = tensor.collapse_shape %v [[0, 1]] : tensor<2x2xf32> into tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %sum = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%w, %flat : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %f = tensor.empty() : tensor<2x4xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %sum : tensor<2x4xf32>, tensor<4xf32>) outs(%f : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// -----

// Weights as they are, and views of them, stay: nothing is to be computed.

// CHECK-LABEL: func.func @main(
// CHECK:         arith.constant dense_resource<"extern:w:">
// CHECK:         tensor.collapse_shape
// CHECK-NOT:     func.func @load
func.func @main() -> tensor<4xf32> {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<2x2xf32>
  %flat = tensor.collapse_shape %w [[0, 1]] : tensor<2x2xf32> into tensor<4xf32>
  return %flat : tensor<4xf32>
}

// -----

// A weight spread over much more memory is read there; so is a number.

// CHECK-LABEL: func.func @main(
// CHECK:         tensor.extract
// CHECK:         linalg.broadcast
// CHECK-NOT:     func.func @load
func.func @main(%x: index) -> (tensor<1024x1024xf32>, index) {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<1024xf32>
  %n = arith.constant dense_resource<"extern:n:"> : tensor<i64>
  %i = tensor.extract %n[] : tensor<i64>
  %j = arith.index_cast %i : i64 to index
  %k = arith.addi %j, %x : index
  %e = tensor.empty() : tensor<1024x1024xf32>
  %r = linalg.broadcast ins(%w : tensor<1024xf32>) outs(%e : tensor<1024x1024xf32>) dimensions = [0]
  return %r, %k : tensor<1024x1024xf32>, index
}

// -----

// A check is left where it is: it fails the call, not the load.

// CHECK-LABEL: func.func @main(
// CHECK:         kernel.region "checked"
// CHECK-NOT:     func.func @load
func.func @main() -> tensor<4xf32> {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %r = kernel.region "checked" pointwise ins(%w : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %o: tensor<4xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%o : tensor<4xf32>) {
    ^bb0(%v: f32, %u: f32):
      %c = arith.cmpf ogt, %v, %v : f32
      kernel.check %c, "no"
      linalg.yield %v : f32
    } -> tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// A second run goes on from what the first has computed; what is then no
// longer read goes. Numbers stay those of their values.

// CHECK-LABEL: func.func @main(
// CHECK-DAG:     arith.constant dense_resource<"loaded:2:"> : tensor<4xf32>
// CHECK-DAG:     arith.constant dense_resource<"loaded:1:"> : tensor<3xf32>
// CHECK:         return
// CHECK-LABEL: func.func @load() -> (tensor<3xf32>, tensor<4xf32>)
// CHECK-SAME:      kernel.loaded = array<i64: 1, 2>
// CHECK-DAG:     %[[W:.*]] = arith.constant dense_resource<"extern:w:">
// CHECK-DAG:     %[[V:.*]] = arith.constant dense_resource<"extern:v:">
// CHECK-DAG:     %[[A:.*]] = math.absf %[[W]]
// CHECK-DAG:     %[[B:.*]] = math.absf %[[V]]
// CHECK:         %[[C:.*]] = math.exp %[[A]]
// CHECK:         return %[[B]], %[[C]]
func.func @main() -> (tensor<4xf32>, tensor<3xf32>) {
  %a = arith.constant dense_resource<"loaded:0:"> : tensor<4xf32>
  %b = arith.constant dense_resource<"loaded:1:"> : tensor<3xf32>
  %c = math.exp %a : tensor<4xf32>
  return %c, %b : tensor<4xf32>, tensor<3xf32>
}
func.func @load() -> (tensor<4xf32>, tensor<3xf32>) attributes {kernel.loaded = array<i64: 0, 1>} {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<4xf32>
  %v = arith.constant dense_resource<"extern:v:"> : tensor<3xf32>
  %a = math.absf %w : tensor<4xf32>
  %b = math.absf %v : tensor<3xf32>
  return %a, %b : tensor<4xf32>, tensor<3xf32>
}

// -----

// Names may hold colons.

// CHECK-LABEL: func.func @load()
// CHECK:         arith.constant dense_resource<"extern:a:b:"> : tensor<4xf32>
func.func @main() -> tensor<4xf32> {
  %w = arith.constant dense_resource<"extern:a:b:"> : tensor<4xf32>
  %a = math.absf %w : tensor<4xf32>
  return %a : tensor<4xf32>
}
