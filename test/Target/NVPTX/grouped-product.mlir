// RUN: graphc-opt %s --graph-to-device-linalg --linalg-to-device-kernel --kernel-to-device-buffers=chips=sm_80 --nvptx-schedule=chips=sm_80 | FileCheck %s

// The host reads nothing and launches no group by itself.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<50x64xbf16>, %[[W:[a-z0-9]*]]: memref<4x64x32xbf16>, %[[ENDS:[a-z0-9]*]]: memref<4xi32>
// CHECK-NOT:     memref.load
// CHECK-NOT:     scf.for
// CHECK:         gpu.launch
// CHECK:           memref.load %[[ENDS]]
// CHECK:           memref.store %{{.*}} : memref<1xi32>
// CHECK:         call @[[KERNEL:kernel_contraction_of_groups]](
// CHECK:         gpu.launch
// CHECK:         return

// Rows begin anywhere, but always at whole pieces.
// CHECK:       func.func private @[[KERNEL]](
// CHECK-NOT:     gpu.launch
// CHECK:         gpu.launch blocks(%{{.*}}, %{{.*}}, %{{.*}}) in (%{{.*}} = %{{.*}}, %{{.*}}) threads
// CHECK:           scf.for
// CHECK:             memref.load
// CHECK:             memref.load
// CHECK:             scf.for
// CHECK:               nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// CHECK:               nvvm.mma.sync
// CHECK-NOT:       gpu.launch
// CHECK:         return
func.func @main(%x: !graph.tensor<50x64xbf16>, %w: !graph.tensor<4x64x32xbf16>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<50x32xbf16> {
  %y = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<50x64xbf16>, !graph.tensor<4x64x32xbf16>, !graph.tensor<4xi32>) -> !graph.tensor<50x32xbf16>
  return %y : !graph.tensor<50x32xbf16>
}
