// RUN: graphc-opt %s -graphc-nvptx-launch-loops -canonicalize | FileCheck %s

// Independent iterations are threads.
// CHECK-LABEL: func @parallel
// CHECK: gpu.launch blocks(%{{.*}} = %c8
// CHECK-NOT: scf.for
// CHECK: arith.remui
// CHECK: memref.store
// CHECK-NOT: graphc.parallel
func.func @parallel(%x: memref<64x32xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  %m = arith.constant 32 : index
  %v = arith.constant 1.0 : f32
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %m step %c1 {
      memref.store %v, %x[%i, %j] : memref<64x32xf32>
    }
  } {graphc.parallel = 2 : i64}
  return
}

// The order of others matters: one thread runs them all.
// CHECK-LABEL: func @serial
// CHECK: gpu.launch blocks(%{{.*}} = %c1{{[,_ ]}}
// CHECK: scf.if
// CHECK: scf.for
// CHECK: memref.load
func.func @serial(%x: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  scf.for %i = %c1 to %n step %c1 {
    %before = arith.subi %i, %c1 : index
    %v = memref.load %x[%before] : memref<64xf32>
    memref.store %v, %x[%i] : memref<64xf32>
  }
  return
}

// A loop around kernels is the host's.
// CHECK-LABEL: func @control
// CHECK: scf.for
// CHECK-NEXT: func.call @step
// CHECK-NOT: gpu.launch
// CHECK: return
func.func private @step(memref<64xf32>)
func.func @control(%x: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  scf.for %i = %c0 to %n step %c1 {
    func.call @step(%x) : (memref<64xf32>) -> ()
  }
  return
}

// What only a branch on the device asks for is read there: the host would have
// to wait for it.
// CHECK-LABEL: func @check
// CHECK-NOT: memref.load
// CHECK: gpu.launch
// CHECK: memref.load %arg0
// CHECK: memref.store {{.*}}, %arg1
func.func @check(%flag: memref<i8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
  %v = memref.load %flag[] : memref<i8>
  %bit = arith.trunci %v : i8 to i1
  scf.if %bit {
    %c0 = arith.constant 0 : index
    %one = arith.constant 1 : i32
    memref.store %one, %status[%c0] : memref<1xi32>
  }
  return
}

// What the host asks for, too, it reads itself, and then it knows what a check
// of that comes to.
// CHECK-LABEL: func @used_by_host
// CHECK-NOT: gpu.launch
// CHECK: memref.load %arg0
// CHECK: scf.if
// CHECK-NEXT: memref.store {{.*}}, %arg1
// CHECK: return
func.func @used_by_host(%flag: memref<i8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %v = memref.load %flag[] : memref<i8>
  %bit = arith.trunci %v : i8 to i1
  scf.if %bit {
    %one = arith.constant 1 : i32
    memref.store %one, %status[%c0] : memref<1xi32>
  }
  %wide = arith.extui %v : i8 to i64
  memref.store %wide, %symbols[%c0] : memref<?xi64>
  return
}

// Of sizes it knows anyway. A vector of the program's own is not the status.
// CHECK-LABEL: func @sizes
// CHECK: %[[NONE:.*]] = arith.cmpi eq, %arg0, %c0
// CHECK-NEXT: scf.if %[[NONE]] {
// CHECK-NEXT: memref.store {{.*}}, %arg2
// CHECK-NEXT: }
// CHECK-NEXT: gpu.launch
// CHECK: memref.store {{.*}}, %arg1
// CHECK: gpu.terminator
func.func @sizes(%size: index, %own: memref<1xi32>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1 : i32
  %none = arith.cmpi eq, %size, %c0 : index
  scf.if %none {
    memref.store %one, %status[%c0] : memref<1xi32>
  }
  scf.if %none {
    memref.store %one, %own[%c0] : memref<1xi32>
  }
  return
}

