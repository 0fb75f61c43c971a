"""Sorts and what picks the first elements, ragged and not; see numerics.py."""

import math
import random
import sys

from numerics import Case, OpenCase, Tensor, main, whole_numbers

NAN, INF = math.nan, math.inf


def key(value):
    """NaN is the greatest."""
    return (value != value, 0 if value != value else value)


def order(row, descending):
    """Where the elements of a sorted row were; equal ones stay in order."""
    places = sorted(range(len(row)), key=lambda i: key(row[i]))
    if not descending:
        return places
    # Of equal ones the first is first all the same.
    return sorted(range(len(row) - 1, -1, -1), key=lambda i: key(row[i]))[::-1]


def firsts(tensor, count=None, descending=False):
    """Values and indices of the first elements of sorted rows."""
    rows = tensor.rows()
    count = len(rows[0]) if count is None else count
    places = [order(row, descending)[:count] for row in rows]
    shape = tensor.shape[:-1] + [count]
    return [Tensor(shape, [row[i] for row, list_ in zip(rows, places)
                           for i in list_], tensor.dtype),
            Tensor(shape, [i for list_ in places for i in list_], "int64")]


def transposed(tensor):
    return Tensor([tensor.shape[1], tensor.shape[0]],
                  [v for column in tensor.columns() for v in column],
                  tensor.dtype)


def call(text):
    return [f"a = torch.ops.aten.{text}", "b = a[0]", "c = a[1]",
            "return (b, c)"]


def special(shape, dtype):
    generator = random.Random(9)
    pool = [NAN, INF, -INF, 0.0, -0.0, 1.5, -1.5, 2.0, 1e-30]
    return Tensor(shape, [generator.choice(pool)
                          for _ in range(math.prod(shape))], dtype)


def sort(tensor, descending=False):
    return Case([tensor], call(f"sort.default(x0, -1, {descending})"),
                firsts(tensor, descending=descending))


def topk(tensor, count, largest=True):
    return Case([tensor], call(f"topk.default(x0, {count}, -1, {largest})"),
                firsts(tensor, count, largest))


def columns(tensor):
    values, indices = firsts(transposed(tensor))
    return Case([tensor], call("sort.default(x0, 0)"),
                [transposed(values), transposed(indices)])


def far(shape, dtype, seed=0):
    """Few equal ones."""
    return whole_numbers(shape, -2**31, 2**31 - 1, dtype, seed)


few = whole_numbers((37, 50))
long = far((2, 9001), "float32")
runs = Tensor([1, 6000], [i % 3000 for i in range(6000)])
wide = whole_numbers((3, 2500), -2**62, 2**62, "int64")
tall = whole_numbers((70, 9), seed=1)
cube = whole_numbers((3, 4, 33), seed=2)
single = whole_numbers((5, 1))
ragged = far((3, 3001), "float32", 3)
line = far((9000,), "float32", 4)
growing = Tensor([1, 2600], range(2600))

# Long rows of short elements are sorted by digits.
digits = special((2, 33000), "bfloat16")
digit = whole_numbers((1, 20000), -128, 127, "int8", seed=5)


def open_bytes(size):
    tensor = whole_numbers((1, size), -128, 127, "int8", seed=size)
    return [tensor], firsts(tensor)


CASES = {
    "digits": sort(digits, True),
    "digit": sort(digit),
    "digits_first": topk(far((1, 33000), "bfloat16", 7), 3000),
    "open_bytes": OpenCase([[1, "n"]], call("sort.default(x0, -1)"),
                           [open_bytes(size) for size in [300, 5000, 17000]]),
    "topk_open": OpenCase([[4, "n"]], call("topk.default(x0, 5)"),
                          [([x], firsts(x, 5, True)) for x in
                           [whole_numbers((4, n), seed=n) for n in (5, 90)]]
                          + [([whole_numbers((4, 3))],
                              "topk of more elements than there are")]),
    "rows": sort(few),
    "rows_descending": sort(few, True),
    "long": sort(long),
    "long_runs": sort(runs, True),
    "wide": sort(wide),
    "doubles": sort(special((4, 70), "float64"), True),
    "special": sort(special((5, 300), "float32")),
    "special_descending": sort(special((5, 300), "bfloat16"), True),
    "halves": sort(special((3, 65), "float16")),
    "bytes": sort(whole_numbers((2, 300), -128, 127, "int8")),
    "shorts": sort(whole_numbers((1, 5000), -2**15, 2**15 - 1, "int16")),
    "bools": sort(whole_numbers((3, 40), 0, 1, "bool")),
    "columns": columns(tall),
    "cube": sort(cube),
    "single": sort(single),
    "topk": topk(ragged, 5),
    "topk_least": topk(ragged, 7, False),
    "topk_ties": topk(whole_numbers((2, 1500), 0, 3), 9),
    "topk_special": topk(special((2, 700), "bfloat16"), 600),
    "topk_line": topk(line, 3),
    "topk_growing": topk(growing, 100),
    "topk_wide": topk(wide, 4),
    "topk_short": topk(few, 3),
    "topk_all": topk(few, 50),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
