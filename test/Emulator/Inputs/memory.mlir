// One thread reads four numbers at once of what all were given and of shared
// memory, stores one there and reads one more, wherever the second input says;
// then all hand their numbers on, in reverse. They also look, without waiting, at
// what a thread so far before them was given, which changes nothing if it is
// there.
module @memory attributes {graph.signature = {constraints = [], inputs = [{argument = 0 : i64, kind = "tensor", name = "x", role = "user", type = !graph.tensor<64xf32>}, {argument = 1 : i64, kind = "tensor", name = "where", role = "user", type = !graph.tensor<5xi64>}], model = "memory", mutations = [], outputs = [{kind = "tensor", name = "out", result = 0 : i64, role = "user", type = !graph.tensor<64xf32>}], symbols = []}, kernel.arena_size = #graph.expr<0>, kernel.checks = [], kernel.stage = "nvptx-schedule"} {
  func.func @main(%arg0: memref<64xf32>, %arg1: memref<5xi64>, %arg2: memref<64xf32>, %arg3: memref<?xi8>, %arg4: memref<?xi8>, %arg5: memref<1xi32>, %arg6: memref<?xi64>) {
    call @kernel_out(%arg0, %arg1, %arg2) : (memref<64xf32>, memref<5xi64>, memref<64xf32>) -> ()
    return
  }
  func.func private @kernel_out(%x: memref<64xf32>, %where: memref<5xi64>, %out: memref<64xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c4 = arith.constant 4 : index
    %c63 = arith.constant 63 : index
    %c64 = arith.constant 64 : index
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c64, %sy = %c1, %sz = %c1) workgroup(%own : memref<64xf32, #gpu.address_space<workgroup>>, %early : memref<64xf32, #gpu.address_space<workgroup>>) {
      %0 = memref.load %x[%tx] : memref<64xf32>
      memref.store %0, %own[%tx] : memref<64xf32, #gpu.address_space<workgroup>>
      memref.store %0, %early[%tx] : memref<64xf32, #gpu.address_space<workgroup>>
      %e = memref.load %where[%c4] : memref<5xi64>
      %distance = arith.index_cast %e : i64 to index
      %before = arith.subi %tx, %distance : index
      %place = arith.maxsi %before, %c0 : index
      %seen = memref.load %early[%place] : memref<64xf32, #gpu.address_space<workgroup>>
      %told = memref.load %x[%place] : memref<64xf32>
      %nothing = arith.subf %seen, %told : f32
      gpu.barrier
      %first = arith.cmpi eq, %tx, %c0 : index
      scf.if %first {
        %a = memref.load %where[%c0] : memref<5xi64>
        %b = memref.load %where[%c1] : memref<5xi64>
        %c = memref.load %where[%c2] : memref<5xi64>
        %d = memref.load %where[%c3] : memref<5xi64>
        %i = arith.index_cast %a : i64 to index
        %j = arith.index_cast %b : i64 to index
        %k = arith.index_cast %c : i64 to index
        %l = arith.index_cast %d : i64 to index
        %given = vector.load %x[%i] {alignment = 16 : i64} : memref<64xf32>, vector<4xf32>
        %shared = vector.load %own[%j] {alignment = 16 : i64} : memref<64xf32, #gpu.address_space<workgroup>>, vector<4xf32>
        %more = memref.load %x[%l] : memref<64xf32>
        %sum = arith.addf %given, %shared : vector<4xf32>
        %four = vector.reduction <add>, %sum : vector<4xf32> into f32
        %all = arith.addf %four, %more : f32
        memref.store %all, %own[%k] : memref<64xf32, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %other = arith.subi %c63, %tx : index
      %1 = memref.load %own[%other] : memref<64xf32, #gpu.address_space<workgroup>>
      %2 = arith.addf %1, %nothing : f32
      memref.store %2, %out[%tx] : memref<64xf32>
      gpu.terminator
    }
    return
  }
}
