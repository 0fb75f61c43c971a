"""Convolutions of each channel by itself; see numerics.py."""

import sys

from numerics import Case, main, whole_numbers

CONV = "torch.ops.aten.convolution.default"


def depthwise(channels, size, kernel, stride, padding, dilation, dtype):
    x = whole_numbers((2, channels, *size), -3, 3, dtype, 1)
    weights = whole_numbers((channels, 1, *kernel), -3, 3, dtype, 2)
    bias = whole_numbers((channels,), -3, 3, dtype, 3)
    return Case(
        [x, weights, bias],
        [f"y = {CONV}(x0, x1, x2, {list(stride)}, {list(padding)}, "
         f"{list(dilation)}, False, {[0] * len(size)}, {channels})",
         "z = torch.ops.aten.relu.default(y)", "return (z,)"], None, dtype)


CASES = {
    "7x7": depthwise(8, (11, 9), (7, 7), (1, 1), (3, 3), (1, 1), "bfloat16"),
    "strided": depthwise(12, (12, 17), (3, 3), (2, 2), (1, 1), (1, 1),
                         "float32"),
    "dilated": depthwise(4, (12, 13), (3, 3), (1, 1), (2, 2), (2, 2),
                         "float32"),
    "narrow": depthwise(4, (9, 3), (3, 3), (1, 1), (1, 1), (1, 1), "float16"),
    "odd-channels": depthwise(7, (9, 8), (3, 3), (1, 1), (1, 1), (1, 1),
                              "float32"),
    "line": depthwise(8, (41,), (5,), (2,), (2,), (1,), "float32"),
    "volume": depthwise(4, (4, 5, 6), (3, 3, 3), (1, 1, 1), (1, 1, 1),
                        (1, 1, 1), "float32"),
}

sys.exit(main(CASES))