// The threads of a block share a cumulative sum: each has four neighbours, warps
// exchange, and what is behind a tile is carried.
// CHECK-LABEL: func @scan
// CHECK: gpu.launch blocks({{.*}} = %c7{{.*}}threads({{.*}} = %c256
// CHECK-SAME: workgroup(%[[WARPS:.*]] : memref<8xf64
// CHECK: scf.for %{{.*}} = %c0 to %c3000 step %c1024 iter_args(%[[BEHIND:.*]] = %{{.*}}) -> (f64)
// CHECK-COUNT-4: memref.load %arg0
// CHECK: gpu.shuffle up
// CHECK: memref.store %{{.*}}, %[[WARPS]]
// CHECK: gpu.barrier
// CHECK: arith.addf %[[BEHIND]]
// CHECK: memref.store %{{.*}}, %arg1
// CHECK: gpu.barrier
// CHECK: scf.yield
func.func @scan(%x: memref<7x3000xf32>, %z: memref<7x3000xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %n = arith.constant 3000 : index
  %zero = arith.constant 0.0 : f64
  scf.for %i = %c0 to %c7 step %c1 {
    %0 = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %zero) -> (f64) {
      %v = memref.load %x[%i, %j] : memref<7x3000xf32>
      %wide = arith.extf %v : f32 to f64
      %next = arith.addf %sum, %wide : f64
      %narrow = arith.truncf %next : f64 to f32
      memref.store %narrow, %z[%i, %j] : memref<7x3000xf32>
      scf.yield %next : f64
    }
  } {graphc.parallel = 1 : i64}
  return
}

// Where a part of a row begins is read in front of the loop; what the loop came
// to is stored by the thread that has the last element, or by the first one.
// CHECK-LABEL: func @parts
// CHECK: gpu.launch blocks({{.*}} = %c4{{[,_ ]}}
// CHECK: %[[FIRST:.*]] = memref.load %arg1
// CHECK: scf.for %{{.*}} = %[[FIRST]] to %c3000 step %c1024
// CHECK-COUNT-4: memref.load %arg0
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK: scf.if
// CHECK: memref.store %{{.*}}, %arg2
// CHECK: scf.yield
// CHECK: %[[EMPTY:.*]] = arith.cmpi sge, %[[FIRST]], %c3000
// CHECK: arith.andi %[[EMPTY]]
// CHECK: memref.store %{{.*}}, %arg2
func.func @parts(%x: memref<3000xi64>, %first: memref<4xindex>, %z: memref<4xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %n = arith.constant 3000 : index
  %zero = arith.constant 0 : i64
  scf.for %i = %c0 to %c4 step %c1 {
    %begin = memref.load %first[%i] : memref<4xindex>
    %0 = scf.for %j = %begin to %n step %c1 iter_args(%sum = %zero) -> (i64) {
      %v = memref.load %x[%j] : memref<3000xi64>
      %next = arith.addi %sum, %v : i64
      scf.yield %next : i64
    }
    memref.store %0, %z[%i] : memref<4xi64>
  } {graphc.parallel = 1 : i64}
  return
}

// What is read in front of a loop must not be what the loop stores.
// CHECK-LABEL: func @stores_what_is_read
// CHECK-NOT: gpu.shuffle
// CHECK: return
func.func @stores_what_is_read(%x: memref<3000xi64>, %z: memref<3000xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %n = arith.constant 3000 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %start = memref.load %z[%i] : memref<3000xi64>
    %0 = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %start) -> (i64) {
      %v = memref.load %x[%j] : memref<3000xi64>
      %next = arith.addi %sum, %v : i64
      memref.store %next, %z[%j] : memref<3000xi64>
      scf.yield %next : i64
    }
  } {graphc.parallel = 1 : i64}
  return
}

// In place, one iteration may read what another one wrote: one thread a row.
// CHECK-LABEL: func @in_place
// CHECK-NOT: gpu.shuffle
// CHECK: return
func.func @in_place(%x: memref<7x3000xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %n = arith.constant 3000 : index
  %zero = arith.constant 0.0 : f32
  scf.for %i = %c0 to %c7 step %c1 {
    %0 = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %zero) -> (f32) {
      %v = memref.load %x[%i, %j] : memref<7x3000xf32>
      %next = arith.addf %sum, %v : f32
      memref.store %next, %x[%i, %j] : memref<7x3000xf32>
      scf.yield %next : f32
    }
  } {graphc.parallel = 1 : i64}
  return
}

