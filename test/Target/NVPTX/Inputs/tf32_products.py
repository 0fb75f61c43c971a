"""Products and convolutions of f32 that may be rounded to tf32; see numerics.py.

Of each product one operand needs more than tf32's 10 bits and is rounded to the
nearest; the other has small whole numbers, so that sums are exact in any order.
Ties go away from zero, but to even where the copy engine rounds: for warpgroups.
"""

import math
import random
import sys

from numerics import Case, Tensor, main, whole_numbers

ATEN = "torch.ops.aten"
MM = f"y = {ATEN}.mm.default"
T = f"t = {ATEN}.permute.default(x1, [1, 0])"
U = f"u = {ATEN}.permute.default(x0, [1, 0])"
END = "return (y,)"
LAST = [0, 3, 1, 2]


def fine_numbers(shape, seed):
    """From 1 to 2 and of either sign, with 12 bits behind the point."""
    generator = random.Random(seed)
    return Tensor(shape, [generator.choice((-1, 1)) *
                          (1 + generator.randrange(4096) / 4096)
                          for _ in range(math.prod(shape))])


def away_from_zero(value):
    return math.copysign(math.floor(abs(value) + 0.5), value)


def rounded(tensor, nearest):
    return Tensor(tensor.shape,
                  [nearest(value * 1024) / 1024 for value in tensor.values])


def transposed(tensor):
    return Tensor(tensor.shape[::-1],
                  [value for column in tensor.columns() for value in column])


def product(layout, m, n, k, chips, isLeftFine, nearest=away_from_zero):
    """`layout` says of each operand whether its depth is contiguous."""
    make = [whole_numbers, fine_numbers]
    left = make[isLeftFine]((m, k), seed=0)
    right = make[not isLeftFine]((n, k), seed=1)
    expected = Tensor([m, n], [sum(map(float.__mul__, row, column))
                               for row in rounded(left, nearest).rows()
                               for column in rounded(right, nearest).rows()])
    if layout[0] != "k":
        left = transposed(left)
    if layout[1] != "k":
        right = transposed(right)
    lines = [f"{MM}({'x0' if layout[0] == 'k' else 'u'}, "
             f"{'t' if layout[1] == 'k' else 'x1'})", END]
    if layout[1] == "k":
        lines.insert(0, T)
    if layout[0] != "k":
        lines.insert(0, U)
    return Case([left, right], lines, [expected], chips=chips,
                options=["--allow-tf32"])


def convolution(shapes, chips, order=None):
    """Expected is what the CPU computes of whole numbers."""
    inputs = [whole_numbers(shape, -3, 3, seed=i)
              for i, shape in enumerate(shapes)]
    lines, source = [], "x0"
    if order:
        lines.append(f"p = {ATEN}.permute.default(x0, {order})")
        source = "p"
    lines.append(f"y = {ATEN}.convolution.default({source}, x1, x2, [2, 1], "
                 "[1, 1], [1, 1], False, [0, 0], 1)")
    return Case(inputs, [*lines, END], None, chips=chips,
                options=["--allow-tf32"])


OLD, NEW = "sm_80", "sm_90a"
CASES = {
    "depth-depth": product("kk", 67, 72, 104, OLD, True),
    "depth-columns": product("kn", 40, 136, 72, OLD, False),
    "rows-columns": product("mn", 72, 36, 40, OLD, True),
    "odd": product("kn", 35, 67, 131, OLD, False),
    # Few rows: pieces along the depth, and along the columns.
    "one-row": product("kk", 1, 100, 520, OLD, False),
    "five-rows": product("kn", 5, 136, 260, OLD, True),
    "sixteen-rows": product("kn", 16, 264, 200, OLD, False),
    "many-columns": product("kn", 5, 3448, 40, OLD, True),
    "three-rows-odd": product("kn", 3, 77, 131, OLD, False),
    "warpgroups": product("kk", 136, 200, 72, NEW, True, round),
    "warpgroups-right": product("kk", 64, 136, 100, NEW, False, round),
    "warpgroups-columns": product("kn", 40, 72, 64, NEW, True),
    "channels-last": convolution([(2, 9, 7, 32), (40, 32, 3, 3), (40,)], OLD,
                                 LAST),
    "channels-first": convolution([(1, 16, 9, 7), (24, 16, 3, 3), (24,)], OLD),
    "warpgroups-windows": convolution([(2, 9, 7, 64), (40, 64, 3, 3), (40,)],
                                      NEW, LAST),
}

sys.exit(main(CASES))
