"""Prints a module that makes 70 buffers one after the other, each of a size of
its own."""

COUNT = 70

arguments = ", ".join(f"%s{i}: index" for i in range(COUNT))
print(f"func.func @main({arguments}) {{")
print("  %c0 = arith.constant 0 : index")
print("  %one = arith.constant 1.0 : f32")
for i in range(COUNT):
    print(f"  %b{i} = memref.alloc(%s{i}) : memref<?xf32>")
    print(f"  memref.store %one, %b{i}[%c0] : memref<?xf32>")
print("  return")
print("}")
