"""Random numbers: what programs draw on a GPU and on a CPU; see numerics.py.

What follows from the bits without rounding is computed here, from Philox as it
was published. The rest is held against statistics that hold for the seed that a
module begins with, and must be the same on both.
"""

import math
import sys

from numerics import Case, OpenCase, Tensor, decode, main, read

SEED = 67280421310721
MASK = 0xffffffff
EMPTY = "draws from an empty range"


def philox(key, low, high):
    x = [low & MASK, low >> 32, high & MASK, high >> 32]
    k = [key & MASK, key >> 32]
    for _ in range(10):
        a, b = 0xd2511f53 * x[0], 0xcd9e8d57 * x[2]
        x = [b >> 32 ^ x[1] ^ k[0], b & MASK, a >> 32 ^ x[3] ^ k[1], a & MASK]
        k = [k[0] + 0x9e3779b9 & MASK, k[1] + 0xbb67ae85 & MASK]
    return x


# As Salmon et al. publish them.
assert philox(0, 0, 0) == [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]
assert philox(2 ** 64 - 1, 2 ** 64 - 1, 2 ** 64 - 1) == [
    0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]
assert philox(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e) == [
    0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]


def words(count, call=0, seed=SEED):
    return [philox(seed, place, call) for place in range(count)]


def uniform(count, call=0, digits=24):
    return [math.ldexp(w[0] & (1 << digits) - 1, -digits)
            for w in words(count, call)]


def uniform64(count, call=0):
    return [math.ldexp((w[0] & (1 << 27) - 1) + ((w[1] & (1 << 26) - 1) << 27),
                       -53) for w in words(count, call)]


def wide(count, call=0, seed=SEED):
    return [w[0] | w[1] << 32 for w in words(count, call, seed)]


def signed(value, bits=64):
    return value - (1 << bits) if value >> bits - 1 else value


class Both(Case):
    """The same is expected of a module for the CPU."""

    tests_cpu = True


class Drawn(Case):
    """`hold` gets the numbers of each result and says what is wrong with them;
    results on a GPU are as near to the CPU's as `near` says, for functions."""

    def __init__(self, inputs, lines, hold, dtype="float32", near=0.0):
        super().__init__(inputs, lines, None, dtype)
        self.hold, self.near = hold, near

    def prepare(self, tools, folder):
        problem = super().prepare(tools, folder)
        return problem or self.hold(*[
            list(decode(data, self.dtype))
            for data in read(folder / "0/cpu/forward")])

    def compare(self, results, expected):
        for tensor in expected:
            tensor.near = self.near
        return super().compare(results, expected)


def aten(name, arguments):
    return [f"a = torch.ops.aten.{name}({arguments})", "return (a,)"]


def moments(mean, deviation, distribution, loose=1.0):
    """Mean, deviation, and the distance of Kolmogorov and Smirnov: three times
    what is usual for so many numbers."""
    def hold(values):
        n = len(values)
        got = sum(values) / n
        if abs(got - mean) > loose * 3 * deviation / math.sqrt(n):
            return f"mean {got}"
        spread = math.sqrt(sum((v - got) ** 2 for v in values) / n)
        if abs(spread - deviation) > loose * 5 * deviation / math.sqrt(n):
            return f"deviation {spread}"
        values = sorted(values)
        distance = max(max(abs(distribution(v) - i / n),
                           abs(distribution(v) - (i + 1) / n))
                       for i, v in enumerate(values))
        if distance > 1.63 / math.sqrt(n):
            return f"distance {distance}"
        return None
    return hold


def normal(mean, deviation):
    return moments(mean, deviation, lambda v: 0.5 * math.erfc(
        (mean - v) / deviation / math.sqrt(2)))


def is_permutation(values):
    n = len(values)
    if sorted(values) != list(range(n)):
        return "no permutation"
    fixed = sum(i == v for i, v in enumerate(values))
    return f"{fixed} stay where they are" if fixed > 8 else None


def is_choice(weights, tolerance):
    def hold(values):
        for i, weight in enumerate(weights):
            part = values.count(i) / len(values)
            if abs(part - weight) > tolerance or weight == 0 and part:
                return f"{i} is drawn in {part}"
        return None
    return hold


def dropped(p):
    def hold(values, kept):
        if [v != 0 for v in values] != [bool(k) for k in kept]:
            return "the mask is another"
        if any(v not in (0, 1 / (1 - p)) for v in values):
            return "the scale is another"
        part = sum(map(bool, kept)) / len(kept)
        return f"{part} are kept" if abs(part - 1 + p) > 0.02 else None
    return hold


