"""Products and convolutions in full f32 by threads; see numerics.py.

Operands are small whole numbers, so that sums are exact in any order.
"""

import math
import sys

from numerics import Case, OpenCase, Tensor, main, whole_numbers

ATEN = "torch.ops.aten"
END = "return (y,)"
LAST = [0, 3, 1, 2]


def transposed(tensor):
    return Tensor(tensor.shape[::-1],
                  [value for column in tensor.columns() for value in column])


def multiply(left, right):
    """`right` has a row for each column of the result."""
    return [sum(map(float.__mul__, row, column)) for row in left.rows()
            for column in right.rows()]


def product(layout, m, n, k, chips="sm_80", bias=False):
    """`layout` says of each operand whether its depth is contiguous."""
    left, right = whole_numbers((m, k), seed=0), whole_numbers((n, k), seed=1)
    sums = multiply(left, right)
    lines = [f"y = {ATEN}.mm.default({'x0' if layout[0] == 'k' else 'u'}, "
             f"{'t' if layout[1] == 'k' else 'x1'})", END]
    if layout[1] == "k":
        lines.insert(0, f"t = {ATEN}.permute.default(x1, [1, 0])")
    if layout[0] != "k":
        lines.insert(0, f"u = {ATEN}.permute.default(x0, [1, 0])")
    inputs = [left if layout[0] == "k" else transposed(left),
              right if layout[1] == "k" else transposed(right)]
    if bias:
        offsets = whole_numbers((n,), seed=2)
        sums = [max(0, value + offsets.values[i % n])
                for i, value in enumerate(sums)]
        inputs.append(offsets)
        lines[-1:] = [f"s = {ATEN}.add.Tensor(y, x2)",
                      f"r = {ATEN}.relu.default(s)", "return (r,)"]
    return Case(inputs, lines, [Tensor([m, n], sums)], chips=chips)


def batched(batch, m, n, k):
    left = whole_numbers((batch, m, k), seed=0)
    right = whole_numbers((batch, n, k), seed=1)
    sums = []
    for i in range(batch):
        sums += multiply(Tensor([m, k], left.values[i * m * k:(i + 1) * m * k]),
                         Tensor([n, k], right.values[i * n * k:(i + 1) * n * k]))
    return Case([left, right],
                [f"t = {ATEN}.permute.default(x1, [0, 2, 1])",
                 f"y = {ATEN}.bmm.default(x0, t)", END],
                [Tensor([batch, m, n], sums)], chips="sm_80")


def open_product(*sizes):
    runs = []
    for m, n, k in sizes:
        left, right = whole_numbers((m, k)), whole_numbers((n, k), seed=1)
        runs.append(([left, right], [Tensor([m, n], multiply(left, right))]))
    return OpenCase([["m", "k"], ["n", "k"]],
                    [f"t = {ATEN}.permute.default(x1, [1, 0])",
                     f"y = {ATEN}.mm.default(x0, t)", END], runs,
                    chips="sm_80")


def convolution(shapes, stride, padding, dilation=(1, 1), groups=1, order=None):
    """Expected is what the CPU computes."""
    inputs = [whole_numbers(shape, -3, 3, seed=i)
              for i, shape in enumerate(shapes)]
    lines, source = [], "x0"
    if order:
        lines.append(f"p = {ATEN}.permute.default(x0, {order})")
        source = "p"
    lines.append(f"y = {ATEN}.convolution.default({source}, x1, x2, "
                 f"{list(stride)}, {list(padding)}, {list(dilation)}, False, "
                 f"{[0] * len(stride)}, {groups})")
    return Case(inputs, [*lines, END], None, chips="sm_80")


CASES = {
    # The smallest tile, and those between; whole and ragged ones.
    "depth-depth": product("kk", 40, 72, 104),
    "depth-columns": product("kn", 64, 64, 64),
    "rows-columns": product("mn", 72, 36, 40),
    "rows-depth": product("mk", 33, 68, 100),
    "odd": product("kn", 35, 67, 131),
    "odd-depth": product("kk", 35, 67, 131, bias=True),
    "bias": product("kk", 40, 72, 20, bias=True),
    # Larger tiles, of which there are enough for every multiprocessor.
    "tiles-64x32": product("kk", 200, 520, 36),
    "tiles-64x64": product("kn", 700, 640, 9, bias=True),
    "tiles-64x128": product("mk", 1530, 1150, 3),
    "tiles-128x128": product("kn", 1500, 1801, 3),
    "batched": batched(3, 33, 40, 36),
    "open": open_product((40, 36, 50), (7, 130, 33), (1, 1, 1)),
    "channels-last": convolution([(2, 9, 7, 32), (40, 32, 3, 3), (40,)],
                                 (2, 1), (1, 1), order=LAST),
    "channels-first": convolution([(1, 16, 9, 7), (24, 16, 3, 3), (24,)],
                                  (1, 1), (1, 1)),
    "few-channels": convolution([(1, 3, 13, 11), (20, 3, 5, 5), (20,)],
                                (2, 2), (2, 2)),
    "dilated-groups": convolution([(1, 11, 9, 16), (24, 8, 3, 3), (24,)],
                                  (1, 2), (2, 2), (2, 2), 2, LAST),
    "pointwise": convolution([(2, 8, 6, 48), (36, 48, 1, 1), (36,)],
                             (1, 1), (0, 0), order=LAST),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
