// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s

// A block for each row; every element is read once, although two passes need
// it; warps exchange, then one value per warp goes through shared memory.
// CHECK-LABEL: func @softmax
// CHECK: gpu.launch blocks(%{{.*}} = %c64, {{.*}}threads(%{{.*}} = %c512
// CHECK-SAME: workgroup(%{{.*}} : memref<16xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<16xf32
// CHECK-COUNT-2: vector.load {{.*}} vector<4xf32>
// CHECK-NOT: vector.load
// CHECK: vector.reduction <maximumf>
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: memref.store
// CHECK: gpu.barrier
// CHECK-COUNT-4: gpu.shuffle xor
// CHECK: vector.reduction <add>
// CHECK: gpu.barrier
// CHECK-COUNT-2: vector.store
func.func @softmax(%x: memref<64x4096xf32>, %z: memref<64x4096xf32>) {
  kernel.region "softmax" row ins(%x : memref<64x4096xf32>) outs(%z : memref<64x4096xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<64x4096xf32>, %c: tensor<64x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %row = tensor.empty() : tensor<64xf32>
    %full = tensor.empty() : tensor<64x4096xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<64xf32>) -> tensor<64xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<64xf32>) -> tensor<64xf32>
    %max = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x4096xf32>) outs(%init : tensor<64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    %exp = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a, %max : tensor<64x4096xf32>, tensor<64xf32>) outs(%full : tensor<64x4096xf32>) {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %s = math.exp %d : f32
      linalg.yield %s : f32
    } -> tensor<64x4096xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%exp : tensor<64x4096xf32>) outs(%nothing : tensor<64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%exp, %sum : tensor<64x4096xf32>, tensor<64xf32>) outs(%full : tensor<64x4096xf32>) {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %s = arith.divf %e, %m : f32
      linalg.yield %s : f32
    } -> tensor<64x4096xf32>
    kernel.yield %0 : tensor<64x4096xf32>
  }
  return
}

// Four threads for each short row, 32 rows a block; a row that they do not fill
// is padded with what changes nothing.
// CHECK-LABEL: func @short_rows
// CHECK: gpu.launch blocks(%{{.*}} = %c4, {{.*}}threads(%{{.*}} = %c4, %{{.*}} = %c32
// CHECK-NOT: workgroup
// CHECK: %[[IN:.*]] = arith.cmpi ult, %{{.*}}, %c10_i32{{ }}
// CHECK: arith.select %[[IN]]
// CHECK: gpu.shuffle xor
// CHECK-NOT: gpu.barrier
// CHECK: return
func.func @short_rows(%x: memref<100x20xi64>, %z: memref<100xi64>) {
  kernel.region "sum" row ins(%x : memref<100x20xi64>) outs(%z : memref<100xi64>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<100x20xi64>, %c: tensor<100xi64>):
    %zero = arith.constant 0 : i64
    %row = tensor.empty() : tensor<100xi64>
    %init = linalg.fill ins(%zero : i64) outs(%row : tensor<100xi64>) -> tensor<100xi64>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<100x20xi64>) outs(%init : tensor<100xi64>) {
    ^bb1(%e: i64, %g: i64):
      %s = arith.addi %g, %e : i64
      linalg.yield %s : i64
    } -> tensor<100xi64>
    kernel.yield %0 : tensor<100xi64>
  }
  return
}

// Neighbouring rows lie together: a vector of them is shared by the threads
// along y, which meet in shared memory.
// CHECK-LABEL: func @columns
// CHECK: gpu.launch blocks(%{{.*}} = %c8, {{.*}}threads(%{{.*}} = %c32, %{{.*}} = %c32
// CHECK-SAME: workgroup(%{{.*}} : memref<32x32x4xf32
// CHECK: scf.for {{.*}} step %c32
// CHECK: vector.load {{.*}} vector<4xf32>
// CHECK: gpu.barrier
// CHECK-NOT: gpu.shuffle
// CHECK: return
func.func @columns(%x: memref<4096x1024xf32>, %z: memref<1024xf32>) {
  kernel.region "sum" row ins(%x : memref<4096x1024xf32>) outs(%z : memref<1024xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<4096x1024xf32>, %c: tensor<1024xf32>):
    %zero = arith.constant 0.0 : f32
    %row = tensor.empty() : tensor<1024xf32>
    %init = linalg.fill ins(%zero : f32) outs(%row : tensor<1024xf32>) -> tensor<1024xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4096x1024xf32>) outs(%init : tensor<1024xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<1024xf32>
    kernel.yield %0 : tensor<1024xf32>
  }
  return
}

