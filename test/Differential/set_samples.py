"""Operators of sets and counts: unique elements, modes, histograms, segments."""

import torch

from own_op import FLOATS, OwnOp

A = torch.ops.aten
INTEGERS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


def with_repeats(dtype):
    """Numbers of which many are equal, some of them zeros of both signs and
    NaN where there are such."""
    for shape in ((), (0,), (1,), (40,), (3, 17), (2, 5, 4)):
        x = torch.randint(0, 4, shape).to(dtype)
        yield x if dtype == torch.bool else x - x.new_ones(())
    if dtype.is_floating_point:
        nan = float("nan")
        yield torch.tensor([3, nan, 1, nan, 0, 1, float("inf"), 3, nan],
                           dtype=dtype)


def repeated_numbers(dtype):
    for x in with_repeats(dtype):
        for wanted in ((False, False), (True, False), (False, True),
                       (True, True)):
            yield x, *wanted


def unique_elements(x, inverse, counts):
    return A._unique2(x, True, inverse, counts)[:1 + inverse + 2 * counts:
                                                1 + (counts and not inverse)]


def unique_runs(x, inverse, counts):
    """Whether asked for or not; what is not may be anything."""
    found = A.unique_consecutive(x, inverse, counts)
    return [found[i] for i in range(3) if (True, inverse, counts)[i]]


def unique_slices(x, dim, run, inverse, counts):
    """Contiguous, as export takes it for; eager's slices are not."""
    found = torch.unique_consecutive(x, inverse, counts, dim) if run \
        else torch.unique(x, True, inverse, counts, dim)
    return (found[0].contiguous(), *found[1:]) if inverse \
        else found.contiguous()


def repeated_slices(dtype):
    for shape in ((30,), (20, 2), (9, 1), (2, 2, 12)):
        x = torch.randint(0, 2, shape).to(dtype)
        for dim in range(len(shape)):
            for run in (False, True):
                yield x, dim, run, True, True
        yield x, -1, False, False, False


def modes(dtype):
    for shape, dim in (((), 0), ((9,), 0), ((16,), 0), ((3, 11), 1),
                       ((11, 3), 0), ((2, 7, 3), -2), ((0, 4), 1)):
        for keepdim in (False, True):
            yield torch.randint(0, 4, shape).to(dtype), dim, keepdim
    # Eager's sort keeps the order of equal elements of short rows only.
    yield torch.arange(90).remainder(7).to(dtype).reshape(2, 45), 1


def bounded_bincount(*arguments):
    """graphc needs to know how much memory there has to be."""
    counts = torch.bincount(*arguments)
    torch._check(counts.shape[0] <= 64)
    return counts


def numbers_to_count(dtype):
    x = torch.tensor([3, 0, 7, 7, 7, 1, 3], dtype=dtype)
    for least in (0, 5, 20):
        yield x, None, least
        yield x, torch.randn(7), least
        yield x, torch.randn(7, dtype=torch.float64), least
        yield x, torch.arange(7), least
        yield x[:0], None, least


def segments(dtype):
    """Lengths and offsets, of rows and of matrices, some of nothing."""
    x = torch.randn(11, 3, dtype=dtype)
    lengths = torch.tensor([3, 0, 2, 6])
    offsets = torch.tensor([0, 3, 3, 5, 11])
    for kind in ("sum", "mean", "max", "min", "prod"):
        for initial in (None, 1):
            yield x, kind, {"lengths": lengths, "initial": initial}
            yield x, kind, {"offsets": offsets, "initial": initial}
        yield x.reshape(3, 11), kind, {
            "lengths": torch.tensor([[3, 8], [0, 11], [10, 1]]), "axis": 1}
    x = x.clone()
    x[4, 1] = float("nan")
    yield x, "max", {"lengths": lengths, "unsafe": True}


def points(dtype):
    x = torch.randn(200, dtype=dtype)
    edges = torch.tensor([-1, -0.5, 0, 0.25, 2], dtype=dtype)
    for more in ({}, {"weight": torch.rand(200, dtype=dtype)},
                 {"density": True}):
        yield x, 7, more
        yield x, edges, more
        yield x, 10, {"range": (-1.0, 1.0), **more}
    yield torch.tensor([1, 1, 1], dtype=dtype), 4, {}
    yield torch.arange(11).to(dtype) / 10, 10, {"range": (0.0, 1.0)}


def points_of_space(dtype):
    x = torch.randn(100, 2, dtype=dtype)
    edges = [torch.tensor(e, dtype=dtype) for e in ([-1, 0, 2], [-2, 0.5, 1, 3])]
    for more in ({}, {"weight": torch.rand(100, dtype=dtype)},
                 {"density": True}):
        yield x, [3, 4], more
        yield x, edges, more
        yield x, 3, {"range": [-1.0, 1.0, -2.0, 2.0], **more}


set_ops = [
    OwnOp("own.unique", unique_elements, repeated_numbers,
          (*FLOATS, *INTEGERS, torch.bool)),
    OwnOp("own.unique_consecutive", unique_runs, repeated_numbers,
          (*FLOATS, *INTEGERS, torch.bool)),
    OwnOp("own.unique_dim", unique_slices, repeated_slices,
          (*FLOATS, *INTEGERS, torch.bool)),
    OwnOp("own.mode", torch.mode, modes, (*FLOATS, *INTEGERS, torch.bool)),
    OwnOp("own.bincount", bounded_bincount, numbers_to_count, INTEGERS),
    OwnOp("own.segment_reduce", torch.segment_reduce, segments),
    OwnOp("own.histogram", torch.histogram, points, FLOATS[:2]),
    OwnOp("own.histogramdd", torch.histogramdd, points_of_space, FLOATS[:2]),
]
