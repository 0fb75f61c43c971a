// RUN: graphc-opt %s -split-input-file -graphc-nvptx-launch-groups=chips=sm_80 -canonicalize -cse | FileCheck %s

// Blocks stay and walk over the tiles of all groups, of which each begins with
// the block at which the one before has ended.
// CHECK-LABEL: @tiles_of_all_groups(
// CHECK-SAME:    %[[ENDS:.*]]: memref<6xi32>, %[[OUT:.*]]: memref<?xf32>
// CHECK-DAG:   %[[BLOCKS:.*]] = arith.constant 864 : index
// CHECK:       gpu.launch blocks(%[[B:.*]], %{{.*}}, %{{.*}}) in (%{{.*}} = %[[BLOCKS]], {{.*}}
// CHECK:         %[[BLOCK:.*]] = arith.index_cast %[[B]] : index to i32
// CHECK:         scf.for %[[G:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[FIRST:.*]] = %[[BLOCK]]) -> (i32)
// CHECK:           memref.load %[[ENDS]][%[[G]]]
// CHECK:           %[[TILES:.*]] = arith.index_cast %{{.*}} : index to i32
// CHECK:           %[[LEFT:.*]] = arith.subi %[[TILES]], %[[FIRST]] : i32
// CHECK:           scf.for %[[T:.*]] = %[[FIRST]] to %[[TILES]] step %{{.*}} : i32 {
// CHECK:             arith.index_cast %[[T]] : i32 to index
// CHECK:             memref.store %{{.*}}, %[[OUT]]
// CHECK:             gpu.barrier
// CHECK:           scf.yield
// CHECK-NOT:   gpu.launch
func.func @tiles_of_all_groups(%ends: memref<6xi32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %c16 = arith.constant 16 : index
  %c128 = arith.constant 128 : index
  %zero = arith.constant 0.0 : f32
  scf.for %g = %c0 to %c6 step %c1 {
    %end = memref.load %ends[%g] : memref<6xi32>
    %count = arith.index_cast %end : i32 to index
    %tiles = arith.ceildivui %count, %c16 : index
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %tiles, %gy = %c1, %gz = %c1)
               threads(%tx, %ty, %tz) in (%sx = %c128, %sy = %c1, %sz = %c1) {
      %at = arith.muli %bx, %c16 : index
      memref.store %zero, %out[%at] : memref<?xf32>
      gpu.barrier
      gpu.terminator
    }
  } {graphc.groups}
  return
}

// -----

// What groups decide is found on the device, what they do not by the host.
// CHECK-LABEL: @conditions(
// CHECK-SAME:    %[[ENDS:.*]]: memref<6xi32>, %{{.*}}: memref<?xf32>, %[[ALL:.*]]: i1
// CHECK:       scf.if %[[ALL]] {
// CHECK:         gpu.launch
// CHECK:           memref.load %[[ENDS]]
// CHECK:           %[[ODD:.*]] = arith.cmpi ne
// CHECK:           arith.select %[[ODD]]
// CHECK-NOT:   scf.if
// CHECK-NOT:   gpu.launch
func.func @conditions(%ends: memref<6xi32>, %out: memref<?xf32>, %all: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c6 = arith.constant 6 : index
  %c32 = arith.constant 32 : index
  %zero = arith.constant 0.0 : f32
  scf.for %g = %c0 to %c6 step %c1 {
    %end = memref.load %ends[%g] : memref<6xi32>
    %count = arith.index_cast %end : i32 to index
    %rest = arith.remui %count, %c2 : index
    %odd = arith.cmpi ne, %rest, %c0 : index
    scf.if %all {
      scf.if %odd {
        gpu.launch blocks(%bx, %by, %bz) in (%gx = %count, %gy = %c1, %gz = %c1)
                   threads(%tx, %ty, %tz) in (%sx = %c32, %sy = %c1, %sz = %c1) {
          memref.store %zero, %out[%bx] : memref<?xf32>
          gpu.terminator
        }
      }
    }
  } {graphc.groups}
  return
}

// -----

// A loop in the launch keeps what it carries from group to group; what is
// outside of it happens once.
// CHECK-LABEL: @tiles_that_are_walked(
// CHECK:       gpu.launch
// CHECK:         nvvm.barrier0
// CHECK:         scf.for {{.*}} iter_args(%[[FIRST:.*]] = %{{.*}}, %[[SUM:.*]] = %{{.*}}) -> (i32, f32)
// CHECK:           scf.for {{.*}} = %[[FIRST]] to {{.*}} iter_args(%{{.*}} = %[[SUM]])
// CHECK-NOT:   graphc.tiles
func.func @tiles_that_are_walked(%ends: memref<6xi32>, %out: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %c32 = arith.constant 32 : index
  %one = arith.constant 1.0 : f32
  scf.for %g = %c0 to %c6 step %c1 {
    %end = memref.load %ends[%g] : memref<6xi32>
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c32, %gy = %c1, %gz = %c1)
               threads(%tx, %ty, %tz) in (%sx = %c32, %sy = %c1, %sz = %c1) {
      nvvm.barrier0
      %first = arith.index_cast %bx : index to i32
      %step = arith.index_cast %gx : index to i32
      %tiles = arith.addi %end, %step : i32
      %sum = scf.for %tile = %first to %tiles step %step iter_args(%s = %one) -> (f32) : i32 {
        %next = arith.addf %s, %one : f32
        scf.yield %next : f32
      } {graphc.tiles}
      memref.store %sum, %out[%bx] : memref<?xf32>
      gpu.terminator
    }
  } {graphc.groups}
  return
}

// -----

// Control: what the host alone can do stays with it.
// CHECK-LABEL: @host_only(
// CHECK:       scf.for
// CHECK:         memref.store
// CHECK:         gpu.launch
// CHECK:       } {graphc.groups}
func.func @host_only(%ends: memref<6xi32>, %out: memref<?xf32>, %other: memref<6xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %zero = arith.constant 0.0 : f32
  scf.for %g = %c0 to %c6 step %c1 {
    %end = memref.load %ends[%g] : memref<6xi32>
    %count = arith.index_cast %end : i32 to index
    memref.store %end, %other[%g] : memref<6xi32>
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %count, %gy = %c1, %gz = %c1)
               threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
      memref.store %zero, %out[%bx] : memref<?xf32>
      gpu.terminator
    }
  } {graphc.groups}
  return
}

// -----

// Control: nor is what a launch takes by value of the group.
// CHECK-LABEL: @map_of_a_group(
// CHECK:       scf.for
// CHECK:         kernel.tensor_map
// CHECK:         gpu.launch
// CHECK:       } {graphc.groups}
func.func @map_of_a_group(%ends: memref<6xi32>, %x: memref<512x256xbf16>, %out: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %c256 = arith.constant 256 : index
  scf.for %g = %c0 to %c6 step %c1 {
    %end = memref.load %ends[%g] : memref<6xi32>
    %count = arith.index_cast %end : i32 to index
    %map = kernel.tensor_map %x[%c0] sizes(%c256, %count) strides(%c256) box [64, 128] swizzle 128 : memref<512x256xbf16> -> !llvm.ptr
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %count, %gy = %c1, %gz = %c1)
               threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
      %bits = llvm.ptrtoint %map : !llvm.ptr to i64
      memref.store %bits, %out[%bx] : memref<?xi64>
      gpu.terminator
    }
  } {graphc.groups}
  return
}
