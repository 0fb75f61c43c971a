"""Floats of eight bits as torch has them, on the CPU and on an emulated GPU; see
numerics.py. What is rounded is compared bit by bit with the nearest number of the
format, which is looked for in exact arithmetic."""

import bisect
import math
import struct
import sys
from fractions import Fraction

from numerics import NARROW, Case, Tensor, main, whole_numbers

NAN, INF = float("nan"), float("inf")
FORMATS = {"e4m3": "float8_e4m3fn", "e5m2": "float8_e5m2"}


class NarrowCase(Case):
    tests_cpu = True


class Format:
    """`numbers` go from zero upwards, which is by their bits. The last one of
    float8_e5m2 is infinity, which stands where the next number would."""

    def __init__(self, dtype):
        self.dtype, mantissa = dtype, NARROW[dtype]
        self.is_finite = dtype == "float8_e4m3fn"
        bias = 2 ** (6 - mantissa) - 1
        self.numbers = []
        for bits in range(0x7f if self.is_finite else 0x7d):
            exponent, rest = divmod(bits, 1 << mantissa)
            rest += bool(exponent) << mantissa
            self.numbers.append(Fraction(rest) * Fraction(2) ** (
                max(exponent, 1) - bias - mantissa))

    def widen(self, bits):
        sign, bits = -1.0 if bits & 0x80 else 1.0, bits & 0x7f
        if bits >= len(self.numbers):
            return NAN
        if bits == 0x7c and not self.is_finite:
            return sign * INF
        return sign * float(self.numbers[bits])

    def round(self, value):
        """Bits, as an int8."""
        bits = self.round_magnitude(abs(value))
        return bits - 128 if math.copysign(1, value) < 0 else bits

    def round_magnitude(self, value):
        if math.isnan(value):
            return 0x7f
        if value >= self.numbers[-1]:
            return len(self.numbers) - 1
        above = bisect.bisect_right(self.numbers, Fraction(value))
        step = 2 * Fraction(value) - self.numbers[above - 1]
        if step == self.numbers[above]:
            return above - above % 2
        return above - (step < self.numbers[above])

    def hard_numbers(self):
        """All numbers, all ties, and those of f32 beside them; of both signs,
        but for NaN, whose sign arithmetic of GPUs does not keep."""
        ties = [(a + b) / 2 for a, b in zip(self.numbers, self.numbers[1:])]
        near = [float(value) for value in self.numbers + ties]
        near += [464.0, 480.0, 61440.0, 65536.0]
        near += [next_single(value, step) for value in near if value
                 for step in (-1, 1)]
        near += [1e-30, 1e-45, 1e30, INF, NAN]
        return near + [-value for value in near if not math.isnan(value)]


def next_single(value, steps):
    bits, = struct.unpack("<i", struct.pack("<f", value))
    return struct.unpack("<f", struct.pack("<i", bits + steps))[0]


def convert(name, value, dtype):
    return (f"{name} = torch.ops.prims.convert_element_type.default({value}, "
            f"torch.{dtype})")


def view(name, value, dtype):
    return f"{name} = torch.ops.aten.view.dtype({value}, torch.{dtype})"


def widening(form):
    """All 256 of them."""
    bits = [value - 256 if value > 127 else value for value in range(256)]
    wide = [form.widen(value) for value in range(256)]
    wider = ("float32", "float16", "bfloat16", "float64")
    return NarrowCase(
        [Tensor([256], bits, "int8")],
        [view("x", "x0", form.dtype),
         *(convert(f"r{i}", "x", dtype) for i, dtype in enumerate(wider)),
         "r4 = torch.ops.aten.isnan.default(x)",
         "return (r0, r1, r2, r3, r4)"],
        [*(Tensor([256], wide, dtype) for dtype in wider),
         Tensor([256], map(math.isnan, wide), "bool")])


def rounding(form, dtype):
    """From f64 by way of f32, as torch."""
    values = form.hard_numbers()
    if dtype == "float64":
        values += [value * (1 + sign * 2.0 ** -40) for value in values
                   for sign in (-1, 1)]
    if dtype == "float16":
        values = [value for value in values
                  if not abs(value) > 65504 or math.isinf(value)]
    x = Tensor([len(values)], values, dtype)
    single = Tensor(x.shape, x.values)
    return NarrowCase(
        [x], [convert("a", "x0", form.dtype), view("b", "a", "int8"),
              "return (b,)"],
        [Tensor(x.shape, map(form.round, single.values), "int8")])


def moves(form):
    """What only moves keeps all bits."""
    bits = Tensor([16, 16], [value - 128 for value in range(256)], "int8")
    rows = bits.rows()
    picked = [9, 0, 15]
    return NarrowCase(
        [bits, Tensor([3], picked, "int64")],
        [view("x", "x0", form.dtype),
         "a = torch.ops.aten.index_select.default(x, 0, x1)",
         "b = torch.ops.aten.permute.default(x, [1, 0])",
         "c = torch.ops.aten.cat.default([b, x])",
         view("ra", "a", "int8"), view("rc", "c", "int8"),
         "return (ra, rc)"],
        [Tensor([3, 16], [v for row in picked for v in rows[row]], "int8"),
         Tensor([32, 16], [v for row in [*bits.columns(), *rows] for v in row],
                "int8")])


def product(form, rows, depth, columns, dtype):
    """Scaled by row and column; sums are exact."""
    x = whole_numbers([rows, depth], dtype=form.dtype, seed=1)
    w = whole_numbers([columns, depth], dtype=form.dtype, seed=2)
    p = Tensor([rows, 1], [2.0 ** (i % 3) for i in range(rows)])
    q = Tensor([1, columns], [0.5 ** (i % 2) for i in range(columns)])
    sums = [sum(a * b for a, b in zip(row, column)) * s * t
            for row, s in zip(x.rows(), p.values)
            for column, t in zip(w.rows(), q.values)]
    return NarrowCase(
        [x, w, p, q],
        ["t = torch.ops.aten.permute.default(x1, [1, 0])",
         "a = torch.ops.aten._scaled_mm.default(x0, t, x2, x3, None, None, "
         f"torch.{dtype})", "return (a,)"],
        [Tensor([rows, columns], sums, dtype)])


cases = {}
for short, name in FORMATS.items():
    form = Format(name)
    cases[f"{short}-widening"] = widening(form)
    cases[f"{short}-moves"] = moves(form)
    for source in ("float32", "float64", "float16", "bfloat16"):
        cases[f"{short}-of-{source}"] = rounding(form, source)
    cases[f"{short}-product"] = product(form, 33, 80, 48, "float32")
    cases[f"{short}-rows"] = product(form, 1, 256, 16, "bfloat16")

if __name__ == "__main__":
    sys.exit(main(cases))
