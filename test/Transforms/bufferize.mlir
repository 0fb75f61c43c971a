// RUN: graphc-opt %s --graphc-bufferize --split-input-file | FileCheck %s

// What a loop carries is computed elsewhere and copied back.
// CHECK-LABEL: @carried
// CHECK: scf.for {{.*}} iter_args(%[[ARG:.*]] = %{{.*}}) -> (memref<4xf32>)
// CHECK: %[[NEXT:.*]] = memref.alloc()
// CHECK: memref.copy %[[NEXT]], %[[ARG]]
// CHECK: scf.yield %[[ARG]]
func.func @carried(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    %e = tensor.empty() : tensor<4xf32>
    %r = linalg.map { math.exp } ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>)
    scf.yield %r : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// The same when both sides of a while loop hand values on.
// CHECK-LABEL: @swapped
// CHECK: scf.while (%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK: scf.condition(%{{.*}}) %[[A]], %[[B]]
// CHECK: ^bb0(%[[C:.*]]: memref<4xf32>, %[[D:.*]]: memref<4xf32>):
// CHECK-DAG: memref.copy %[[D]], %[[COPY_OF_D:.*]] :
// CHECK-DAG: memref.copy %[[C]], %[[COPY_OF_C:.*]] :
// CHECK: memref.copy %[[COPY_OF_D]], %[[C]]
// CHECK: memref.copy %[[COPY_OF_C]], %[[D]]
// CHECK: scf.yield %[[C]], %[[D]]
func.func @swapped(%x: tensor<4xf32>, %y: tensor<4xf32>, %limit: f32) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %0:2 = scf.while (%a = %x, %b = %y) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %e = tensor.extract %a[%c0] : tensor<4xf32>
    %less = arith.cmpf olt, %e, %limit : f32
    scf.condition(%less) %a, %b : tensor<4xf32>, tensor<4xf32>
  } do {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    scf.yield %b, %a : tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Control: what is written in place is not copied again.
// CHECK-LABEL: @in_place
// CHECK: scf.for
// CHECK-NOT: memref.copy
// CHECK: memref.store
// CHECK-NOT: memref.copy
// CHECK: return
func.func @in_place(%n: index, %v: f32) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = tensor.empty() : tensor<4xf32>
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %e) -> (tensor<4xf32>) {
    %r = tensor.insert %v into %a[%i] : tensor<4xf32>
    scf.yield %r : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
