// RUN: graphc-opt %s --convert-graph-to-linalg=device=true --canonicalize --split-input-file | FileCheck %s

// The dimension to sort along is the last of a matrix.
// CHECK-LABEL: func @sort
// CHECK: %[[MOVED:.*]] = linalg.generic
// CHECK: tensor.collapse_shape %[[MOVED]] {{.*}} : tensor<2x3x8xf32> into tensor<6x8xf32>
// CHECK: kernel.sort %{{.*}} outs({{.*}}) : tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xi64>
func.func @sort(%a: !graph.tensor<2x8x3xf32>) -> !graph.tensor<2x8x3xf32> {
  %v, %i = graph.sort %a dim 1 : (!graph.tensor<2x8x3xf32>) -> (!graph.tensor<2x8x3xf32>, !graph.tensor<2x8x3xi64>)
  return %v : !graph.tensor<2x8x3xf32>
}

// -----

// CHECK-LABEL: func @topk
// CHECK-NOT: linalg
// CHECK: kernel.sort descending %{{.*}} outs({{.*}}) : tensor<4x8xf32>, tensor<4x2xf32>, tensor<4x2xi64>
func.func @topk(%a: !graph.tensor<4x8xf32>) -> !graph.tensor<4x2xf32> {
  %v, %i = graph.topk %a k 2 dim 1 {largest, sorted} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x2xf32>, !graph.tensor<4x2xi64>)
  return %v : !graph.tensor<4x2xf32>
}

// -----

// Floats that were narrow are sorted as such.
// CHECK-LABEL: func @sort_widened
// CHECK: %[[SORTED:.*]]:2 = kernel.sort %{{.*}} : tensor<4x8xbf16>, tensor<4x8xbf16>, tensor<4x8xi64>
// CHECK: linalg.generic {{.*}} ins(%[[SORTED]]#0 : tensor<4x8xbf16>) outs(%{{.*}} : tensor<4x8xf32>)
func.func @sort_widened(%a: !graph.tensor<4x8xbf16>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>) {
  %x = graph.cast %a to f32 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xf32>
  %v, %i = graph.sort %x dim 1 : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>)
  return %v, %i : !graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>
}

// -----

// Updates are sorted by their places; the first of those of one place adds them
// all.
// CHECK-LABEL: func @accumulate
// CHECK: %[[SORTED:.*]]:2 = kernel.sort %{{.*}} : tensor<1x100xi16>, tensor<1x100xi16>, tensor<1x100xi64>
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.if
// CHECK: scf.while
// CHECK: arith.addf
// CHECK: tensor.insert
// CHECK: {graphc.parallel = 2 : i64}
func.func @accumulate(%a: !graph.tensor<40x17xf32>, %i: !graph.tensor<100xi64>, %v: !graph.tensor<100x17xf32>) -> !graph.tensor<40x17xf32> {
  %0 = graph.index_put %v into %a[%i] dims [0] accumulate : (!graph.tensor<40x17xf32>, !graph.tensor<100xi64>, !graph.tensor<100x17xf32>) -> !graph.tensor<40x17xf32>
  return %0 : !graph.tensor<40x17xf32>
}

// -----

// One update has nothing to be sorted with.
// CHECK-LABEL: func @one
// CHECK-NOT: kernel.sort
// CHECK: {graphc.parallel
func.func @one(%a: !graph.tensor<40x17xf32>, %i: !graph.tensor<1xi64>, %v: !graph.tensor<1x17xf32>) -> !graph.tensor<40x17xf32> {
  %0 = graph.index_put %v into %a[%i] dims [0] : (!graph.tensor<40x17xf32>, !graph.tensor<1xi64>, !graph.tensor<1x17xf32>) -> !graph.tensor<40x17xf32>
  return %0 : !graph.tensor<40x17xf32>
}

// -----

