"""Programs of sizes that each run gives; see numerics.py. Sizes that vectors
divide and others, rows that registers hold and longer ones."""

import math
import sys

from numerics import OpenCase, Tensor, main, whole_numbers

SUM = "torch.ops.aten.sum.dim_IntList"
SHAPES = [(5, 64), (3, 63), (1, 1), (33, 4), (300, 12)]
# A few threads, a warp, several warps, and a loop for each row; the same by
# single elements.
ROWS = [(9, 16), (5, 256), (3, 1100), (2, 9000), (2, 16500),
        (9, 5), (5, 250), (3, 1001), (2, 8190), (2, 8195)]
# Few rows, or columns, that are long: several blocks share each.
LONG_ROWS = [(2, 66000), (3, 16401)]
LONG_COLUMNS = [(700, 12), (3001, 70), (1, 700), (650, 4),
                (520, 1)]


def pointwise(x, y):
    return Tensor(x.shape, [2 * a + y.values[i % x.shape[1]]
                            for i, a in enumerate(x.values)])


def softmax(tensor):
    values = []
    for row in tensor.rows():
        most = max(row)
        powers = [math.exp(value - most) for value in row]
        total = sum(powers)
        values += [power / total for power in powers]
    return Tensor(tensor.shape, values, near=3e-6)


def of_rows(tensor, function, near=0.0):
    return Tensor(tensor.shape[:1], map(function, tensor.rows()), near=near)


def log_sum_exp(values):
    most = max(values)
    return most + math.log(sum(math.exp(value - most) for value in values))


def variance(values):
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def concatenated(a, b):
    return Tensor([a.shape[0], a.shape[1] + b.shape[1]],
                  [value for x, y in zip(a.rows(), b.rows())
                   for value in [*x, *y]])


def transposed(tensor):
    return Tensor(tensor.shape[::-1],
                  [value for column in tensor.columns() for value in column],
                  tensor.dtype)


def runs(shapes, *functions, dtype="float32"):
    inputs = [whole_numbers(shape, dtype=dtype, seed=i)
              for i, shape in enumerate(shapes)]
    return [([x], [function(x) for function in functions]) for x in inputs]


pairs = [(whole_numbers(shape, seed=i), whole_numbers(shape[1:], seed=9 + i))
         for i, shape in enumerate(SHAPES)]
OPEN = [["s0", "s1"]]
CASES = {
    "pointwise": OpenCase(
        [["s0", "s1"], ["s1"]],
        ["a = torch.ops.aten.mul.Tensor(x0, 2.0)",
         "b = torch.ops.aten.add.Tensor(a, x1)", "return (b,)"],
        [([x, y], [pointwise(x, y)]) for x, y in pairs]),
    # Where the second part begins in each row is open, too.
    "concatenation": OpenCase(
        [["s0", "s1"], ["s0", "s2"]],
        ["a = torch.ops.aten.cat.default([x0, x1], 1)", "return (a,)"],
        [([x, y], [concatenated(x, y)]) for x, y in
         [(whole_numbers((9, a)), whole_numbers((9, b), seed=1))
          for a, b in ((8, 12), (6, 10), (7, 4), (4, 3))]]),
    # A table without rows has none that an index could name.
    "embedding": OpenCase(
        [["s0", 4], ["s1"]],
        ["a = torch.ops.aten.embedding.default(x0, x1)", "return (a,)"],
        [([whole_numbers((rows, 4)), Tensor([count], [0] * count, "int64")],
          expected) for rows, count, expected in
         ((0, 3, "index out of range"), (0, 0, [Tensor([0, 4], [])]),
          (5, 0, [Tensor([0, 4], [])]))]),
    "softmax": OpenCase(
        OPEN, ["a = torch.ops.aten._softmax.default(x0, 1, False)",
               "return (a,)"], runs(ROWS, softmax)),
    "sums": OpenCase(
        OPEN, [f"a = {SUM}(x0, [1])", "return (a,)"],
        runs(ROWS + LONG_ROWS, lambda x: of_rows(x, sum))),
    "variances": OpenCase(
        OPEN, ["a = torch.ops.aten.var.correction(x0, [1])", "return (a,)"],
        runs(ROWS + LONG_ROWS,
             lambda x: of_rows(x, variance, near=1e-5))),
    # Several results of the same elements.
    "several": OpenCase(
        OPEN, ["a = torch.ops.aten.max.dim(x0, 1)", "b = a[0]", "c = a[1]",
               f"d = {SUM}(x0, [1])",
               "e = torch.ops.aten.logsumexp.default(x0, [1])",
               "return (b, c, d, e)"],
        runs(ROWS[:5] + ROWS[-2:] + LONG_ROWS,
             lambda x: of_rows(x, max),
             lambda x: Tensor(x.shape[:1], [row.index(max(row))
                                            for row in x.rows()], "int64"),
             lambda x: of_rows(x, sum),
             lambda x: of_rows(x, log_sum_exp, near=1e-6))),
    "columns": OpenCase(
        OPEN, [f"a = {SUM}(x0, [0])", "return (a,)"],
        runs(SHAPES + LONG_COLUMNS,
             lambda x: Tensor(x.shape[1:], map(sum, x.columns())))),
    # What is whole for the vectors of some variants is not for others.
    "columns_of_halves": OpenCase(
        OPEN, ["a = torch.ops.aten.amax.default(x0, [0])", "return (a,)"],
        runs([(700, 12), (4001, 100), (3001, 70), (5000, 16), (33, 36)],
             lambda x: Tensor(x.shape[1:], map(max, x.columns()), "bfloat16"),
             dtype="bfloat16")),
    # Of open size is one of both only.
    "long_columns": OpenCase(
        [["s0", 8]], [f"a = {SUM}(x0, [0])", "return (a,)"],
        runs([(7, 8), (1500, 8), (5000, 8)],
             lambda x: Tensor(x.shape[1:], map(sum, x.columns())))),
    "most_of_columns": OpenCase(
        OPEN, ["a = torch.ops.aten.argmax.default(x0, 0)", "return (a,)"],
        runs([(700, 12), (640, 33), (9, 4)],
             lambda x: Tensor(x.shape[1:], [c.index(max(c)) for c in x.columns()],
                              "int64"))),
    "whole": OpenCase(
        OPEN, ["a = torch.ops.aten.sum.default(x0)", "return (a,)"],
        runs(SHAPES + [(260, 256), (129, 255)],
             lambda x: Tensor([], [sum(x.values)]))),
    "transpose": OpenCase(
        OPEN, ["a = torch.ops.aten.permute.default(x0, [1, 0])",
               "b = torch.ops.aten.clone.default(a, memory_format = "
               "torch.contiguous_format)", "return (b,)"],
        runs(SHAPES, transposed)),
    "transposed_halves": OpenCase(
        OPEN, ["a = torch.ops.aten.permute.default(x0, [1, 0])",
               "b = torch.ops.aten.clone.default(a, memory_format = "
               "torch.contiguous_format)", "return (b,)"],
        runs([(64, 66), (34, 65), (35, 64), (2, 2)], transposed,
             dtype="int16")),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
