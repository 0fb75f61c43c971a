"""Cumulative sums and products, ragged and not; see numerics.py."""

import itertools
import operator
import sys

from numerics import Case, Tensor, main, whole_numbers

few = whole_numbers((3, 2500))
line = whole_numbers((4096,), seed=1)
numbers = whole_numbers((2, 1030), dtype="int64", seed=2)
signs = Tensor([2, 1100], [1 - 2 * value for value in whole_numbers(
    (2, 1100), 0, 1, seed=3).values])
tall = whole_numbers((300, 9), seed=4)


def prefixes(tensor, combine=operator.add):
    return Tensor(tensor.shape, [value for row in tensor.rows()
                                 for value in itertools.accumulate(row,
                                                                   combine)],
                  tensor.dtype)


def down_columns(tensor):
    columns = [list(itertools.accumulate(c)) for c in tensor.columns()]
    return Tensor(tensor.shape, [value for row in zip(*columns)
                                 for value in row])


CASES = {
    "rows": Case([few], ["a = torch.ops.aten.cumsum.default(x0, 1)",
                         "return (a,)"], [prefixes(few)]),
    "line": Case([line], ["a = torch.ops.aten.cumsum.default(x0, 0)",
                          "return (a,)"], [prefixes(line)]),
    "integers": Case([numbers], ["a = torch.ops.aten.cumsum.default(x0, 1)",
                                 "return (a,)"], [prefixes(numbers)]),
    "products": Case([signs], ["a = torch.ops.aten.cumprod.default(x0, 1)",
                               "return (a,)"],
                     [prefixes(signs, operator.mul)]),
    "columns": Case([tall], ["a = torch.ops.aten.cumsum.default(x0, 0)",
                             "return (a,)"], [down_columns(tall)]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
