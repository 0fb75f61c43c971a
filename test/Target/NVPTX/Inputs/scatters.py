"""Scattering to places that repeat, and picking; see numerics.py. Sums are in the
order of the updates, so that floats are exact."""

import math
import random
import sys

from numerics import Case, OpenCase, Tensor, main, whole_numbers


def places(shape, below, seed=0, wraps=False):
    return whole_numbers(shape, -below if wraps else 0, below - 1, "int64",
                         seed)


def real_numbers(shape, dtype="float32", seed=0):
    generator = random.Random(seed)
    return Tensor(shape, [generator.uniform(-1, 1)
                          for _ in range(math.prod(shape))], dtype)


def single(value):
    """Rounded to f32, unless it is an integer."""
    return value if isinstance(value, int) else Tensor([1], [value]).values[0]


COMBINE = {"sum": lambda a, b: single(a + b), "prod": lambda a, b: single(a * b),
           "amax": max, "amin": min}


def scattered(x, index, source, reduce=None, include=True):
    """Along the last dimension of matrices."""
    rows = []
    for into, at, from_ in zip(x.rows(), index.rows(), source.rows()):
        row, seen = list(into), {}
        for place, value in zip(at, from_):
            count = seen.setdefault(place, 0)
            seen[place] = count + 1
            if reduce is None or (not include and count == 0):
                row[place] = value
            else:
                row[place] = COMBINE["sum" if reduce == "mean" else reduce](
                    row[place], value)
        if reduce == "mean":
            for place, count in seen.items():
                row[place] = single(row[place] / (count + include))
        rows += row
    return Tensor(x.shape, rows, x.dtype)


def put(x, index, values, accumulate):
    """Rows to rows."""
    rows = [list(row) for row in x.rows()]
    for place, row in zip(index.values, values.rows()):
        rows[place] = [single(a + b) for a, b in zip(rows[place], row)] \
            if accumulate else list(row)
    return Tensor(x.shape, [v for row in rows for v in row], x.dtype)


def put_cells(x, first, second, values):
    cells = list(x.values)
    width = x.shape[1]
    for i, j, value in zip(first.values, second.values, values.values):
        at = i % x.shape[0] * width + j % width
        cells[at] = single(cells[at] + value)
    return Tensor(x.shape, cells, x.dtype)


def transposed(tensor):
    return Tensor([tensor.shape[1], tensor.shape[0]],
                  [v for column in tensor.columns() for v in column],
                  tensor.dtype)


def picked(x, mask):
    values = [v for v, isSet in zip(x.values, mask.values) if isSet]
    return Tensor([len(values)], values, x.dtype)


