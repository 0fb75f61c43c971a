// RUN: graphc-opt %s -graphc-nvptx-fuse-updates -canonicalize -cse | FileCheck %s

#id = affine_map<(d0) -> (d0)>
#none = affine_map<(d0) -> ()>

// Places and values are computed where they are used, and places are checked
// there.
// CHECK-LABEL: func @histogram
// CHECK-NOT: linalg.generic
// CHECK: scf.for
// CHECK: %[[X:.*]] = tensor.extract %arg0
// CHECK: %[[BIN:.*]] = arith.fptosi %[[X]]
// CHECK: %[[BELOW:.*]] = arith.cmpi ult, %[[BIN]]
// CHECK: kernel.check %[[BELOW]], "index out of range" moved
// CHECK: %[[OLD:.*]] = tensor.extract %{{.*}}[%{{.*}}] : tensor<10xi64>
// CHECK: %[[IS_INSIDE:.*]] = arith.cmpf ole, %[[X]]
// CHECK: %[[ONE:.*]] = arith.extui %[[IS_INSIDE]] : i1 to i64
// CHECK: arith.addi %[[OLD]], %[[ONE]]
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @histogram(%x: tensor<64xf32>, %counts: tensor<10xi64>) -> tensor<10xi64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %c10 = arith.constant 10 : i64
  %last = arith.constant 9 : i64
  %high = arith.constant 9.0 : f32
  %one = arith.constant 1 : i8
  %e = tensor.empty() : tensor<64xi64>
  %bin = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xi64>) {
  ^bb0(%a: f32, %o: i64):
    %b = arith.fptosi %a : f32 to i64
    linalg.yield %b : i64
  } -> tensor<64xi64>
  %value = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xi64>) {
  ^bb0(%a: f32, %o: i64):
    %b = arith.cmpf ole, %a, %high : f32
    %c = arith.extui %b : i1 to i64
    linalg.yield %c : i64
  } -> tensor<64xi64>
  %bit = tensor.empty() : tensor<i8>
  %true = linalg.fill ins(%one : i8) outs(%bit : tensor<i8>) -> tensor<i8>
  %all = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction"]} ins(%bin : tensor<64xi64>) outs(%true : tensor<i8>) {
  ^bb0(%a: i64, %o: i8):
    %s = arith.trunci %o : i8 to i1
    %b = arith.cmpi ult, %a, %c10 : i64
    %c = arith.andi %s, %b : i1
    %d = arith.extui %c : i1 to i8
    linalg.yield %d : i8
  } -> tensor<i8>
  %read = tensor.extract %all[] : tensor<i8>
  %holds = arith.trunci %read : i8 to i1
  kernel.check %holds, "index out of range"
  %0 = scf.for %i = %c0 to %c64 step %c1 iter_args(%into = %counts) -> (tensor<10xi64>) {
    %b = tensor.extract %bin[%i] : tensor<64xi64>
    %inside = arith.minui %b, %last : i64
    %place = arith.index_cast %inside : i64 to index
    %old = tensor.extract %into[%place] : tensor<10xi64>
    %v = tensor.extract %value[%i] : tensor<64xi64>
    %sum = arith.addi %old, %v : i64
    %next = tensor.insert %sum into %into[%place] : tensor<10xi64>
    scf.yield %next : tensor<10xi64>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  return %0 : tensor<10xi64>
}

// What others read, too, is computed once. Loops in order keep what they have.
// CHECK-LABEL: func @shared
// CHECK: %[[BIN:.*]] = linalg.generic
// CHECK: scf.for
// CHECK-NEXT: tensor.extract %[[BIN]]
func.func @shared(%x: tensor<64xf32>, %counts: tensor<64xi64>) -> (tensor<64xi64>, tensor<64xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %one = arith.constant 1 : i64
  %e = tensor.empty() : tensor<64xi64>
  %bin = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xi64>) {
  ^bb0(%a: f32, %o: i64):
    %b = arith.fptosi %a : f32 to i64
    linalg.yield %b : i64
  } -> tensor<64xi64>
  %0 = scf.for %i = %c0 to %c64 step %c1 iter_args(%into = %counts) -> (tensor<64xi64>) {
    %b = tensor.extract %bin[%i] : tensor<64xi64>
    %place = arith.index_cast %b : i64 to index
    %old = tensor.extract %into[%place] : tensor<64xi64>
    %sum = arith.addi %old, %one : i64
    %next = tensor.insert %sum into %into[%place] : tensor<64xi64>
    scf.yield %next : tensor<64xi64>
  } {graphc.atomic, graphc.parallel = 1 : i64}
  return %0, %bin : tensor<64xi64>, tensor<64xi64>
}

// One element for all columns of an update is computed once for them.
// CHECK-LABEL: func @columns
// CHECK: %[[PLACE:.*]] = linalg.generic
// CHECK: scf.for
// CHECK: scf.for
// CHECK-NEXT: tensor.extract %[[PLACE]]
func.func @columns(%x: tensor<64xf32>, %counts: tensor<8x8xi64>) -> tensor<8x8xi64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c64 = arith.constant 64 : index
  %one = arith.constant 1 : i64
  %e = tensor.empty() : tensor<64xi64>
  %bin = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<64xi64>) {
  ^bb0(%a: f32, %o: i64):
    %b = arith.fptosi %a : f32 to i64
    linalg.yield %b : i64
  } -> tensor<64xi64>
  %0 = scf.for %i = %c0 to %c64 step %c1 iter_args(%rows = %counts) -> (tensor<8x8xi64>) {
    %1 = scf.for %j = %c0 to %c8 step %c1 iter_args(%into = %rows) -> (tensor<8x8xi64>) {
      %b = tensor.extract %bin[%i] : tensor<64xi64>
      %place = arith.index_cast %b : i64 to index
      %old = tensor.extract %into[%place, %j] : tensor<8x8xi64>
      %sum = arith.addi %old, %one : i64
      %next = tensor.insert %sum into %into[%place, %j] : tensor<8x8xi64>
      scf.yield %next : tensor<8x8xi64>
    }
    scf.yield %1 : tensor<8x8xi64>
  } {graphc.atomic, graphc.parallel = 2 : i64}
  return %0 : tensor<8x8xi64>
}
