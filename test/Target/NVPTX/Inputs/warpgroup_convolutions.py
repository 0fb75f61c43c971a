"""Convolutions that warpgroups compute; see numerics.py."""

import sys

from numerics import Case, main, whole_numbers

CONV = "torch.ops.aten.convolution.default"


def behind_another(channels, size, count, kernel, stride, padding, dilation,
                   more=()):
    """A first convolution gives the images their layout."""
    weights = whole_numbers((count, channels, *kernel), -2, 2, "bfloat16", 1)
    x = whole_numbers((2, 32, *size), -2, 2, "bfloat16", 2)
    first = whole_numbers((channels, 32, 1, 1), -1, 1, "bfloat16", 3)
    bias = whole_numbers((count,), -3, 3, "bfloat16", 4)
    return Case(
        [x, first, weights, bias],
        [f"a = {CONV}(x0, x1, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
         f"y = {CONV}(a, x2, x3, {list(stride)}, {list(padding)}, "
         f"{list(dilation)}, False, [0, 0], 1)", *more,
         "return (z,)" if more else "return (y,)"], None, "bfloat16")


CASES = {
    "3x3": behind_another(64, (9, 7), 64, (3, 3), (1, 1), (1, 1), (1, 1)),
    "strided": behind_another(64, (12, 9), 72, (3, 3), (2, 2), (1, 1), (1, 1)),
    "1x1": behind_another(72, (9, 7), 136, (1, 1), (1, 1), (0, 0), (1, 1)),
    "1x1-strided": behind_another(64, (9, 8), 64, (1, 1), (2, 2), (0, 0),
                                  (1, 1)),
    "dilated": behind_another(64, (12, 10), 64, (3, 3), (1, 1), (2, 2), (2, 2)),
    "oblong": behind_another(40, (10, 13), 64, (1, 5), (1, 2), (0, 2), (1, 1)),
    "fused": behind_another(
        64, (9, 7), 64, (3, 3), (1, 1), (1, 1), (1, 1),
        ["b = torch.ops.aten.add.Tensor(y, a)",
         "z = torch.ops.aten.relu.default(b)"]),
    # Padding that the copy engine does not hold goes another way.
    "wide-padding": behind_another(64, (9, 7), 64, (3, 3), (1, 1), (150, 1),
                                   (1, 1)),
}

sys.exit(main(CASES))