def nonzero(mask):
    """Results lie column by column."""
    where = [i for i, isSet in enumerate(mask.values) if isSet]
    width = mask.shape[1]
    return Tensor([2, len(where)], [i // width for i in where] +
                  [i % width for i in where], "int64")


def call(text):
    return [f"a = torch.ops.aten.{text}", "return (a,)"]


table, rows = real_numbers((40, 17)), real_numbers((300, 17), seed=1)
to_rows = places((300,), 40)
matrix, along = real_numbers((7, 90)), places((7, 200), 90, 2)
source = real_numbers((7, 200), seed=3)
first, second = places((500,), 40, 4, True), places((500,), 17, 5, True)
cells = real_numbers((500,), seed=6)
zeros = Tensor([40, 17], [0.0] * 680)
columns = real_numbers((17, 40), seed=7)
numbers = whole_numbers((7, 90), dtype="int64", seed=8)
whole = whole_numbers((7, 200), dtype="int64", seed=9)
one, row = Tensor([1], [5], "int64"), real_numbers((1, 17), seed=10)
# A place that most updates go to: whole numbers, which are exact in any order.
crowd = Tensor([900], [value if i % 7 == 0 else 3 for i, value in
                       enumerate(places((900,), 40, 11).values)], "int64")
many = whole_numbers((900, 17), seed=12)
whole_table = whole_numbers((40, 17), seed=13)
crowded = Tensor([2, 900], list(crowd.values) * 2, "int64")
more, wide = whole_numbers((2, 900), seed=14), whole_numbers((2, 90), seed=15)
field = whole_numbers((3, 700), seed=16)
mask = whole_numbers((3, 700), 0, 1, "bool", seed=17)
narrow = whole_numbers((7, 90), -9, 9, "int16", seed=19)
narrow_updates = whole_numbers((7, 200), -9, 9, "int16", seed=20)
whole_cells = whole_numbers((40, 17), dtype="int32", seed=21)
cell_updates = whole_numbers((500,), dtype="int32", seed=22)
row_updates = whole_numbers((300, 17), dtype="int32", seed=23)
long_mask = whole_numbers((3, 7000), 0, 1, "bool", seed=18)


def reduce(name, include=True):
    return Case([matrix, along, source],
                call(f"scatter_reduce.two(x0, -1, x1, x2, '{name}', "
                     f"include_self = {include})"),
                [scattered(matrix, along, source, name, include)])


def histogram(x, bins, low, high):
    counts = [0] * bins
    for value in x.values:
        if low <= value <= high:
            place = int((value - low) * bins / (high - low))
            counts[min(place, bins - 1)] += 1
    return Tensor([bins], counts)


def histc(x, bins, low, high):
    return Case([x], call(f"histc.default(x0, {bins}, {low}, {high})"),
                [histogram(x, bins, low, high)])


def added(x, index, source):
    """All counters are one line; places go through all dimensions."""
    counts = list(x.values)
    for place, value in zip(index.values, source.values):
        counts[place] += value
    return Tensor(x.shape, counts, x.dtype)


def add_call(dtype):
    return [f"a = torch.ops.aten._to_copy.default(x2, dtype = torch.{dtype})",
            "b = torch.ops.aten.scatter_add.default(x0, 0, x1, a)",
            "return (b,)"]


spread = whole_numbers((3000,), -9, 9)
# Whole eighths, of which places in f32 are exact. The last vector is no whole
# one.
eighths = Tensor([20003], [value / 8 for value in
                           whole_numbers((20003,), -40, 40).values])
odd_ones = Tensor([20003], [(math.nan, math.inf, -math.inf)[i % 3] if i % 50 == 0
                            else value
                            for i, value in enumerate(eighths.values)])
counters = whole_numbers((9,), dtype="int64", seed=24)
to_counters = places((5000,), 9, 25)
beside = Tensor([5000], [9 if i == 4321 else value for i, value in
                         enumerate(to_counters.values)], "int64")
signed = whole_numbers((5000,), -128, 127, "int8", seed=26)
large = Tensor([5000], [int(value) << 40 for value in
                        whole_numbers((5000,), -128, 127, seed=27).values],
               "int64")
words = whole_numbers((5000,), -1 << 20, 1 << 20, "int32", seed=28)
few_words = whole_numbers((9,), dtype="int32", seed=29)
to_rows_of_7, to_columns = places((4000,), 3, 30), places((4000,), 7, 31)
grid = whole_numbers((3, 7), dtype="int32", seed=32)
grid_updates = whole_numbers((4000,), dtype="int32", seed=33)


# Some places are named several times, some from the end, some not at all.
box = whole_numbers((9, 5, 7), -99, 99, seed=34)
to_planes, to_lines = (Tensor([20, 3], [value - 4 for value in
                                        places((60,), size, seed).values],
                              "int64") for size, seed in ((9, 35), (7, 36)))
box_cells = whole_numbers((20, 3, 5), -99, 99, seed=37)
few_places, few_rows = places((8,), 41, 38), whole_numbers((8, 17), seed=39)
many_rows = whole_numbers((41, 17), seed=40)


def open_histogram(*sizes):
    return [([x], [histogram(x, 16, -4, 4)]) for x in
            (Tensor([size], eighths.values[:size]) for size in sizes)]


CASES = {
    "histogram": histc(spread, 4, -6.0, 6.0),
    # Each block of its own, copies of each counter.
    "histogram_odd": histc(odd_ones, 100, -4.0, 4.0),
    "histogram_one": histc(eighths, 1, -4.0, 4.0),
    "histogram_range": Case([eighths], call("histc.default(x0, 10, 0.0, 0.0)"),
                            [histogram(eighths, 10, -5, 5)]),
    "histogram_fine": histc(eighths, 4096, -4.0, 4.0),
    "histogram_finest": histc(eighths, 16384, -4.0, 4.0),
    "histogram_open": OpenCase([["n"]], call("histc.default(x0, 16, -4.0, 4.0)"),
                               open_histogram(5, 1000, 20003)),
    "counters_signed": Case([counters, to_counters, signed], add_call("int64"),
                            [added(counters, to_counters, signed)]),
    "counters_large": Case([counters, to_counters, large],
                           call("scatter_add.default(x0, 0, x1, x2)"),
                           [added(counters, to_counters, large)]),
    "counters_words": Case([few_words, to_counters, words],
                           call("scatter_add.default(x0, 0, x1, x2)"),
                           [added(few_words, to_counters, words)]),
    "counters_beside": Case([counters, beside, signed], add_call("int64"),
                            "index out of range"),
    "counters_grid": Case(
        [grid, to_rows_of_7, to_columns, grid_updates],
        call("index_put.default(x0, [x1, x2], x3, True)"),
        [added(grid, Tensor([4000], [i * 7 + j for i, j in
                                     zip(to_rows_of_7.values,
                                         to_columns.values)], "int64"),
               grid_updates)]),
    "index_put": Case([table, to_rows, rows],
                      call("index_put.default(x0, [x1], x2)"),
                      [put(table, to_rows, rows, False)]),
    # Too few updates to look for them from every row, so sorted.
    "index_put_few": Case([many_rows, few_places, few_rows],
                          call("index_put.default(x0, [x1], x2)"),
                          [put(many_rows, few_places, few_rows, False)]),
    "index_put_cells": Case([box, to_planes, to_lines, box_cells],
                            call("index_put.default(x0, [x1, None, x2], x3)"),
                            None),
    "index_put_beyond": Case([table, Tensor(to_rows.shape,
                                            [table.shape[0], *to_rows.values[1:]],
                                            "int64"), rows],
                             call("index_put.default(x0, [x1], x2)"),
                             "index out of range"),
    "index_put_one": Case([table, one, row],
                          call("index_put.default(x0, [x1], x2)"),
                          [put(table, one, row, False)]),
    "accumulate": Case([table, to_rows, rows],
                       call("index_put.default(x0, [x1], x2, True)"),
                       [put(table, to_rows, rows, True)]),
    "crowd": Case([whole_table, crowd, many],
                  call("index_put.default(x0, [x1], x2, True)"),
                  [put(whole_table, crowd, many, True)]),
    "crowd_mean": Case([wide, crowded, more],
                       call("scatter_reduce.two(x0, 1, x1, x2, 'mean')"),
                       [scattered(wide, crowded, more, "mean")]),
    "cells": Case([table, first, second, cells],
                  call("index_put.default(x0, [x1, x2], x3, True)"),
                  [put_cells(table, first, second, cells)]),
    "index_add": Case([columns, to_rows, transposed(rows)],
                      call("index_add.default(x0, 1, x1, x2)"),
                      [transposed(put(transposed(columns), to_rows, rows,
                                      True))]),
    "embedding": Case([rows, to_rows],
                      call("embedding_dense_backward.default(x0, x1, 40, -1, "
                           "False)"),
                      [put(zeros, to_rows, rows, True)]),
    "scatter": Case([matrix, along, source],
                    call("scatter.src(x0, 1, x1, x2)"),
                    [scattered(matrix, along, source)]),
    "scatter_add": Case([matrix, along, source],
                        call("scatter_add.default(x0, 1, x1, x2)"),
                        [scattered(matrix, along, source, "sum")]),
    "scatter_columns": Case(
        [transposed(matrix), transposed(along), transposed(source)],
        call("scatter_add.default(x0, 0, x1, x2)"),
        [transposed(scattered(matrix, along, source, "sum"))]),
    # Nothing is left of the loops: the host adds up.
    **{f"one_update_{dtype}": Case(
        [Tensor([4], range(4), dtype), Tensor([1], [3], "int64"),
         Tensor([1], [-5], dtype)],
        call("index_put.default(x0, [x1], x2, True)"),
        [Tensor([4], [0, 1, 2, -2], dtype)])
       for dtype in ["float16", "bfloat16"]},
    "integers": Case([numbers, along, whole],
                     call("scatter_add.default(x0, 1, x1, x2)"),
                     [scattered(numbers, along, whole, "sum")]),
    **{f"integers_{name}": Case(
        [numbers, along, whole],
        call(f"scatter_reduce.two(x0, -1, x1, x2, '{name}')"),
        [scattered(numbers, along, whole, name)])
       for name in ["sum", "amax", "amin"]},
    "integers_amax_alone": Case(
        [numbers, along, whole],
        call("scatter_reduce.two(x0, -1, x1, x2, 'amax', "
             "include_self = False)"),
        [scattered(numbers, along, whole, "amax", False)]),
    "integers_narrow": Case(
        [narrow, along, narrow_updates],
        call("scatter_add.default(x0, 1, x1, x2)"),
        [scattered(narrow, along, narrow_updates, "sum")]),
    "integers_cells": Case(
        [whole_cells, first, second, cell_updates],
        call("index_put.default(x0, [x1, x2], x3, True)"),
        [put_cells(whole_cells, first, second, cell_updates)]),
    "integers_rows": Case(
        [whole_cells, to_rows, row_updates],
        call("index_put.default(x0, [x1], x2, True)"),
        [put(whole_cells, to_rows, row_updates, True)]),
    "masked_select": Case([field, mask], call("masked_select.default(x0, x1)"),
                          [picked(field, mask)]),
    "long_nonzero": Case([long_mask], call("nonzero.default(x0)"),
                         [nonzero(long_mask)]),
    "nonzero": Case([mask], call("nonzero.default(x0)"), [nonzero(mask)]),
    **{name: reduce(name) for name in ["sum", "prod", "mean", "amax", "amin"]},
    **{f"{name}_alone": reduce(name, False)
       for name in ["prod", "mean", "amax"]},
}

if __name__ == "__main__":
    sys.exit(main(CASES))
