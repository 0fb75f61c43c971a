"""Cumulative sums, products, extremes, ragged and not; see numerics.py."""

import itertools
import math
import operator
import sys

from numerics import Case, OpenCase, Tensor, main, whole_numbers

few = whole_numbers((3, 2500))
line = whole_numbers((4096,), seed=1)
numbers = whole_numbers((2, 1030), dtype="int64", seed=2)
signs = Tensor([2, 1100], [1 - 2 * value for value in whole_numbers(
    (2, 1100), 0, 1, seed=3).values])
tall = whole_numbers((300, 9), seed=4)
thin = whole_numbers((1, 3, 1, 300), seed=6)


def prefixes(tensor, combine=operator.add):
    return Tensor(tensor.shape, [value for row in tensor.rows()
                                 for value in itertools.accumulate(row,
                                                                   combine)],
                  tensor.dtype)


def down_columns(tensor):
    columns = [list(itertools.accumulate(c)) for c in tensor.columns()]
    return Tensor(tensor.shape, [value for row in zip(*columns)
                                 for value in row])


def extremes(tensor, isBetter):
    """The best so far and where it was; of equals the later one."""
    values, places = [], []
    for row in tensor.rows():
        best = 0
        for i, value in enumerate(row):
            if i == 0 or value != value or (row[best] == row[best] and
                                            not isBetter(row[best], value)):
                best = i
            values.append(row[best])
            places.append(best)
    return [Tensor(tensor.shape, values, tensor.dtype),
            Tensor(tensor.shape, places, "int64")]


def logsumexp(tensor):
    values = []
    for row in tensor.rows():
        sums = itertools.accumulate(math.exp(value) for value in row)
        values += [math.log(sum_) for sum_ in sums]
    return Tensor(tensor.shape, values, tensor.dtype, near=1e-5)


def pairs(name, tensor, isBetter):
    return Case([tensor], [f"a = torch.ops.aten.{name}.default(x0, -1)",
                           "b = a[0]", "c = a[1]", "return (b, c)"],
                extremes(tensor, isBetter))


gaps = Tensor([2, 1500], [math.nan if i % 997 == 996 else -math.inf
                          if i < 3 else i * 37 % 101 for i in range(3000)])
halves = whole_numbers((3, 1025), dtype="bfloat16", seed=5)

# Rows that are cut into parts, of which the last is ragged or empty.
long = whole_numbers((2, 20001), seed=7)
longer = whole_numbers((33000,), dtype="int64", seed=8)
uneven = Tensor([1, 20000], [math.nan if i == 15001 else i * 37 % 10007
                             for i in range(20000)])
high = whole_numbers((1100, 3), seed=9)


def open_line(size):
    tensor = whole_numbers((size,), seed=size)
    return [tensor], [prefixes(tensor)]


CASES = {
    "long": Case([long], ["a = torch.ops.aten.cumsum.default(x0, 1)",
                          "return (a,)"], [prefixes(long)]),
    "long_integers": Case([longer], ["a = torch.ops.aten.cumsum.default(x0, 0)",
                                     "return (a,)"], [prefixes(longer)]),
    "long_greatest": pairs("cummax", uneven, operator.gt),
    "long_least": pairs("cummin", long, operator.lt),
    "long_logsumexp": Case(
        [long], ["a = torch.ops.aten.logcumsumexp.default(x0, 1)",
                 "return (a,)"], [logsumexp(long)]),
    "long_columns": Case([high], ["a = torch.ops.aten.cumsum.default(x0, 0)",
                                  "return (a,)"], [down_columns(high)]),
    "open_line": OpenCase([["n"]], ["a = torch.ops.aten.cumsum.default(x0, 0)",
                                    "return (a,)"],
                          [open_line(size) for size in [1, 1024, 5000]]),
    "greatest": pairs("cummax", few, operator.gt),
    "least": pairs("cummin", numbers, operator.lt),
    "greatest_halves": pairs("cummax", halves, operator.gt),
    "greatest_of_gaps": pairs("cummax", gaps, operator.gt),
    "logsumexp": Case([few], ["a = torch.ops.aten.logcumsumexp.default(x0, 1)",
                              "return (a,)"], [logsumexp(few)]),
    "rows": Case([few], ["a = torch.ops.aten.cumsum.default(x0, 1)",
                         "return (a,)"], [prefixes(few)]),
    "line": Case([line], ["a = torch.ops.aten.cumsum.default(x0, 0)",
                          "return (a,)"], [prefixes(line)]),
    "integers": Case([numbers], ["a = torch.ops.aten.cumsum.default(x0, 1)",
                                 "return (a,)"], [prefixes(numbers)]),
    "products": Case([signs], ["a = torch.ops.aten.cumprod.default(x0, 1)",
                               "return (a,)"],
                     [prefixes(signs, operator.mul)]),
    "thin": Case([thin], ["a = torch.ops.aten.cumsum.default(x0, 3)",
                          "return (a,)"], [prefixes(thin)]),
    "columns": Case([tall], ["a = torch.ops.aten.cumsum.default(x0, 0)",
                             "return (a,)"], [down_columns(tall)]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
