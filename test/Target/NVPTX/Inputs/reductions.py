"""Reductions whose rows are split over many blocks; see numerics.py."""

import math
import sys

from numerics import Case, Tensor, main, whole_numbers


def one(value, dtype="float32", near=0.0):
    return Tensor([], [value], dtype, near)


def first_most(values):
    """The index of the first NaN, or else of the first greatest value."""
    for i, value in enumerate(values):
        if value != value:
            return i
    return max(range(len(values)), key=lambda i: (values[i], -i))


def first_least(values):
    return first_most([-value for value in values])


def softmax(row):
    most = max(row)
    powers = [math.exp(value - most) for value in row]
    total = sum(powers)
    return [power / total for power in powers]


def log_sum_exp(values):
    most = max(values)
    if most != most or any(value != value for value in values):
        return math.nan
    if math.isinf(most):
        return most
    return most + math.log(sum(math.exp(value - most) for value in values))


def variance(values):
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


whole = whole_numbers((190, 176))
ragged = whole_numbers((3, 9001), seed=1)
tall = whole_numbers((1300, 40), seed=2)
wide = whole_numbers((700, 1028), seed=8)
narrow = whole_numbers((2305, 5), seed=3)
flags = whole_numbers((70000,), 0, 1, "bool", seed=4)
with_nan = whole_numbers((2, 36000), seed=5)
with_nan.values[36000 + 12345] = with_nan.values[36000 + 16000] = math.nan
bytes_ = whole_numbers((3000, 64), -128, 127, "int8", seed=6)
# A mean that is large beside what is spread around it.
far = Tensor([190, 176], [value + 3000 for value in whole.values])
long_rows = whole_numbers((1, 82000), -3, 3, seed=7)
huge = Tensor([1, 70000], [1e20, 1.001e20] * 35000)
# Too long for registers: a row with +inf beside numbers whose exponentials are
# nothing, one of -inf, one with NaN, a usual one.
infinite = Tensor([4, 40000],
                  [-2000.0] * 20000 + [math.inf] + [-2000.0] * 19999 +
                  [-math.inf] * 40000 + [1.0] * 39999 + [math.nan] +
                  [-math.inf] + [-1000.0, -1000.5, -1001.0] * 13333)
# Nothing is better than what a search begins with; several NaN; the only
# number; equal ones in parts of different threads.
nan, inf = math.nan, math.inf
worst = Tensor([6, 3000],
               [-inf] * 3000 + [inf] * 3000 +
               [-inf] * 1700 + [nan, 1.0, nan] + [inf] * 1297 +
               [-inf] * 2999 + [5.0] + [inf] * 2999 + [5.0] +
               [float(i * 7919 % 13) for i in range(3000)])
turned = Tensor([3000, 6], [value for column in worst.columns()
                            for value in column])
lowest = Tensor([3, 2000], [-1 << 31] * 2000 + [(1 << 31) - 1] * 2000 +
                [-1 << 31] * 1500 + [-5] + [-1 << 31] * 499, "int32")


def arguments_along(x, lines, dim):
    """Where the greatest and least are in `lines` of it."""
    lines = list(lines)
    return Case(
        [x], [f"a = torch.ops.aten.argmax.default(x0, {dim})",
              f"b = torch.ops.aten.argmin.default(x0, {dim})", "return (a, b)"],
        [Tensor([len(lines)] if dim is not None else [],
                map(search, lines), "int64")
         for search in (first_most, first_least)])


SUM = 'torch.ops.aten.sum.dim_IntList'
# So few that many blocks share each, whose parts two warps combine.
few = whole_numbers((2, 1 << 20), -2, 2, seed=9)