// What no kernel took of linalg: independent iterations are threads, too.
// CHECK-LABEL: func @left_over
// CHECK: gpu.launch blocks({{.*}} = %c8{{.*}}threads({{.*}} = %c256
// CHECK-NOT: scf.for
// CHECK: return
func.func @left_over(%z: memref<64x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%z : memref<64x32xf32>)
  return
}

// A loop that ran once is gone; its store is of the device all the same.
// CHECK-LABEL: func @once
// CHECK-NOT: memref.{{load|store}}
// CHECK: gpu.launch
// CHECK: memref.load
// CHECK: memref.store
func.func @once(%x: memref<f32>, %y: memref<f32>, %symbols: memref<?xi64>) {
  %0 = memref.load %x[] : memref<f32>
  %1 = arith.addf %0, %0 : f32
  memref.store %1, %y[] : memref<f32>
  return
}

// Nor does what is left of it wait for the host, whatever reads are before it.
// CHECK-LABEL: func @reads
// CHECK-NOT: memref.{{load|store}}
// CHECK: gpu.launch
// CHECK: scf.while
// CHECK: memref.store
func.func @reads(%x: memref<8xf32>, %y: memref<f32>, %symbols: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %0:2 = scf.while (%sum = %zero, %i = %c0) : (f32, index) -> (f32, index) {
    %e = memref.load %x[%i] : memref<8xf32>
    %more = arith.cmpf ogt, %e, %sum : f32
    scf.condition(%more) %sum, %i : f32, index
  } do {
  ^bb0(%sum: f32, %i: index):
    %next = arith.addi %i, %c1 : index
    %e = memref.load %x[%i] : memref<8xf32>
    scf.yield %e, %next : f32, index
  }
  memref.store %0#0, %y[] : memref<f32>
  return
}

// Updates of integers that come in any order are the memory's to combine.
// CHECK-LABEL: func @updates
// CHECK: gpu.launch blocks(%{{.*}} = %c4{{[,_ ]}}
// CHECK: memref.load %arg1
// CHECK-NOT: memref.load %arg0
// CHECK: llvm.atomicrmw max %{{.*}}, %{{.*}} syncscope("device") monotonic : !llvm.ptr<1>, i64
// CHECK-NOT: memref.store
// CHECK-NOT: graphc.atomic
// CHECK: return
func.func @updates(%x: memref<64xi64>, %at: memref<1000xindex>, %v: memref<1000xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 1000 : index
  scf.for %i = %c0 to %n step %c1 {
    %place = memref.load %at[%i] : memref<1000xindex>
    %value = memref.load %v[%i] : memref<1000xi64>
    %old = memref.load %x[%place] : memref<64xi64>
    %new = arith.maxsi %old, %value : i64
    memref.store %new, %x[%place] : memref<64xi64>
  } {graphc.parallel = 1 : i64, graphc.atomic}
  return
}

// What memory does not know is one thread's.
// CHECK-LABEL: func @unknown_updates
// CHECK: gpu.launch blocks(%{{.*}} = %c1{{[,_ ]}}
// CHECK: scf.for
// CHECK: arith.muli
// CHECK: memref.store
func.func @unknown_updates(%x: memref<64xi64>, %at: memref<1000xindex>, %v: memref<1000xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 1000 : index
  scf.for %i = %c0 to %n step %c1 {
    %place = memref.load %at[%i] : memref<1000xindex>
    %value = memref.load %v[%i] : memref<1000xi64>
    %old = memref.load %x[%place] : memref<64xi64>
    %new = arith.muli %old, %value : i64
    memref.store %new, %x[%place] : memref<64xi64>
  } {graphc.parallel = 1 : i64, graphc.atomic}
  return
}