// Rows whose size only the run knows: by vectors, if they are whole, which a few
// threads, a warp or several warps keep in registers, or a loop goes over; else
// the same by single elements.
// CHECK-LABEL: func @open_rows
// CHECK: scf.if
// CHECK: gpu.launch {{.*}} threads(%{{.*}} = %c2, %{{.*}} = %c64, %{{.*}} = %c1)
// CHECK: gpu.launch {{.*}} threads(%{{.*}} = %c8, %{{.*}} = %c16, %{{.*}} = %c1)
// CHECK-NOT: scf.for
// CHECK-COUNT-4: vector.load {{.*}}alignment = 16 : i64{{.*}} vector<4xf32>
// CHECK-NOT: vector.load
// CHECK: gpu.launch {{.*}} threads(%{{.*}} = %c32, %{{.*}} = %c4, %{{.*}} = %c1)
// CHECK-COUNT-4: vector.load {{.*}}alignment = 16 : i64{{.*}} vector<4xf32>
// CHECK: %[[EACH:.*]] = arith.ceildivui %{{.*}}, %c4
// CHECK: %[[WARPS:.*]] = arith.ceildivui %[[EACH]], %c32
// CHECK: %[[THREADS:.*]] = arith.muli %[[WARPS]], %c32
// CHECK: gpu.launch {{.*}} threads(%{{.*}} = %[[THREADS]], %{{.*}} = %c1, %{{.*}} = %c1)
// CHECK: arith.select %{{.*}}, %{{.*}}, %cst{{.*}} : f32
// CHECK: nvvm.maxntid = array<i32: 1024, 1, 1>
// CHECK: gpu.launch {{.*}} threads(%{{.*}} = %c256
// CHECK: scf.for
// CHECK: vector.load
// CHECK: gpu.launch {{.*}} threads(%{{.*}} = %c32, %{{.*}} = %c4, %{{.*}} = %c1)
// CHECK-NOT: vector.load
// CHECK: return
func.func @open_rows(%x: memref<?x?xf32>, %z: memref<?xf32>) {
  kernel.region "sum" row ins(%x : memref<?x?xf32>) outs(%z : memref<?xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<?x?xf32>, %c: tensor<?xf32>):
    %zero = arith.constant 0.0 : f32
    %first = arith.constant 0 : index
    %n = tensor.dim %a, %first : tensor<?x?xf32>
    %row = tensor.empty(%n) : tensor<?xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<?xf32>) -> tensor<?xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<?x?xf32>) outs(%nothing : tensor<?xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<?xf32>
    kernel.yield %sum : tensor<?xf32>
  }
  return
}

// A variance that no registers hold is one pass: the mean, the squares and how
// many there are.
// CHECK-LABEL: func @variance
// CHECK: gpu.launch
// CHECK: scf.for {{.*}} -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, f32)
// CHECK-COUNT-4: vector.load
// CHECK-COUNT-4: arith.subf
// CHECK: arith.divf %{{.*}} fastmath<arcp,afn> : f32
// CHECK: gpu.shuffle
// CHECK-NOT: vector.load
// CHECK: return
func.func @variance(%x: memref<8192x65536xf32>, %z: memref<8192xf32>) {
  kernel.region "var" row ins(%x : memref<8192x65536xf32>) outs(%z : memref<8192xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<8192x65536xf32>, %c: tensor<8192xf32>):
    %zero = arith.constant 0.0 : f32
    %number = arith.constant 65536.0 : f32
    %row = tensor.empty() : tensor<8192xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<8192xf32>) -> tensor<8192xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<8192x65536xf32>) outs(%nothing : tensor<8192xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<8192xf32>
    %mean = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%sum : tensor<8192xf32>) outs(%row : tensor<8192xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.divf %e, %number : f32
      linalg.yield %s : f32
    } -> tensor<8192xf32>
    %squares = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a, %mean : tensor<8192x65536xf32>, tensor<8192xf32>) outs(%nothing : tensor<8192xf32>) {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %q = arith.mulf %d, %d : f32
      %s = arith.addf %g, %q : f32
      linalg.yield %s : f32
    } -> tensor<8192xf32>
    kernel.yield %squares : tensor<8192xf32>
  }
  return
}

// The greatest and the sum of exponentials below it are of one pass over a row
// that registers do not hold: four vectors at once, and one more exponential for
// what came before.
// CHECK-LABEL: func @exponentials
// CHECK: gpu.launch
// CHECK: scf.for {{.*}} -> (vector<4xf32>, vector<4xf32>, vector<4xf32>)
// CHECK-COUNT-4: vector.load
// CHECK-COUNT-5: arith.maxnumf
// CHECK: arith.minnumf
// CHECK-COUNT-5: math.exp
// CHECK: gpu.shuffle
// CHECK-NOT: vector.load
// CHECK: return
func.func @exponentials(%x: memref<8192x65536xf32>, %z: memref<8192xf32>) {
  kernel.region "sum" row ins(%x : memref<8192x65536xf32>) outs(%z : memref<8192xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<8192x65536xf32>, %c: tensor<8192xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %row = tensor.empty() : tensor<8192xf32>
    %whole = tensor.empty() : tensor<8192x65536xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<8192xf32>) -> tensor<8192xf32>
    %least = linalg.fill ins(%lowest : f32) outs(%row : tensor<8192xf32>) -> tensor<8192xf32>
    %most = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<8192x65536xf32>) outs(%least : tensor<8192xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<8192xf32>
    %below = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a, %most : tensor<8192x65536xf32>, tensor<8192xf32>) outs(%whole : tensor<8192x65536xf32>) {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      linalg.yield %d : f32
    } -> tensor<8192x65536xf32>
    %powers = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%below : tensor<8192x65536xf32>) outs(%whole : tensor<8192x65536xf32>) {
    ^bb1(%e: f32, %g: f32):
      %p = math.exp %e : f32
      linalg.yield %p : f32
    } -> tensor<8192x65536xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%powers : tensor<8192x65536xf32>) outs(%nothing : tensor<8192xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<8192xf32>
    kernel.yield %sum : tensor<8192xf32>
  }
  return
}