CASES = {
    "whole": Case(
        [whole], ["a = torch.ops.aten.sum.default(x0)",
                  "b = torch.ops.aten.amax.default(x0, [0, 1])",
                  "return (a, b)"],
        [one(sum(whole.values)), one(max(whole.values))]),
    "ragged": Case(
        [ragged], [f"a = {SUM}(x0, [1])", "return (a,)"],
        [Tensor([3], map(sum, ragged.rows()))]),
    "few-long": Case(
        [few], [f"a = {SUM}(x0, [1])", "return (a,)"],
        [Tensor([2], map(sum, few.rows()))]),
    "fused": Case(
        [whole, whole], ["a = torch.ops.aten.mul.Tensor(x0, x1)",
                         "b = torch.ops.aten.mean.default(a)",
                         "return (b,)"],
        [one(sum(v * v for v in whole.values) / len(whole.values), near=1e-6)]),
    "columns": Case(
        [tall], [f"a = {SUM}(x0, [0])", "return (a,)"],
        [Tensor([40], map(sum, tall.columns()))]),
    # Blocks of neighbouring columns meet in one launch.
    "wide": Case(
        [wide], [f"a = {SUM}(x0, [0])",
                 "b = torch.ops.aten.argmax.default(x0, 0)", "return (a, b)"],
        [Tensor([1028], map(sum, wide.columns())),
         Tensor([1028], map(first_most, wide.columns()), "int64")]),
    # What is computed before is part of what is combined.
    "fused_columns": Case(
        [wide], ["a = torch.ops.aten.abs.default(x0)",
                 "b = torch.ops.aten.amax.default(a, [0])",
                 "c = torch.ops.aten.mul.Tensor(x0, x0)",
                 f"d = {SUM}(c, [0])", "return (b, d)"],
        [Tensor([1028], (max(map(abs, column)) for column in wide.columns())),
         Tensor([1028], (sum(v * v for v in column)
                         for column in wide.columns()))]),
    "narrow": Case(
        [narrow], [f"a = {SUM}(x0, [0])", "return (a,)"],
        [Tensor([5], map(sum, narrow.columns()))]),
    # Sums of bytes are of 8 bytes each: fewer at once go to shared memory.
    "bytes": Case(
        [bytes_], [f"a = {SUM}(x0, [0])", "return (a,)"],
        [Tensor([64], map(sum, bytes_.columns()), "int64")]),
    "any": Case(
        [flags], ["a = torch.ops.aten.any.default(x0)",
                  "b = torch.ops.aten.all.default(x0)", "return (a, b)"],
        [one(1, "bool"), one(0, "bool")]),
    "argmax": Case(
        [whole], ["a = torch.ops.aten.argmax.default(x0)", "return (a,)"],
        [one(first_most(whole.values), "int64")]),
    "argmax_nan": Case(
        [with_nan], ["a = torch.ops.aten.argmax.default(x0, 1)", "return (a,)"],
        [Tensor([2], map(first_most, with_nan.rows()), "int64")]),
    # Halves are widened to be compared, and kept as halves.
    "argmax_halves": Case(
        [whole], ["h = torch.ops.prims.convert_element_type.default(x0, "
                  "torch.bfloat16)",
                  "a = torch.ops.aten.argmax.default(h)", "return (a,)"],
        [one(first_most(whole.values), "int64")]),
    "arguments_rows": arguments_along(worst, worst.rows(), 1),
    "arguments_columns": arguments_along(turned, turned.columns(), 0),
    "arguments_words": arguments_along(lowest, lowest.rows(), 1),
    "arguments_all": arguments_along(worst, [worst.values], None),
    "arguments_short": arguments_along(turned, turned.rows(), 1),
    "count": Case(
        [whole, flags, bytes_],
        ["a = torch.ops.aten.count_nonzero.default(x0)",
         "b = torch.ops.aten.count_nonzero.dim_IntList(x0, [0])",
         "c = torch.ops.aten.sum.default(x1)",
         "d = torch.ops.aten.sum.default(x2)", "return (a, b, c, d)"],
        [one(sum(map(bool, whole.values)), "int64"),
         Tensor([176], (sum(map(bool, column)) for column in whole.columns()),
                "int64"),
         one(sum(flags.values), "int64"), one(sum(bytes_.values), "int64")]),
    "argmin_columns": Case(
        [tall], ["a = torch.ops.aten.argmin.default(x0, 0)", "return (a,)"],
        [Tensor([40], [min(range(len(c)), key=lambda i: (c[i], i))
                       for c in tall.columns()], "int64")]),
    "variance": Case(
        [long_rows], ["a = torch.ops.aten.var.correction(x0, [1])",
                      "return (a,)"],
        [Tensor([1], map(variance, long_rows.rows()), near=1e-6)]),
    "variance_of_all": Case(
        [whole, far], ["a = torch.ops.aten.var.correction(x0)",
                       "b = torch.ops.aten.var.correction(x1)",
                       "return (a, b)"],
        [one(variance(whole.values), near=1e-6),
         one(variance(far.values), near=1e-5)]),
    # Squares of them are infinite.
    "variance_of_huge": Case(
        [huge], ["a = torch.ops.aten.var.correction(x0, [1])", "return (a,)"],
        [Tensor([1], map(variance, huge.rows()), near=1e-3)]),
    "variance_of_columns": Case(
        [tall], ["a = torch.ops.aten.var.correction(x0, [0])", "return (a,)"],
        [Tensor([40], map(variance, tall.columns()), near=1e-6)]),
    # Elements are read once for several results.
    "several": Case(
        [long_rows, with_nan, ragged],
        ["a = torch.ops.aten.max.dim(x1, 1)", "b = a[0]", "c = a[1]",
         "d = torch.ops.aten.amax.default(x0, [1])",
         f"e = {SUM}(x0, [1])",
         "f = torch.ops.aten.var.correction(x0, [1])",
         "g = torch.ops.aten.min.dim(x2, 1)", "h = g[0]", "i = g[1]",
         f"j = {SUM}(x2, [1])", "return (b, c, d, e, f, h, i, j)"],
        [Tensor([2], [row[first_most(row)] for row in with_nan.rows()]),
         Tensor([2], map(first_most, with_nan.rows()), "int64"),
         Tensor([1], map(max, long_rows.rows())),
         Tensor([1], map(sum, long_rows.rows())),
         Tensor([1], map(variance, long_rows.rows()), near=1e-6),
         Tensor([3], map(min, ragged.rows())),
         Tensor([3], [row.index(min(row)) for row in ragged.rows()], "int64"),
         Tensor([3], map(sum, ragged.rows()))]),
    "several_of_all": Case(
        [whole], ["a = torch.ops.aten.aminmax.default(x0)", "b = a[0]",
                  "c = a[1]", "d = torch.ops.aten.sum.default(x0)",
                  "return (b, c, d)"],
        [one(min(whole.values)), one(max(whole.values)),
         one(sum(whole.values))]),
    "several_columns": Case(
        [wide], ["a = torch.ops.aten.max.dim(x0, 0)", "b = a[0]", "c = a[1]",
                 f"d = {SUM}(x0, [0])", "e = torch.ops.aten.mul.Tensor(x0, x0)",
                 f"f = {SUM}(e, [0])", "return (b, c, d, f)"],
        [Tensor([1028], map(max, wide.columns())),
         Tensor([1028], map(first_most, wide.columns()), "int64"),
         Tensor([1028], map(sum, wide.columns())),
         Tensor([1028], (sum(v * v for v in column)
                         for column in wide.columns()))]),
    # The greatest and what is scaled by it at once.
    "logsumexp": Case(
        [infinite, long_rows],
        ["a = torch.ops.aten.logsumexp.default(x0, [1])",
         "b = torch.ops.aten.logsumexp.default(x1, [0, 1])",
         "return (a, b)"],
        [Tensor([4], map(log_sum_exp, infinite.rows()), near=1e-6),
         one(log_sum_exp(long_rows.values), near=1e-6)]),
    "logsumexp_columns": Case(
        [wide], ["a = torch.ops.aten.logsumexp.default(x0, [0])",
                 "return (a,)"],
        [Tensor([1028], map(log_sum_exp, wide.columns()), near=1e-6)]),
    # Results of such rows, of which some are NaN.
    "softmax_infinite": Case(
        [infinite], ["a = torch.ops.aten._softmax.default(x0, 1, False)",
                     "return (a,)"],
        [Tensor([4, 40000],
                [math.nan] * 120000 + softmax(infinite.rows()[3]), near=3e-6)]),
    # Of an infinity beside finite numbers the least is subtracted.
    "below_the_least": Case(
        [Tensor((2, 40000), [-math.inf, *[0] * 79999])],
        ["m = torch.ops.aten.amin.default(x0, [1], True)",
         "d = torch.ops.aten.sub.Tensor(x0, m)",
         "e = torch.ops.aten.exp.default(d)",
         "a = torch.ops.aten.sum.dim_IntList(e, [1])", "return (a,)"],
        [Tensor((2,), [math.nan, 40000])]),
    # So is the greatest of another tensor.
    "below_another": Case(
        [Tensor((2, 40000), [-math.inf, *[0] * 79999]),
         Tensor((2, 40000), [-math.inf] * 40000 + [0] * 40000)],
        ["m = torch.ops.aten.amax.default(x1, [1], True)",
         "g = torch.ops.aten.amax.default(x0, [1], True)",
         "d = torch.ops.aten.sub.Tensor(x0, m)",
         "e = torch.ops.aten.exp.default(d)",
         "a = torch.ops.aten.sum.dim_IntList(e, [1])", "return (a, g, m)"],
        [Tensor((2,), [math.nan, 40000]), Tensor((2, 1), [0, 0]),
         Tensor((2, 1), [-math.inf, 0])]),
    # Two values of each element in registers, which few threads have.
    "two_softmax": Case(
        [ragged], ["a = torch.ops.aten._softmax.default(x0, 1, False)",
                   "b = torch.ops.aten.mul.Tensor(x0, 0.5)",
                   "c = torch.ops.aten._softmax.default(b, 1, False)",
                   "return (a, c)"],
        [Tensor([3, 9001], [value for row in ragged.rows()
                            for value in softmax(row)], near=3e-6),
         Tensor([3, 9001], [value for row in ragged.rows()
                            for value in softmax([x / 2 for x in row])],
                near=3e-6)]),
    # Results of the size of the rows: a last launch, after those of two passes.
    "softmax": Case(
        [long_rows], ["a = torch.ops.aten._softmax.default(x0, 1, False)",
                      "return (a,)"],
        [Tensor([1, 82000], [value for row in long_rows.rows()
                             for value in softmax(row)], near=3e-6)]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
