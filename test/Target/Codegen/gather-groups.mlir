// RUN: graphc-opt %s -split-input-file -graphc-gather-groups | FileCheck %s

// Both loops call one function, which holds the loop and the kernel.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:.*]]: memref<8x4xf32>, %[[Y:.*]]: memref<8x4xf32>, %[[ENDS:.*]]: memref<3xi32>
// CHECK-NEXT:  constant
// CHECK-NOT:   scf.for
// CHECK:       call @kernel_twice_of_groups(%[[ENDS]], %[[X]])
// CHECK:       call @kernel_twice_of_groups(%[[ENDS]], %[[Y]])
// CHECK-NOT:   func.func private @kernel_twice(
// CHECK:       func.func private @kernel_twice_of_groups(%[[E:.*]]: memref<3xi32>, %[[OUT:.*]]: memref<8x4xf32>)
// CHECK:         scf.for
// CHECK:           memref.load %[[E]]
// CHECK:           %[[PART:.*]] = memref.subview %[[OUT]]
// CHECK:           kernel.region "twice" pointwise outs(%[[PART]]
// CHECK:         } {graphc.groups}
// CHECK-NOT:   func.func
func.func @main(%x: memref<8x4xf32>, %y: memref<8x4xf32>, %ends: memref<3xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  scf.for %g = %c0 to %c3 step %c1 {
    %end = memref.load %ends[%g] : memref<3xi32>
    %count = arith.index_cast %end : i32 to index
    %part = memref.subview %x[0, 0] [%count, 4] [1, 1] : memref<8x4xf32> to memref<?x4xf32, strided<[4, 1]>>
    func.call @kernel_twice(%part) : (memref<?x4xf32, strided<[4, 1]>>) -> ()
  } {graphc.groups}
  scf.for %g = %c0 to %c3 step %c1 {
    %end = memref.load %ends[%g] : memref<3xi32>
    %count = arith.index_cast %end : i32 to index
    %part = memref.subview %y[0, 0] [%count, 4] [1, 1] : memref<8x4xf32> to memref<?x4xf32, strided<[4, 1]>>
    func.call @kernel_twice(%part) : (memref<?x4xf32, strided<[4, 1]>>) -> ()
  } {graphc.groups}
  return
}
func.func private @kernel_twice(%out: memref<?x4xf32, strided<[4, 1]>>) {
  kernel.region "twice" pointwise outs(%out : memref<?x4xf32, strided<[4, 1]>>) {
  ^bb0(%a: tensor<?x4xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} outs(%a : tensor<?x4xf32>) {
    ^bb0(%e: f32):
      %1 = arith.addf %e, %e : f32
      linalg.yield %1 : f32
    } -> tensor<?x4xf32>
    kernel.yield %0 : tensor<?x4xf32>
  }
  return
}

// -----

// Control: a loop that does something else stays.
// CHECK-LABEL: func.func @stores(
// CHECK:       scf.for
// CHECK:         call @kernel_zero(
func.func @stores(%x: memref<8xf32>, %ends: memref<3xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %one = arith.constant 1.0 : f32
  scf.for %g = %c0 to %c3 step %c1 {
    memref.store %one, %x[%g] : memref<8xf32>
    func.call @kernel_zero(%x) : (memref<8xf32>) -> ()
  } {graphc.groups}
  return
}
func.func private @kernel_zero(%out: memref<8xf32>) {
  kernel.region "zero" pointwise outs(%out : memref<8xf32>) {
  ^bb0(%a: tensor<8xf32>):
    %zero = arith.constant 0.0 : f32
    %0 = linalg.fill ins(%zero : f32) outs(%a : tensor<8xf32>) -> tensor<8xf32>
    kernel.yield %0 : tensor<8xf32>
  }
  return
}
