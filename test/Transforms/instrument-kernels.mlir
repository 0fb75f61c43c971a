// RUN: graphc-opt %s --split-input-file --graphc-instrument-kernels | FileCheck %s

// A kernel is watched from both sides, with what it moves and computes at the
// sizes of the call; the table says what it is in the model.

// CHECK:       kernel.table = [{form = "pointwise", module = "layer.0", name = "kernel_relu", nodes = ["add", "relu"],
// CHECK-SAME:    operands = [{node = "x", type = memref<?x4xf32>}, {node = "relu", type = memref<?x4xf32>, written}], source = "model.py:7"},
// CHECK-SAME:    {form = "loops", name = "loops_cumsum", nodes = ["cumsum"],
// CHECK-SAME:    operands = [{type = memref<?x4xf32>}, {node = "cumsum", type = memref<?x4xf32>, written}]}
// CHECK-LABEL: func.func @main
// CHECK-SAME:    %[[X:.*]]: memref<?x4xf32>, %[[Y:.*]]: memref<?x4xf32>
// CHECK:         %[[ROWS:.*]] = memref.dim %[[X]]
// CHECK:         %[[BYTES:.*]] = arith.addi
// CHECK:         kernel.observe 0 bytes %[[BYTES]] flops %[[FLOPS:.*]] on %[[X]], %[[Y]]
// CHECK-NEXT:    call @kernel_relu(%[[X]], %[[Y]])
// CHECK-NEXT:    kernel.observe 0 done bytes %[[BYTES]] flops %[[FLOPS]] on %[[X]], %[[Y]]
// CHECK:         %[[UNKNOWN:.*]] = arith.constant -1
// CHECK:         kernel.observe 1 bytes %[[UNKNOWN]]
// CHECK-NEXT:    scf.for
// CHECK:         kernel.observe 1 done
// CHECK-NOT:     kernel.observe
func.func @main(%x: memref<?x4xf32>, %y: memref<?x4xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  call @kernel_relu(%x, %y) : (memref<?x4xf32>, memref<?x4xf32>) -> () loc(fused["add"(fused<"layer.0">["model.py":7:0]), "relu"])
  scf.for %i = %c0 to %n step %c1 {
    %0 = memref.load %y[%i, %c0] : memref<?x4xf32>
    memref.store %0, %x[%i, %c0] : memref<?x4xf32>
  } loc("cumsum")
  return
}
func.func private @kernel_relu(%x: memref<?x4xf32>, %y: memref<?x4xf32>) {
  kernel.region "relu" pointwise ins(%x : memref<?x4xf32>) outs(%y : memref<?x4xf32>) {
  ^bb0(%a: tensor<?x4xf32> loc("x"), %b: tensor<?x4xf32>):
    %zero = arith.constant 0.0 : f32
    %0 = linalg.generic {
        indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
        iterator_types = ["parallel", "parallel"]}
        ins(%a : tensor<?x4xf32>) outs(%b : tensor<?x4xf32>) {
    ^bb1(%u: f32, %old: f32):
      %1 = arith.addf %u, %u : f32
      %2 = arith.maximumf %1, %zero : f32
      linalg.yield %2 : f32
    } -> tensor<?x4xf32> loc("relu")
    kernel.yield %0 : tensor<?x4xf32>
  }
  return
}

// -----

// Kernels in loops are watched at every call. What only one kernel sees holds
// no value of the program; a shared function's operands have no one node.

// CHECK:       kernel.table = [{form = "copy", name = "kernel_copy",
// CHECK-SAME:    operands = [{type = memref<4xf32>}, {node = "b", type = memref<4xf32>, written}]}, {form = "copy"
// CHECK-LABEL: func.func @main
// CHECK:         kernel.observe 0
// CHECK:         scf.for
// CHECK:           kernel.observe 1 bytes
// CHECK-NEXT:      func.call @kernel_copy
// CHECK-NEXT:      kernel.observe 1 done
// CHECK:         kernel.observe 2 bytes {{.*}} on %{{[a-z0-9]+}} : memref<4xf32>
// CHECK-NEXT:    call @kernel_copy
func.func @main(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<?xi8>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  call @kernel_copy(%x, %y) : (memref<4xf32>, memref<4xf32>) -> () loc("b")
  scf.for %i = %c0 to %n step %c1 {
    func.call @kernel_copy(%x, %y) : (memref<4xf32>, memref<4xf32>) -> () loc("c")
  }
  %scratch = memref.view %arena[%c0][] : memref<?xi8> to memref<4xf32>
  call @kernel_copy(%x, %scratch) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}
func.func private @kernel_copy(%x: memref<4xf32>, %y: memref<4xf32>) {
  kernel.region "copy" pointwise ins(%x : memref<4xf32>) outs(%y : memref<4xf32>) {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %0 = linalg.generic {
        indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
        iterator_types = ["parallel"]}
        ins(%a : tensor<4xf32>) outs(%b : tensor<4xf32>) {
    ^bb1(%u: f32, %old: f32):
      linalg.yield %u : f32
    } -> tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  return
}
