"""Operators that draw numbers: many of each kind, from a seed."""

import torch

from own_op import FLOATS, OwnOp

A = torch.ops.aten


def drawn(x):
    """Many numbers of each kind, as the samples of torch have few."""
    return (torch.rand_like(x), torch.randn_like(x),
            torch.empty_like(x).uniform_(-3, 5),
            torch.empty_like(x).normal_(2, 3),
            torch.empty_like(x).exponential_(0.5),
            torch.empty_like(x).geometric_(0.3),
            torch.empty_like(x).cauchy_(1, 2),
            torch.empty_like(x).log_normal_(0.5, 0.25),
            torch.bernoulli(x), torch.bernoulli(x, 0.2),
            torch.empty_like(x).random_(), torch.empty_like(x).random_(70),
            torch.randint(-5, 2 ** 40, [3000]), torch.randint_like(x, 9),
            torch.normal(x, 2), torch.normal(0.5, x), torch.normal(x, x),
            torch.nn.functional.dropout(x, 0.2), A.native_dropout(x, 0.7, True),
            torch.nn.functional.alpha_dropout(x, 0.4, True),
            torch.nn.functional.rrelu(x.float() - 0.5, training=True))


def chosen(x):
    return (torch.multinomial(x, 2000, True), torch.multinomial(x, 3),
            torch.multinomial(x[0], 1))


def drawn_by_rejection(x):
    """Parameters on both sides of what the ways of drawing part at."""
    def full(value):
        return torch.full_like(x, value)

    counts = torch.cat([
        torch.poisson(full(rate)) for rate in (0, 0.3, 9.5, 10, 1000)])
    trials = torch.cat([torch.binomial(full(count), full(chance))
                        for count, chance in ((5, 0.3), (40, 0.2), (40, 0.9),
                                              (100, 0.5), (10000, 0.4),
                                              (30, 1), (0, 0.5))])
    gammas = torch.cat([torch._standard_gamma(full(shape))
                        for shape in (0.1, 0.8, 1, 7, 1e5)])
    shares = torch._sample_dirichlet(torch.stack(
        [full(0.5), full(1), full(3)], -1))
    return counts, trials, gammas, shares


random_ops = [
    OwnOp("own.rand", drawn,
          lambda dtype: [(torch.rand(3, 1000, dtype=dtype),)]),
    OwnOp("own.randperm", lambda x: (x, torch.randperm(500)),
          lambda dtype: [(torch.ones(3),)], FLOATS[:1]),
    OwnOp("own.multinomial", chosen, lambda dtype: [(torch.rand(
        4, 7, dtype=dtype),)], FLOATS[:1]),
    OwnOp("own.rejection", drawn_by_rejection,
          lambda dtype: [(torch.ones(3000, dtype=dtype),)], FLOATS[:2]),
]
