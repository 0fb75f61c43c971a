// RUN: graphc-opt %s -graphc-nvptx-launch-loops -canonicalize -cse | FileCheck %s

// Blocks count in shared memory, each lane in a copy of its own; several
// elements are read at once. Whether 1 is added is a branch, as hardware counts
// the lanes that add a known 1 to the same counter.
// CHECK-LABEL: func @counts
// CHECK: gpu.launch blocks({{.*}} = %c1024{{[,_ ]}}{{.*}}threads({{.*}} = %c256
// CHECK-SAME: workgroup(%[[SHARED:.*]] : memref<800xi32, #gpu.address_space<workgroup>>)
// CHECK: memref.store %{{.*}}, %[[SHARED]]
// CHECK: gpu.barrier
// CHECK: scf.for %{{.*}} = %{{.*}} to %c262144
// CHECK: vector.load %arg0[%{{.*}}] {alignment = 16 : i64} : memref<1048576xf32>, vector<4xf32>
// CHECK-COUNT-4: llvm.atomicrmw add %{{.*}}, %c1_i32 syncscope("block") monotonic : !llvm.ptr<3>, i32
// CHECK: gpu.barrier
// CHECK: %[[SUM:.*]] = scf.for {{.*}} to %c8
// CHECK: memref.load %[[SHARED]]
// CHECK: arith.cmpi ne, %[[SUM]]
// CHECK: %[[WIDE:.*]] = arith.extsi %[[SUM]] : i32 to i64
// CHECK: llvm.atomicrmw add %{{.*}}, %[[WIDE]] syncscope("device") monotonic : !llvm.ptr<1>, i64
// CHECK-NOT: gpu.launch
// CHECK: return
func.func @counts(%x: memref<1048576xf32>, %counts: memref<100xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 1048576 : index
  %low = arith.constant 0.0 : f32
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %x[%i] : memref<1048576xf32>
    %bin = arith.fptosi %v : f32 to i64
    %place = arith.index_cast %bin : i64 to index
    %inside = arith.cmpf oge, %v, %low : f32
    %one = arith.extui %inside : i1 to i64
    %old = memref.load %counts[%place] : memref<100xi64>
    %sum = arith.addi %old, %one : i64
    memref.store %sum, %counts[%place] : memref<100xi64>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  return
}

// Where the number of counters shows at run time, the host chooses.
// CHECK-LABEL: func @open
// CHECK: %[[SIZE:.*]] = memref.dim %arg1
// CHECK: %[[FEW:.*]] = arith.cmpi ule, %[[SIZE]], %c8192
// CHECK: %[[WORTH:.*]] = arith.andi %{{.*}}, %[[FEW]]
// CHECK: scf.if %[[WORTH]]
// CHECK: memref<8192xi32, #gpu.address_space<workgroup>>
// CHECK: !llvm.ptr<3>
// CHECK: } else {
// CHECK: gpu.launch
// CHECK-NOT: !llvm.ptr<3>
// CHECK: !llvm.ptr<1>
// CHECK: return
func.func @open(%x: memref<?xi64>, %counts: memref<?xi64>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1 : i64
  scf.for %i = %c0 to %n step %c1 {
    %bin = memref.load %x[%i] : memref<?xi64>
    %place = arith.index_cast %bin : i64 to index
    %old = memref.load %counts[%place] : memref<?xi64>
    %sum = arith.addi %old, %one : i64
    memref.store %sum, %counts[%place] : memref<?xi64>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  return
}

// A few thousand elements, such as choices of experts, are few blocks.
// CHECK-LABEL: func @experts
// CHECK: gpu.launch blocks({{.*}} = %c4{{[,_ ]}}
// CHECK-SAME: memref<512xi32, #gpu.address_space<workgroup>>
func.func @experts(%x: memref<4096xi64>, %counts: memref<64xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 4096 : index
  %one = arith.constant 1 : i32
  scf.for %i = %c0 to %n step %c1 {
    %bin = memref.load %x[%i] : memref<4096xi64>
    %place = arith.index_cast %bin : i64 to index
    %old = memref.load %counts[%place] : memref<64xi32>
    %sum = arith.addi %old, %one : i32
    memref.store %sum, %counts[%place] : memref<64xi32>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  return
}

// Not where sums may leave 32 bits.
// CHECK-LABEL: func @large
// CHECK: gpu.launch
// CHECK-NOT: !llvm.ptr<3>
// CHECK: !llvm.ptr<1>
// CHECK: return
func.func @large(%x: memref<4096xi64>, %y: memref<4096xi64>, %counts: memref<64xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 4096 : index
  scf.for %i = %c0 to %n step %c1 {
    %bin = memref.load %x[%i] : memref<4096xi64>
    %place = arith.index_cast %bin : i64 to index
    %value = memref.load %y[%i] : memref<4096xi64>
    %old = memref.load %counts[%place] : memref<64xi64>
    %sum = arith.addi %old, %value : i64
    memref.store %sum, %counts[%place] : memref<64xi64>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  return
}

// Nor for more counters than a block has room for, or hardly more updates than
// counters.
// CHECK-LABEL: func @others
// CHECK-NOT: !llvm.ptr<3>
// CHECK: return
func.func @others(%x: memref<65536xi64>, %many: memref<16384xi64>, %most: memref<12288xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 65536 : index
  %few = arith.constant 40000 : index
  %one = arith.constant 1 : i64
  scf.for %i = %c0 to %n step %c1 {
    %bin = memref.load %x[%i] : memref<65536xi64>
    %place = arith.index_cast %bin : i64 to index
    %old = memref.load %many[%place] : memref<16384xi64>
    %sum = arith.addi %old, %one : i64
    memref.store %sum, %many[%place] : memref<16384xi64>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  scf.for %i = %c0 to %few step %c1 {
    %bin = memref.load %x[%i] : memref<65536xi64>
    %place = arith.index_cast %bin : i64 to index
    %old = memref.load %most[%place] : memref<12288xi64>
    %sum = arith.addi %old, %one : i64
    memref.store %sum, %most[%place] : memref<12288xi64>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  return
}
