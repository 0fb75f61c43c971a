"""Convolutions that warpgroups compute; see numerics.py."""

import math
import sys

from numerics import Case, Constant, Tensor, main, whole_numbers

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


def of_image(channels, size, count, kernel, stride, padding, dilation=None):
    """An image of few channels, some of them not finite."""
    rank = len(size)
    dilation = dilation or [1] * rank
    x = whole_numbers((2, channels, *size), -2, 2, "bfloat16", 1)
    values = list(x.values)
    values[len(values) // 3] = math.inf
    values[2 * len(values) // 3] = math.nan
    x = Tensor(x.shape, values, "bfloat16")
    weights = whole_numbers((count, channels, *kernel), -2, 2, "bfloat16", 2)
    bias = whole_numbers((count,), -3, 3, "bfloat16", 3)
    return Case([x, weights, bias],
                [f"y = {CONV}(x0, x1, x2, {list(stride)}, {list(padding)}, "
                 f"{list(dilation)}, False, {[0] * rank}, 1)", "return (y,)"],
                None, "bfloat16")


def of_constants(channels, size, count, kernel, padding, dtype="bfloat16"):
    """With constant weights, which are stored in panels of 128 columns; a first
    convolution gives the images their layout."""
    x = whole_numbers((2, 16, *size), -2, 2, dtype, 1)
    first = whole_numbers((channels, 16, 1, 1), -1, 1, dtype, 2)
    weights = Constant((count, channels, *kernel), dtype)
    return Case(
        [x, first],
        [f"a = {CONV}(x0, x1, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
         f"y = {CONV}(a, w0, None, [1, 1], {list(padding)}, [1, 1], False, "
         "[0, 0], 1)", "return (y,)"], None, dtype, weights=[weights])


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
    # So deep that several blocks share a tile.
    "split": behind_another(512, (5, 6), 40, (3, 3), (1, 1), (1, 1), (1, 1)),
    # More tiles than blocks, of two warpgroups in turns, and more steps than
    # buffers, of few products each.
    "turns": behind_another(16, (150, 120), 64, (3, 3), (1, 1), (1, 1), (1, 1),
                            ["b = torch.ops.aten.sigmoid.default(y)",
                             "z = torch.ops.aten.add.Tensor(b, y)"]),
    # Padding that the copy engine does not hold goes another way.
    "wide-padding": behind_another(64, (9, 7), 64, (3, 3), (1, 1), (150, 1),
                                   (1, 1)),
    # Lines of windows that overlap.
    "stem": of_image(3, (19, 18), 64, (7, 7), (2, 2), (3, 3)),
    "3-channels": of_image(3, (9, 11), 40, (3, 3), (1, 1), (1, 1)),
    "1-channel": of_image(1, (12, 9), 32, (5, 5), (1, 1), (2, 2)),
    "dilated-lines": of_image(5, (14, 12), 32, (3, 4), (1, 2), (2, 0), (2, 1)),
    "long-lines": of_image(20, (7, 9), 72, (2, 5), (1, 1), (0, 2)),
    "1d": of_image(6, (150,), 64, (9,), (3,), (4,)),
    "3d": of_image(3, (5, 6, 7), 32, (3, 3, 3), (1, 1, 1), (1, 1, 1)),
    # Those that do not are rows of a matrix.
    "patches": of_image(3, (58, 70), 40, (14, 14), (14, 14), (0, 0)),
    "apart": of_image(3, (20, 23), 32, (2, 3), (3, 4), (0, 1)),
    "odd-1x1": of_image(90, (7, 9), 64, (1, 1), (1, 1), (0, 0)),
    # Rows for which tiles of 104 columns would fill the last round of blocks.
    "panels-1x1": of_constants(128, (28, 28), 512, (1, 1), (0, 0)),
    "panels-1x1-half": of_constants(128, (28, 28), 512, (1, 1), (0, 0),
                                    "float16"),
    "panels-3x3": of_constants(64, (9, 7), 200, (3, 3), (1, 1)),
    "panels-3x3-half": of_constants(24, (9, 7), 136, (3, 3), (1, 1), "float16"),
}

sys.exit(main(CASES))
