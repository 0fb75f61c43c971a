"""Products of groups whose sizes are data: one launch for all of them, which a
graph can hold."""

import random
import struct

from capture import capture, replay
from emulated import *


def pack(code, values):
    return struct.pack(f"<{len(values)}{code}", *values)


def product(x, w, ends):
    rows, begin = [], 0
    for end, matrix in zip(ends, w):
        rows += [[sum(a * b for a, b in zip(row, column))
                  for column in zip(*matrix)] for row in x[begin:end]]
        begin = max(begin, end)
    return sum(rows, []) + [0] * (4 * (24 - len(rows)))


def check(name, library):
    count = int(name.split("_")[1])
    numbers = random.Random(count)
    x = [[numbers.randint(-4, 4) for _ in range(8)] for _ in range(24)]
    w = [[[numbers.randint(-4, 4) for _ in range(4)] for _ in range(8)]
         for _ in range(count)]
    def draw():
        return sorted(numbers.randint(0, 24) for _ in range(count))
    stream, ends = make_stream(), draw()
    inputs = [Value("float32", [24, 8], [8, 1], pack("f", sum(x, []))),
              Value("float32", [count, 8, 4], [32, 4, 1],
                    pack("f", [v for matrix in w for row in matrix
                               for v in row])),
              Value("int64", [count], [1], pack("q", ends))]
    inputs = [value.on(0) for value in inputs]
    context = Context(library, stream=stream, graphs=False)
    outputs = context.make_outputs(inputs, 0)
    def agrees():
        return outputs[0].bytes() == pack("f", product(x, w, ends))
    def run():
        assert context.run(inputs, outputs) == 0, context.error()
    before = calls("cuLaunchKernelEx"), calls("cuStreamSynchronize")
    run()
    launches = calls("cuLaunchKernelEx") - before[0]
    waits = calls("cuStreamSynchronize") - before[1]
    assert library.synchronize(context.context) == 0, context.error()
    print(f"{name}: {launches} launches, {waits} waits, "
          f"{'agrees' if agrees() else 'differs'}")
    graph = capture(stream, 0, run)
    for _ in range(3):
        ends = draw()
        inputs[2].write(pack("q", ends))
        outputs[0].write(b"\xee" * outputs[0].size)
        replay(graph, stream)
        assert library.synchronize(context.context) == 0, context.error()
        print(f"{name} replayed: {'agrees' if agrees() else 'differs'}")
    for wrong in ([9, 8] + [24] * (count - 2), [-1] + [24] * (count - 1),
                  [0] * (count - 1) + [2 ** 40]):
        inputs[2].write(pack("q", wrong))
        replay(graph, stream)
        print(f"{name} replayed: {library.synchronize(context.context)} "
              f"{context.error()}")
    context.close()
    with Current():
        call("cuGraphExecDestroy", graph)
        call("cuStreamDestroy_v2", stream)
    for value in inputs + outputs:
        value.free()


for name, library in modules().items():
    check(name, library)
print("left:", live())
