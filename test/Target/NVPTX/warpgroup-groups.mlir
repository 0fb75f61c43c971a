// RUN: split-file %s %t
// RUN: graphc-opt %t/rows.mlir --graph-to-device-linalg --linalg-to-device-kernel --kernel-to-device-buffers=chips=sm_90a --nvptx-schedule=chips=sm_90a | FileCheck %s
// RUN: graphc-opt %t/columns.mlir --graph-to-device-linalg --linalg-to-device-kernel --kernel-to-device-buffers=chips=sm_90a --nvptx-schedule=chips=sm_90a | FileCheck %s --check-prefix=COLUMNS

//--- rows.mlir
// Maps are of all rows and of all matrices, so that the host makes them; both
// roles of a block walk over the tiles of all groups.
// CHECK-LABEL: func.func private @kernel_contraction_of_groups(
// CHECK-SAME:    %{{.*}}: memref<4xi32>, %[[X:[a-z0-9]*]]: memref<512x64xbf16>, %[[W:[a-z0-9]*]]: memref<4x64x128xbf16>
// CHECK-NOT:     memref.load
// CHECK-DAG:     kernel.tensor_map %[[X]]
// CHECK-DAG:     kernel.tensor_map %[[W]]
// CHECK:         gpu.launch
// CHECK:           scf.for %[[G:.*]] = %{{.*}} iter_args(%[[FIRST:.*]] = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) -> (i32, i32, i32)
// CHECK:             memref.load
// CHECK:             scf.for %{{.*}} = %[[FIRST]] to
// CHECK:               cp.async.bulk.tensor
// CHECK:           scf.for %{{.*}} = %{{.*}} iter_args(%[[OTHER:.*]] = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) -> (i32, i32, i32)
// CHECK:             memref.load
// CHECK:             scf.for %{{.*}} = %[[OTHER]] to
// CHECK:               wgmma.mma_async
// The last rows of a group are followed by those of the next, which a box would
// reach.
// CHECK:               arith.cmpi ule
// CHECK:         } {graphc.requires = ["warpgroups"]
// CHECK-NOT:     gpu.launch
func.func @main(%x: !graph.tensor<512x64xbf16>, %w: !graph.tensor<4x64x128xbf16>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<512x128xbf16> {
  %y = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<512x64xbf16>, !graph.tensor<4x64x128xbf16>, !graph.tensor<4xi32>) -> !graph.tensor<512x128xbf16>
  return %y : !graph.tensor<512x128xbf16>
}

//--- columns.mlir
// Along its lines a box begins at a whole piece of 16 bytes, a group anywhere.
// COLUMNS-LABEL: func.func private @kernel_contraction_of_groups(
// COLUMNS-NOT:     kernel.tensor_map
// COLUMNS:         nvvm.mma.sync
func.func @main(%w: !graph.tensor<4x128x64xbf16>, %x: !graph.tensor<64x512xbf16>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<128x512xbf16> {
  %y = graph.grouped_matmul %w, %x, %ends : (!graph.tensor<4x128x64xbf16>, !graph.tensor<64x512xbf16>, !graph.tensor<4xi32>) -> !graph.tensor<128x512xbf16>
  return %y : !graph.tensor<128x512xbf16>
}