// Few long rows are scanned in parts: what each comes to, what is before each,
// and the parts themselves. Parts are multiples of what threads share.
// CHECK-LABEL: func @long_scan
// CHECK: scf.for %{{.*}} to %c5{{[_ ]}}
// CHECK: scf.for %{{.*}} to %c2{{[_ ]}}
// CHECK: arith.muli %{{.*}}, %c4096
// CHECK: scf.for {{.*}} -> (f64)
// CHECK: } {graphc.scan}
// CHECK: } {graphc.parallel = 2 : i64}
// CHECK: scf.for %{{.*}} to %c2{{[_ ]}}
// CHECK: scf.for %{{.*}} to %c5{{[_ ]}}
// CHECK: } {graphc.scan}
// CHECK: scf.for %{{.*}} to %c5{{[_ ]}}
// CHECK: arith.select
// CHECK: scf.for
// CHECK: } {graphc.scan}
// CHECK-NOT: graphc.scan
func.func @long_scan(%x: !graph.tensor<2x20000xf32>) -> !graph.tensor<2x20000xf32> {
  %0 = graph.scan sum %x dim 1 : (!graph.tensor<2x20000xf32>) -> !graph.tensor<2x20000xf32>
  return %0 : !graph.tensor<2x20000xf32>
}

// -----

// Many rows are not.
// CHECK-LABEL: func @many_scans
// CHECK: graphc.scan
// CHECK-NOT: graphc.scan
// CHECK: return
func.func @many_scans(%x: !graph.tensor<200x20000xf32>) -> !graph.tensor<200x20000xf32> {
  %0 = graph.scan sum %x dim 1 : (!graph.tensor<200x20000xf32>) -> !graph.tensor<200x20000xf32>
  return %0 : !graph.tensor<200x20000xf32>
}

// -----

// Integers are added up in any order.
// CHECK-LABEL: func @whole_numbers
// CHECK-NOT: kernel.sort
// CHECK: arith.addi
// CHECK: tensor.insert
// CHECK: graphc.atomic, graphc.parallel = 2 : i64
// CHECK: return
func.func @whole_numbers(%a: !graph.tensor<40x17xi64>, %i: !graph.tensor<100xi64>, %v: !graph.tensor<100x17xi64>) -> !graph.tensor<40x17xi64> {
  %0 = graph.index_put %v into %a[%i] dims [0] accumulate : (!graph.tensor<40x17xi64>, !graph.tensor<100xi64>, !graph.tensor<100x17xi64>) -> !graph.tensor<40x17xi64>
  return %0 : !graph.tensor<40x17xi64>
}

// -----

// Of many updates each row looks for the last one of its own.
// CHECK-LABEL: func @many_updates
// CHECK-NOT: kernel.sort
// CHECK: %[[LAST:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}) -> (tensor<40xi32>)
// CHECK: arith.maxsi
// CHECK: graphc.atomic
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<40x17xf32>)
// CHECK: tensor.extract %[[LAST]]
// CHECK: arith.select
func.func @many_updates(%a: !graph.tensor<40x17xf32>, %i: !graph.tensor<10xi64>, %v: !graph.tensor<10x17xf32>) -> !graph.tensor<40x17xf32> {
  %0 = graph.index_put %v into %a[%i] dims [0] : (!graph.tensor<40x17xf32>, !graph.tensor<10xi64>, !graph.tensor<10x17xf32>) -> !graph.tensor<40x17xf32>
  return %0 : !graph.tensor<40x17xf32>
}

// -----

// CHECK-LABEL: func @few_updates
// CHECK: kernel.sort
func.func @few_updates(%a: !graph.tensor<44x17xf32>, %i: !graph.tensor<10xi64>, %v: !graph.tensor<10x17xf32>) -> !graph.tensor<44x17xf32> {
  %0 = graph.index_put %v into %a[%i] dims [0] : (!graph.tensor<44x17xf32>, !graph.tensor<10xi64>, !graph.tensor<10x17xf32>) -> !graph.tensor<44x17xf32>
  return %0 : !graph.tensor<44x17xf32>
}