def counts(mass, most):
    """Counts whose probability is mass(k), from 0 to `most`: the distance of
    chi-squared, four deviations of its own above its mean at most."""
    def hold(values):
        n, below, groups = len(values), 0.0, []
        if any(v != int(v) or not 0 <= v <= most for v in values):
            return "no counts"
        found = [values.count(k) for k in range(most + 1)]
        seen = expected = 0
        for k in range(most + 1):
            seen, expected = seen + found[k], expected + n * mass(k)
            below += mass(k)
            # Few of a kind say little; what is left over joins the last ones.
            if expected >= 8 and n * (1 - below) >= 8:
                groups.append((seen, expected))
                seen = expected = 0
        groups.append((seen, expected))
        distance = sum((a - b) ** 2 / b for a, b in groups)
        free = len(groups) - 1
        if distance > free + 4 * math.sqrt(2 * free):
            return f"distance {distance} with {free} degrees of freedom"
        return None
    return hold


def poisson(rate):
    return counts(lambda k: math.exp(k * math.log(rate) - rate
                                     - math.lgamma(k + 1)),
                  int(rate + 12 * math.sqrt(rate) + 12))


def binomial(n, p):
    return counts(lambda k: math.comb(n, k) * p ** k * (1 - p) ** (n - k), n)


def gamma(shape):
    def distribution(x):
        term = total = 1 / shape
        for k in range(1, 400):
            term *= x / (shape + k)
            total += term
        return total * math.exp(shape * math.log(x) - x - math.lgamma(shape))
    return moments(shape, math.sqrt(shape), distribution, loose=2)


def shares(values):
    """Each of three that are the parts of a stick broken at random."""
    parts = [sum(values[i:i + 3]) for i in range(0, len(values), 3)]
    if any(abs(part - 1) > 1e-6 for part in parts):
        return "parts do not add up to 1"
    return moments(1 / 3, math.sqrt(1 / 18), lambda v: 1 - (1 - v) ** 2)(
        values[::3])


def full(*values):
    """N of each."""
    return [Tensor([3, 1001], [value] * N, "float64") for value in values]


N = 3 * 1001
ones = Tensor([3, 1001], [1.0] * N)
halves = Tensor([7, 33], [1.0] * 231, "float16")
brains = Tensor([7, 33], [1.0] * 231, "bfloat16")
doubles = Tensor([7, 33], [1.0] * 231, "float64")
integers = Tensor([5, 41], range(205), "int64")
bytes_ = Tensor([5, 41], [0] * 205, "int8")
seeds = Tensor([2], [12345678901234, -77], "int64")
weights = Tensor([4], [1.0, 0.0, 5.0, 2.0])
table = Tensor([2000, 3], [1.0, 0.0, 3.0] * 2000)
inductor = 12345678901234 & MASK


def sized(rows, columns):
    return ([Tensor([rows, columns], [0.0] * (rows * columns))],
            [Tensor([rows, columns], uniform(rows * columns)),
             Tensor([columns, rows], uniform(rows * columns, 1))])


