"""Floats of eight bits: casts, what torch computes with them, scaled products."""

import itertools

import torch

from own_op import FLOATS, OwnOp

NARROW = (torch.float8_e4m3fn, torch.float8_e5m2)


def every(dtype):
    """All numbers of the format, NaN without its bits."""
    return torch.arange(256, dtype=torch.uint8).view(dtype)


def casts(dtype):
    """Ties, what lies beside them, and what is too great; from `dtype`."""
    for narrow in NARROW:
        numbers = every(narrow).double()
        numbers = numbers[numbers.isfinite()].unique()
        ties = (numbers[1:] + numbers[:-1]) / 2
        x = torch.cat([numbers, ties, ties * (1 + 2 ** -9), ties * (1 - 2 ** -9),
                       torch.tensor([464., 480., 61440., 1e30, float("inf"),
                                     -float("inf"), float("nan"), -0.0])])
        yield x.to(dtype), narrow
        yield torch.randn(3, 5).to(dtype) * 100, narrow
        yield torch.tensor(3.3).to(dtype), narrow


def there_and_back(x, narrow):
    """The bits, of which those of NaN are torch's own matter."""
    y = x.to(narrow)
    return torch.where(x.isnan(), 0, y.view(torch.uint8)), y, y.to(x.dtype)


def moved(dtype):
    for narrow in NARROW:
        x = every(narrow).view(8, 32)
        yield x, torch.randn(8, 32).to(narrow), torch.tensor([7, 0, 3])


def move(x, y, index):
    """What moves only, and the little that torch computes in such floats."""
    return (torch.cat([x, y], 1), x.index_select(0, index), x.mT.contiguous(),
            torch.where(y.isnan(), x, y), x.view(torch.uint8), x == y, x.abs(),
            x * y, x.isnan(), torch.nn.functional.pad(x, (1, 2)),
            x.index_put((index,), y[:3]), x.to(torch.float8_e5m2),
            x.to(torch.float8_e4m3fn), x.to(torch.float64), y.to(torch.int32),
            x.to(torch.bool), torch.full_like(x, 0.3))


def scaled(dtype):
    for narrow, (m, k, n), by_row in itertools.product(
            NARROW, ((16, 32, 16), (1, 256, 48), (33, 80, 96)), (False, True)):
        a = torch.rand(m, 1) if by_row else torch.rand(())
        b = torch.rand(1, n) if by_row else torch.rand(())
        yield (torch.randn(m, k).to(narrow), torch.randn(n, k).to(narrow), a, b,
               torch.randn(n).to(dtype), dtype)


def scaled_product(x, w, a, b, bias, dtype):
    return torch._scaled_mm(x, w.mT, a, b,
                            bias if dtype == torch.bfloat16 else None,
                            out_dtype=dtype)


narrow_ops = [
    OwnOp("own.to_float8", there_and_back, casts, FLOATS),
    OwnOp("own.float8", move, moved, (torch.float32,)),
    OwnOp("own.scaled_mm", scaled_product, scaled,
          (torch.float32, torch.bfloat16, torch.float16)),
]
