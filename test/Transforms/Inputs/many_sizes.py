"""Prints a module of buffers of COUNT sizes of their own, as ORDER says: made
and used one after the other (`behind`), all at the same time (`beside`), or one
buffer that has them all (`within`)."""

import sys

order, count = sys.argv[1], int(sys.argv[2])


def alloc(name, sizes):
    kind = f"memref<{'?x' * len(sizes)}f32>"
    zeros = ", ".join(["%c0"] * len(sizes))
    return (f"  %{name} = memref.alloc({', '.join(sizes)}) : {kind}",
            f"  memref.store %one, %{name}[{zeros}] : {kind}")


names = [f"%s{i}" for i in range(count)]
if order == "within":
    lines = [*alloc("b", names)]
else:
    pairs = [alloc(f"b{i}", [name]) for i, name in enumerate(names)]
    lines = ([line for pair in pairs for line in pair] if order == "behind"
             else [line for part in zip(*pairs) for line in part])
print(f"func.func @main({', '.join(f'{name}: index' for name in names)}) {{")
print("  %c0 = arith.constant 0 : index")
print("  %one = arith.constant 1.0 : f32")
print(*lines, "  return", "}", sep="\n")
