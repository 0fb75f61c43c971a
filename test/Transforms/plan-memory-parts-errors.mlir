// RUN: graphc-opt %s --graphc-plan-memory --verify-diagnostics

// What is left of a whole is most where the part is least, which is not known.
func.func @main(%sizes: memref<4xi64>, %y: memref<18xf32>) {
  %c0 = arith.constant 0 : index
  %c18 = arith.constant 18 : index
  %wide = memref.load %sizes[%c0] : memref<4xi64>
  %size = arith.index_cast %wide : i64 to index
  %part = arith.minsi %size, %c18 : index
  %rest = arith.subi %c18, %part : index
  // expected-error @+1 {{needs a buffer whose size depends on data: 'memref<?xf32>'}}
  %buffer = memref.alloc(%rest) : memref<?xf32>
  %to = memref.subview %y[0] [%rest] [1] : memref<18xf32> to memref<?xf32, strided<[1]>>
  memref.copy %buffer, %to : memref<?xf32> to memref<?xf32, strided<[1]>>
  return
}
