"""Products and convolutions by mma.sync, for the oldest chip; see numerics.py.

Expected is what the same program gives on the CPU: sums of small whole numbers
are exact in any order, and rounded once.
"""

import sys

from numerics import Case, main, whole_numbers

ATEN = "torch.ops.aten"
MM = f"y = {ATEN}.mm.default"
T = f"t = {ATEN}.permute.default(x1, [1, 0])"
U = f"u = {ATEN}.permute.default(x0, [1, 0])"
END = "return (y,)"


def numbers(shape, seed, dtype="bfloat16"):
    return whole_numbers(shape, -3, 3, dtype, seed)


def case(shapes, lines, dtype="bfloat16"):
    inputs = [numbers(shape, i, dtype) for i, shape in enumerate(shapes)]
    return Case(inputs, [*lines, END], None, dtype, chips="sm_80")


def convolution(shapes, stride, padding, dilation, groups, order=None,
                dtype="bfloat16"):
    """`order` makes the first input of one that lies in memory in another."""
    lines, source = [], "x0"
    if order:
        lines.append(f"p = {ATEN}.permute.default(x0, {order})")
        source = "p"
    rank = len(stride)
    lines.append(f"c = {ATEN}.convolution.default({source}, x1, x2, {stride}, "
                 f"{padding}, {dilation}, False, {[0] * rank}, {groups})")
    lines.append(f"y = {ATEN}.relu.default(c)")
    return case(shapes, lines, dtype)


LAST = [0, 3, 1, 2]
CASES = {
    # Operands along the depth, and across it.
    "depth-depth": case([(130, 72), (136, 72)], [T, f"{MM}(x0, t)"]),
    "depth-columns": case([(130, 72), (72, 136)], [f"{MM}(x0, x1)"]),
    "rows-depth": case([(72, 136), (104, 72)], [T, U, f"{MM}(u, t)"]),
    "rows-columns": case([(72, 136), (72, 104)], [U, f"{MM}(u, x1)"]),
    "half": case([(72, 64), (64, 64)], [T, f"{MM}(x0, t)"], "float16"),
    # Pieces that cross an end: copied in fours of bytes, or not copied at all.
    "even": case([(67, 130), (130, 34)], [f"{MM}(x0, x1)"]),
    "odd": case([(67, 131), (131, 35)], [f"{MM}(x0, x1)"]),
    "odd-depth": case([(67, 131), (35, 131)], [T, f"{MM}(x0, t)"]),
    # More steps than stages.
    "deep": case([(40, 1040), (72, 1040)], [T, f"{MM}(x0, t)"]),
    "computed": case([(40, 64), (72, 64)],
                     [f"r = {ATEN}.relu.default(x0)",
                      f"s = {ATEN}.neg.default(x1)",
                      f"t = {ATEN}.permute.default(s, [1, 0])",
                      f"{MM}(r, t)"]),
    "batched": case([(3, 40, 72), (3, 72, 64)],
                    [f"y = {ATEN}.bmm.default(x0, x1)"]),
    "fused": case([(40, 64), (64, 72), (72,), (40, 72)],
                  [f"m = {ATEN}.addmm.default(x2, x0, x1)",
                   f"r = {ATEN}.relu.default(m)",
                   f"y = {ATEN}.add.Tensor(r, x3)"]),
    # Few rows or few columns.
    "one-row": case([(1, 512), (136, 512)], [T, f"{MM}(x0, t)"]),
    "one-row-across": case([(1, 512), (512, 136)], [f"{MM}(x0, x1)"]),
    "five-rows": case([(5, 520), (100, 520)], [T, f"{MM}(x0, t)"]),
    "sixteen-rows": case([(16, 200), (200, 264)], [f"{MM}(x0, x1)"]),
    # Enough columns for two groups in each warp.
    "groups-of-columns": case([(13, 72), (3450, 72)], [T, f"{MM}(x0, t)"]),
    # Enough for pieces of 16 bytes across the depth.
    "many-columns-across": case([(9, 40), (40, 6904)], [f"{MM}(x0, x1)"]),
    "three-rows-odd": case([(3, 131), (77, 131)], [T, f"{MM}(x0, t)"]),
    "two-columns": case([(136, 264), (264, 2)], [f"{MM}(x0, x1)"]),
    "vector": case([(136, 264), (264,)], [f"y = {ATEN}.mv.default(x0, x1)"]),
    "batch-of-vectors": case([(6, 1, 128), (6, 128, 72)],
                             [f"y = {ATEN}.bmm.default(x0, x1)"]),
    # Windows: channels inside or outside of them in memory.
    "channels-last": convolution([(2, 9, 7, 64), (40, 64, 3, 3), (40,)],
                                 [2, 1], [1, 1], [1, 1], 1, LAST),
    "channels-first": convolution([(2, 32, 9, 7), (40, 32, 3, 3), (40,)],
                                  [1, 1], [1, 0], [1, 1], 1),
    "dilated": convolution([(1, 9, 11, 32), (24, 32, 3, 3), (24,)],
                           [1, 1], [2, 2], [2, 2], 1, LAST),
    "groups": convolution([(1, 8, 8, 64), (64, 16, 3, 3), (64,)],
                          [1, 1], [1, 1], [1, 1], 4, LAST),
    "depthwise": convolution([(1, 8, 8, 24), (24, 1, 3, 3), (24,)],
                             [1, 1], [1, 1], [1, 1], 24, LAST),
    "few-channels": convolution([(1, 20, 20, 3), (24, 3, 7, 7), (24,)],
                                [2, 2], [3, 3], [1, 1], 1, LAST),
    "points": convolution([(2, 5, 7, 64), (72, 64, 1, 1), (72,)],
                          [1, 1], [0, 0], [1, 1], 1, LAST, "float16"),
    "line": convolution([(2, 16, 50), (24, 16, 5), (24,)], [1], [2], [1], 1),
    "volume": convolution([(1, 16, 4, 5, 6), (24, 16, 3, 3, 3), (24,)],
                          [1, 1, 1], [1, 1, 1], [1, 1, 1], 1),
}

sys.exit(main(CASES))
