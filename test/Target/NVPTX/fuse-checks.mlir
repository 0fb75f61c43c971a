// RUN: graphc-opt %s -graphc-nvptx-fuse-checks | FileCheck %s

#id = affine_map<(d0) -> (d0)>
#none = affine_map<(d0) -> ()>
#row = affine_map<(d0, d1) -> (d0)>
#id2 = affine_map<(d0, d1) -> (d0, d1)>

// The gather reads all indices, and checks each; the size that they are compared
// with becomes an input of it.
// CHECK-LABEL: func @embedding
// CHECK-NOT: row
// CHECK: kernel.region "embedding" pointwise ins(%{{.*}}, %{{.*}}, %arg2 : tensor<32x8xf32>, tensor<16xi64>, i64)
// CHECK-NEXT: ^bb0(%{{.*}}, %{{.*}}, %[[SIZE:.*]]: i64, %{{.*}}: tensor<16x8xf32>)
// CHECK: linalg.generic
// CHECK-NEXT: ^bb0(%[[INDEX:.*]]: i64, %{{.*}}: f32)
// CHECK-NEXT: %[[BELOW:.*]] = arith.cmpi slt, %[[INDEX]], %[[SIZE]]
// CHECK-NEXT: kernel.check %[[BELOW]], "index out of range"
// CHECK: return
func.func @embedding(%index: tensor<16xi64>, %table: tensor<32x8xf32>, %size: i64) -> tensor<16x8xf32> {
  %bit = tensor.empty() : tensor<i8>
  %all = kernel.region "check" row ins(%index, %size : tensor<16xi64>, i64) outs(%bit : tensor<i8>) -> tensor<i8> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%i: tensor<16xi64>, %s: i64, %o: tensor<i8>):
    %one = arith.constant 1 : i8
    %e = tensor.empty() : tensor<i8>
    %f = linalg.fill ins(%one : i8) outs(%e : tensor<i8>) -> tensor<i8>
    %r = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction"]} ins(%i : tensor<16xi64>) outs(%f : tensor<i8>) {
    ^bb1(%a: i64, %b: i8):
      %c = arith.trunci %b : i8 to i1
      %d = arith.cmpi slt, %a, %s : i64
      %g = arith.andi %c, %d : i1
      %h = arith.extui %g : i1 to i8
      linalg.yield %h : i8
    } -> tensor<i8>
    kernel.yield %r : tensor<i8>
  }
  %extracted = tensor.extract %all[] : tensor<i8>
  %holds = arith.trunci %extracted : i8 to i1
  kernel.check %holds, "index out of range"
  %empty = tensor.empty() : tensor<16x8xf32>
  %0 = kernel.region "embedding" pointwise ins(%table, %index : tensor<32x8xf32>, tensor<16xi64>) outs(%empty : tensor<16x8xf32>) -> tensor<16x8xf32> attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%t: tensor<32x8xf32>, %i: tensor<16xi64>, %o: tensor<16x8xf32>):
    %e = tensor.empty() : tensor<16x8xf32>
    %r = linalg.generic {indexing_maps = [#row, #id2], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<16xi64>) outs(%e : tensor<16x8xf32>) {
    ^bb1(%a: i64, %b: f32):
      %at = arith.index_cast %a : i64 to index
      %column = linalg.index 1 : index
      %x = tensor.extract %t[%at, %column] : tensor<32x8xf32>
      linalg.yield %x : f32
    } -> tensor<16x8xf32>
    kernel.yield %r : tensor<16x8xf32>
  }
  return %0 : tensor<16x8xf32>
}

// Of what is gathered only a part is yielded: indices that nothing reads would
// not be checked.
// CHECK-LABEL: func @part
// CHECK: kernel.region "check" row
// CHECK: kernel.check
// CHECK: kernel.region "embedding" pointwise
// CHECK-NOT: kernel.check
// CHECK: return
func.func @part(%index: tensor<16xi64>, %table: tensor<32xf32>) -> tensor<4xf32> {
  %bit = tensor.empty() : tensor<i8>
  %all = kernel.region "check" row ins(%index : tensor<16xi64>) outs(%bit : tensor<i8>) -> tensor<i8> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%i: tensor<16xi64>, %o: tensor<i8>):
    %one = arith.constant 1 : i8
    %size = arith.constant 32 : i64
    %e = tensor.empty() : tensor<i8>
    %f = linalg.fill ins(%one : i8) outs(%e : tensor<i8>) -> tensor<i8>
    %r = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction"]} ins(%i : tensor<16xi64>) outs(%f : tensor<i8>) {
    ^bb1(%a: i64, %b: i8):
      %c = arith.trunci %b : i8 to i1
      %d = arith.cmpi slt, %a, %size : i64
      %g = arith.andi %c, %d : i1
      %h = arith.extui %g : i1 to i8
      linalg.yield %h : i8
    } -> tensor<i8>
    kernel.yield %r : tensor<i8>
  }
  %extracted = tensor.extract %all[] : tensor<i8>
  %holds = arith.trunci %extracted : i8 to i1
  kernel.check %holds, "index out of range"
  %empty = tensor.empty() : tensor<4xf32>
  %0 = kernel.region "embedding" pointwise ins(%table, %index : tensor<32xf32>, tensor<16xi64>) outs(%empty : tensor<4xf32>) -> tensor<4xf32> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%t: tensor<32xf32>, %i: tensor<16xi64>, %o: tensor<4xf32>):
    %e = tensor.empty() : tensor<16xf32>
    %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%i : tensor<16xi64>) outs(%e : tensor<16xf32>) {
    ^bb1(%a: i64, %b: f32):
      %at = arith.index_cast %a : i64 to index
      %x = tensor.extract %t[%at] : tensor<32xf32>
      linalg.yield %x : f32
    } -> tensor<16xf32>
    %slice = tensor.extract_slice %r[0] [4] [1] : tensor<16xf32> to tensor<4xf32>
    kernel.yield %slice : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