CASES = {
    "rand": Both([], aten("rand.default", "[3, 1001]"),
                 [Tensor([3, 1001], uniform(N))]),
    "rand_half": Both([halves], aten("rand_like.default", "x0"),
                      [Tensor([7, 33], uniform(231, digits=11), "float16")]),
    "rand_brain": Both([brains], aten("rand_like.default", "x0"),
                       [Tensor([7, 33], uniform(231, digits=8), "bfloat16")]),
    "rand_double": Both([doubles], aten("rand_like.default", "x0"),
                        [Tensor([7, 33], uniform64(231), "float64")]),
    "uniform": Both([ones], aten("uniform_.default", "x0, -2.0, 6.0"),
                    [Tensor([3, 1001], [8 * u - 2 for u in uniform(N)])]),
    "randint": Both([], aten("randint.low", "-3, 14, [205]"),
                    [Tensor([205], [w[0] % 17 - 3 for w in words(205)],
                            "int64")]),
    "randint_wide": Both(
        [], aten("randint.low", "-9000000000000000000, 200, [205]"),
        [Tensor([205], [w % 9000000000000000200 - 9000000000000000000
                        for w in wide(205)], "int64")]),
    "randint_type": Both([bytes_], aten("randint_like.default", "x0, 100"),
                         [Tensor([5, 41], [w[0] % 100 for w in words(205)],
                                 "int8")]),
    "random": Both([integers], aten("random_.from",
                                    "x0, -9223372036854775808, None"),
                   [Tensor([5, 41], map(signed, wide(205)), "int64")]),
    "random_bytes": Both([bytes_], aten("random_.default", "x0"),
                         [Tensor([5, 41], [w[0] % 128 for w in words(205)],
                                 "int8")]),
    "bernoulli": Both([ones], aten("bernoulli.p", "x0, 0.25"),
                      [Tensor([3, 1001], [u < 0.25 for u in uniform(N)])]),
    "calls": Both([], ["a = torch.ops.aten.rand.default([9])",
                       "b = torch.ops.aten.rand.default([2, 2])",
                       "c = torch.ops.aten.rand.default([9])",
                       "return (a, b, c)"],
                  [Tensor([9], uniform(9)), Tensor([2, 2], uniform(4, 1)),
                   Tensor([9], uniform(9, 2))]),
    "open": OpenCase([["n", "m"]],
                     ["a = torch.ops.aten.rand_like.default(x0)",
                      "b = torch.ops.aten.rand.default([m, n])",
                      "return (a, b)"],
                     [sized(1, 1), sized(3, 1000), sized(64, 33)]),
    "open_range": OpenCase(
        [["n"]], ["a = torch.ops.aten.randint.low(2, n, [205])",
                  "return (a,)"],
        [([Tensor([6], [0.0] * 6)],
          [Tensor([205], [w % 4 + 2 for w in wide(205)], "int64")]),
         ([Tensor([2], [0.0] * 2)], EMPTY), ([Tensor([1], [0.0])], EMPTY)]),
    "read_range": Both([bytes_, Tensor([], [7], "int64")],
                       aten("randint_like.Tensor", "x0, x1"),
                       [Tensor([5, 41], [w % 7 for w in wide(205)], "int8")]),
    "read_empty": Case([bytes_, Tensor([], [-3], "int64")],
                       aten("randint_like.Tensor", "x0, x1"), EMPTY),
    "inductor_rand": Both(
        [seeds], ["a = torch.ops.prims.inductor_lookup_seed.default(x0, 0)",
                  "b = torch.ops.prims.inductor_random.default([7, 33], a, "
                  "'rand')", "return (b,)"],
        [Tensor([7, 33], [
            Tensor([1], [w[0] & 0x7fffffff]).values[0] *
            Tensor([1], [4.6566127342e-10]).values[0]
            for w in words(231, seed=inductor)])]),
    "inductor_randint": Both(
        [seeds], ["a = torch.ops.prims.inductor_lookup_seed.default(x0, 0)",
                  "b = torch.ops.prims.inductor_randint.default("
                  "-5, 9223372036854775800, [231], a)", "return (b,)"],
        [Tensor([231], [w % 9223372036854775805 - 5
                        for w in wide(231, seed=inductor)], "int64")]),
    "seeds": Both(
        [], ["a = torch.ops.prims.inductor_seeds.default("
             "3, device(type='cpu'))", "return (a,)"],
        [Tensor([3], [w % (2 ** 63 - 1) for w in wide(3)], "int64")]),
    "dropout": Drawn([ones], ["a = torch.ops.aten.native_dropout.default("
                              "x0, 0.5, True)", "b = a[0]", "c = a[1]",
                              "d = torch.ops.aten._to_copy.default(c, "
                              "dtype = torch.float32)", "return (b, d)"],
                     dropped(0.5)),
    "randn": Drawn([], aten("randn.default", "[3, 1001]"), normal(0, 1),
                   near=1e-5),
    "normal": Drawn([ones], aten("normal_.default", "x0, 3.0, 0.5"),
                    normal(3, 0.5), near=1e-6),
    "exponential": Drawn([ones], aten("exponential_.default", "x0, 2.0"),
                         moments(0.5, 0.5, lambda v: 1 - math.exp(-2 * v),
                                 loose=2), near=1e-6),
    **{f"poisson_{rate}": Drawn(full(rate), aten("poisson.default", "x0"),
                                poisson(rate), "float64")
       for rate in (0.3, 7.5, 10, 90)},
    **{f"binomial_{n}_{p}": Drawn(full(n, p), aten("binomial.default", "x0, x1"),
                                  binomial(n, p), "float64")
       for n, p in ((9, 0.3), (40, 0.25), (60, 0.9), (200, 0.4))},
    **{f"gamma_{shape}": Drawn(full(shape), aten("_standard_gamma.default", "x0"),
                               gamma(shape), "float64", near=1e-12)
       for shape in (0.4, 1, 9)},
    "dirichlet": Drawn([Tensor([1001, 3], [1.0] * N)],
                       aten("_sample_dirichlet.default", "x0"), shares,
                       near=1e-6),
    "negative_rate": Case([Tensor([2], [1.0, -1.0])],
                          aten("poisson.default", "x0"),
                          "a Poisson rate is negative"),
    "randperm": Drawn([], aten("randperm.default", "1500"), is_permutation,
                      "int64"),
    "multinomial": Drawn([weights], aten("multinomial.default", "x0, 4000, True"),
                         is_choice([0.125, 0, 0.625, 0.25], 0.025), "int64"),
    "multinomial_first": Drawn([table], aten("multinomial.default", "x0, 1"),
                               is_choice([0.25, 0, 0.75], 0.03), "int64"),
    "multinomial_all": Drawn(
        [weights], aten("multinomial.default", "x0, 3"),
        lambda values: None if sorted(values) == [0, 2, 3] else "not distinct",
        "int64"),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
