"""Sets and counts, and results as long as they say; see numerics.py."""

import collections
import itertools
import math
import sys

from numerics import Case, OpenCase, Tensor, main, whole_numbers


class Both(Case):
    """The same is expected of a module for the CPU."""

    tests_cpu = True


class OpenBoth(OpenCase):
    tests_cpu = True


def call(text, results=1):
    """All results of an operator, or its only one."""
    if results == 1:
        return [f"a = torch.ops.aten.{text}", "return (a,)"]
    names = [f"a{i}" for i in range(results)]
    return [f"a = torch.ops.aten.{text}",
            *(f"{name} = a[{i}]" for i, name in enumerate(names)),
            f"return ({', '.join(names)})"]


def count_call(arguments):
    """Memory for the result needs a bound that the program knows."""
    return [f"a = torch.ops.aten.bincount.default({arguments})",
            "n = torch.ops.aten.sym_size.int(a, 0)", "le = n <= 600",
            "check = torch.ops.aten._assert_scalar.default(le, 'too many')",
            "return (a,)"]


def integers(values):
    return Tensor([len(values)], values, "int64")


def unique(x):
    counts = collections.Counter(x.values)
    order = sorted(counts)
    return [Tensor([len(order)], order, x.dtype),
            Tensor(x.shape, [order.index(v) for v in x.values], "int64"),
            integers([counts[v] for v in order])]


def runs(x):
    found = [(value, len(list(run))) for value, run
             in itertools.groupby(x.values)]
    inverse = [i for i, (_, length) in enumerate(found)
               for _ in range(length)]
    return [Tensor([len(found)], [value for value, _ in found], x.dtype),
            Tensor(x.shape, inverse, "int64"),
            integers([length for _, length in found])]


def unique_rows(x):
    rows = [tuple(row) for row in x.rows()]
    counts = collections.Counter(rows)
    order = sorted(counts)
    return [Tensor([len(order), x.shape[1]],
                   [v for row in order for v in row], x.dtype),
            integers([order.index(row) for row in rows]),
            integers([counts[row] for row in order])]


def modes(x):
    values, places = [], []
    for row in x.rows():
        counts = collections.Counter(row)
        values.append(min(v for v in row
                          if counts[v] == max(counts.values())))
        places.append(max(i for i, v in enumerate(row) if v == values[-1]))
    return [Tensor([len(values)], values, x.dtype), integers(places)]


def counted(x, least=0, weights=None):
    result = [0] * max(least, *(v + 1 for v in x.values), 0)
    for i, value in enumerate(x.values):
        result[value] += weights.values[i] if weights else 1
    return Tensor([len(result)], result, "float32" if weights else "int64")


def segments(x, lengths, kind, initial):
    combine = {"sum": lambda a, b: a + b, "max": max}[kind]
    rows, result, at = list(x.rows()), [], 0
    for length in lengths.values:
        row = [initial] * x.shape[1]
        for other in rows[at:at + length]:
            row = [combine(a, b) for a, b in zip(row, other)]
        result, at = result + row, at + length
    return Tensor([len(lengths.values), x.shape[1]], result)


floats = whole_numbers((7, 90), -20, 20)
many = whole_numbers((3000,), 0, 400, "int64", seed=1)
narrow = whole_numbers((3, 50), -3, 3, "int8", seed=2)
few = whole_numbers((300,), 0, 90, "int8", seed=7)
steps = Tensor([500], [i // 7 % 5 for i in range(500)])
rows = whole_numbers((200, 3), 0, 2, "int64", seed=3)
matrix = whole_numbers((5, 300), -9, 9, seed=4)
weights = whole_numbers((3000,), seed=5)
lengths = integers([3, 0, 40, 7, 0, 50])
data = whole_numbers((100, 6), seed=6)
nan, inf = math.nan, math.inf
odd = Tensor([7], [3.0, nan, 1.0, nan, inf, 1.0, 3.0])


def open_runs(*counts):
    return [([x], unique(x)) for x in
            (whole_numbers((count,), 0, 9, seed=count) for count in counts)]


CASES = {
    "unique": Both([floats], call("_unique2.default(x0, True, True, True)", 3),
                   unique(floats)),
    "unique_many": Both([many], call("_unique2.default(x0, True, True, True)",
                                     3), unique(many)),
    "unique_narrow": Both([narrow], call("_unique.default(x0, True, True)", 2),
                          unique(narrow)[:2]),
    "unique_nan": Both([odd], call("_unique2.default(x0, True, True, True)", 3),
                       [Tensor([5], [1.0, 3.0, inf, nan, nan]),
                        integers([1, 3, 0, 4, 2, 0, 1]),
                        integers([2, 2, 1, 1, 1])]),
    "unique_open": OpenBoth([["n"]],
                            call("_unique2.default(x0, True, True, True)", 3),
                            open_runs(1, 40, 1500)),
    "runs": Both([steps], call("unique_consecutive.default(x0, True, True)", 3),
                 runs(steps)),
    "rows": Both([rows], call("unique_dim.default(x0, 0, True, True, True)", 3),
                 unique_rows(rows)),
    "mode": Both([matrix], call("mode.default(x0, 1)", 2), modes(matrix)),
    "mode_narrow": Both([narrow], call("mode.default(x0, 1)", 2),
                        modes(narrow)),
    "bincount": Both([many], count_call("x0"), [counted(many)]),
    "bincount_least": Both([many], count_call("x0, None, 500"),
                           [counted(many, 500)]),
    "bincount_weights": Both([many, weights], count_call("x0, x1"),
                             [counted(many, 0, weights)]),
    "bincount_narrow": Both([few], call("bincount.default(x0)"), [counted(few)]),
    "bincount_negative": Case([integers([3, -1])], count_call("x0"),
                              "bincount of a negative number"),
    "segments": Both([data, lengths], call(
        "segment_reduce.default(x0, 'sum', lengths = x1)"),
                     [segments(data, lengths, "sum", 0)]),
    "segments_max": Both([data, lengths], call(
        "segment_reduce.default(x0, 'max', lengths = x1, initial = -7)"),
                         [segments(data, lengths, "max", -7)]),
    "segments_short": Case([data, integers([3, 4])], call(
        "segment_reduce.default(x0, 'sum', lengths = x1)"),
                           "lengths do not add up"),
    "segments_behind": Case([data, integers([60, 70])], call(
        "segment_reduce.default(x0, 'sum', lengths = x1, unsafe = True)"),
                            "segments end behind the data"),
    "segments_descend": Case([data, integers([0, 70, 60])], call(
        "segment_reduce.default(x0, 'sum', offsets = x1)"),
                             "offsets of segments do not ascend"),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
