"""Convolutions of groups of channels, and of images in either order; see numerics.py."""

import copy
import math
import sys

from numerics import CODES, Case, Constant, Tensor, main, strides_of, whole_numbers

CONV = "torch.ops.aten.convolution.default"


def convolution(result, image, weights, bias, groups, stride, padding,
                dilation=None):
    rank = len(stride)
    return (f"{result} = {CONV}({image}, {weights}, {bias}, {list(stride)}, "
            f"{list(padding)}, {list(dilation or [1] * rank)}, False, "
            f"{[0] * rank}, {groups})")


def in_groups(groups, channels, count, size, kernel, stride=None, padding=None,
              dilation=None, dtype="bfloat16", more=("z = torch.ops.aten.neg.default(y)",)):
    """`channels` to `count` in each group, behind a convolution that gives the
    image `a` its layout; the result is `z`."""
    rank = len(size)
    stride, padding = stride or [1] * rank, padding or [0] * rank
    x = whole_numbers((2, 16, *size), -2, 2, dtype, 1)
    first = whole_numbers((groups * channels, 16, *[1] * rank), -1, 1, dtype, 2)
    weights = whole_numbers((groups * count, channels, *kernel), -2, 2, dtype, 3)
    bias = whole_numbers((groups * count,), -3, 3, dtype, 4)
    return Case(
        [x, first, weights, bias],
        [convolution("a", "x0", "x1", None, 1, [1] * rank, [0] * rank),
         convolution("y", "a", "x2", "x3", groups, stride, padding, dilation),
         *more, "return (z,)"], None, dtype)


def of_constants(groups, channels, count, size, dtype="bfloat16"):
    """Weights that are constants, and so lie in panels."""
    x = whole_numbers((2, 16, *size), -2, 2, dtype, 1)
    first = whole_numbers((groups * channels, 16, 1, 1), -1, 1, dtype, 2)
    weights = Constant((groups * count, channels, 3, 3), dtype)
    return Case(
        [x, first],
        [convolution("a", "x0", "x1", None, 1, [1, 1], [0, 0]),
         convolution("y", "a", "w0", None, groups, [1, 1], [1, 1]),
         "z = torch.ops.aten.relu.default(y)", "return (z,)"],
        None, dtype, weights=[weights])


def channels_first(channels, count, groups=1, dtype="bfloat16"):
    """Of what a transposition leaves, as behind attention over pixels."""
    x = whole_numbers((2, channels, 7, 6), -2, 2, dtype, 1)
    weights = whole_numbers((count, channels // groups, 3, 3), -2, 2, dtype, 2)
    return Case(
        [x, weights],
        ["a = torch.ops.aten.relu.default(x0)",
         convolution("y", "a", "x1", None, groups, [1, 1], [1, 1]),
         "z = torch.ops.aten.add.Tensor(y, 1)", "return (z,)"], None, dtype)


class ChannelsLast(Tensor):
    """Values are in the order of memory, in which dimension 1 comes last."""

    def strides(self):
        batch, channels, *size = self.shape
        strides = strides_of([batch, *size, channels])
        return [strides[0], strides[-1], *strides[1:-1]]

    def type(self):
        return f"{CODES[self.dtype][0]}{self.shape}{self.strides()}"

    def entry(self, file):
        return {**super().entry(file), "stride": self.strides()}


def channels_last(channels, count, groups=1, first=(), dtype="bfloat16"):
    """Of an argument, and what `first` makes `a` of it; the result is in that
    order, too."""
    shape, result = (2, channels, 7, 6), (2, count, 7, 6)
    x = ChannelsLast(shape, whole_numbers(shape, -2, 2, dtype, 1).values, dtype)
    y = ChannelsLast(result, [0] * math.prod(result), dtype)
    weights = Constant((count, channels // groups, 3, 3), dtype)
    return Case(
        [x],
        [*first, convolution(f'y: "{y.type()}"', "a" if first else "x0", "w0",
                             None, groups, [1, 1], [1, 1]), "return (y,)"],
        None, dtype, weights=[weights])


FIRST = ["b = torch.ops.aten.amax.default(x0, [2, 3], True)",
         "c = torch.ops.aten.sub.Tensor(x0, b)",
         "a = torch.ops.aten.relu.default(c)"]
FUSED = ["b = torch.ops.aten.add.Tensor(y, a)",
         "z = torch.ops.aten.relu.default(b)"]
# What squeezes and excites reads the result twice.
GATED = ["b = torch.ops.aten.relu.default(y)",
         "c = torch.ops.aten.mul.Tensor(b, y)",
         "d = torch.ops.aten.amax.default(c, [2, 3], True)",
         "z = torch.ops.aten.sub.Tensor(c, d)"]

CASES = {
    "lines": in_groups(2, 64, 64, (9, 7), (3, 3), padding=(1, 1)),
    "fused": in_groups(3, 64, 64, (6, 7), (3, 3), padding=(1, 1), more=FUSED),
    "gated": in_groups(2, 64, 32, (6, 5), (3, 3), padding=(1, 1), more=GATED),
    "several-lines": in_groups(2, 128, 64, (6, 5), (3, 3), (2, 2), (1, 1)),
    "many-columns": in_groups(2, 16, 136, (6, 5), (3, 3), padding=(1, 1)),
    "ragged": in_groups(3, 24, 40, (9, 7), (3, 3), (2, 2), (1, 1)),
    "narrow": in_groups(8, 4, 4, (6, 5), (3, 3), padding=(1, 1)),
    "odd": in_groups(5, 3, 7, (6, 5), (3, 2), padding=(1, 0)),
    "1x1": in_groups(4, 16, 24, (6, 5), (1, 1)),
    "dilated": in_groups(2, 32, 32, (9, 8), (3, 3), (1, 1), (2, 2), (2, 2)),
    "1d": in_groups(2, 48, 32, (19,), (5,), (2,), (2,)),
    "3d": in_groups(2, 16, 8, (3, 4, 5), (2, 3, 3), padding=(0, 1, 1)),
    "f16": in_groups(2, 32, 32, (6, 5), (3, 3), dtype="float16"),
    "f32": in_groups(2, 32, 24, (6, 5), (3, 3), padding=(1, 1),
                     dtype="float32",
                     more=["z = torch.ops.aten.relu.default(y)"]),
    "constants": of_constants(2, 64, 64, (6, 5)),
    "constants-narrow": of_constants(4, 8, 16, (6, 5)),
    "constants-many": of_constants(2, 16, 136, (6, 5), "float16"),
    "channels-first": channels_first(64, 72),
    "channels-first-groups": channels_first(48, 32, groups=2),
    "channels-first-few": channels_first(12, 32),
    "channels-first-each": channels_first(16, 16, groups=16),
    "channels-last": channels_last(64, 72),
    "channels-last-groups": channels_last(64, 32, groups=4),
    "channels-last-few": channels_last(3, 16),
    "channels-last-behind": channels_last(32, 16, first=FIRST),
    "channels-last-groups-behind": channels_last(32, 32, groups=2, first=FIRST),
    "channels-first-f32": channels_first(16, 24, dtype="float32"),
}

# The same by mma.sync of older chips.
for name in ("lines", "fused", "ragged", "narrow", "many-columns", "constants",
             "channels-first", "channels-first-groups", "channels-last",
             "channels-last-groups"):
    CASES[f"{name}-sm_80"] = copy.copy(CASES[name])
    CASES[f"{name}-sm_80"].chips = "sm_80"

sys.exit(main(CASES))
