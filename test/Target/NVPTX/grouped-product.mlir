// RUN: graphc-opt %s --graph-to-device-linalg --linalg-to-device-kernel --kernel-to-device-buffers=chips=sm_80 --nvptx-schedule=chips=sm_80 | FileCheck %s

// All ends are copied at once, not each where the host has waited for the
// product before it.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %{{[a-z0-9]*}}: memref<50x64xbf16>, %{{[a-z0-9]*}}: memref<4x64x32xbf16>, %[[ENDS:[a-z0-9]*]]: memref<4xi32>
// CHECK:         %[[COPY:.*]] = memref.alloca() : memref<4xi32>
// CHECK:         memref.copy %[[ENDS]], %[[COPY]]
// CHECK:         scf.for %[[GROUP:[a-z0-9]*]] =
// CHECK:           memref.load %[[COPY]][%[[GROUP]]]
// CHECK:           call @[[KERNEL:[a-z0-9_]*]](

// Rows begin anywhere, but where they begin at whole pieces those are copied.
// CHECK:       func.func private @[[KERNEL]](
// CHECK:         %[[IS_WHOLE:.*]] = arith.cmpi eq
// CHECK:         scf.if %[[IS_WHOLE]] {
// CHECK:           gpu.launch
// CHECK:           nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// CHECK:         } else {
// CHECK:           gpu.launch
// CHECK-NOT:       nvvm.cp.async.shared.global {{.*}}, 16,
func.func @main(%x: !graph.tensor<50x64xbf16>, %w: !graph.tensor<4x64x32xbf16>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<50x32xbf16> {
  %y = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<50x64xbf16>, !graph.tensor<4x64x32xbf16>, !graph.tensor<4xi32>) -> !graph.tensor<50x32xbf16>
  return %y : !graph.tensor<50x32xbf16>
}
