"""Functions of float64, which a GPU has no library for; beside Python's math."""

import math
import operator
import random
import sys

from numerics import Case, Tensor, main

ATEN = "torch.ops.aten"
NEAR = 2e-15
generator = random.Random(0)

anywhere = [math.ldexp(generator.uniform(-1, 1), generator.randint(-40, 40))
            for _ in range(60)] + [0.0, -0.0, 1.0, -1.0, 1e-310, 3e22, 1.7e308]
unit = [generator.uniform(-1, 1) for _ in range(70)] + [0.0, -0.0]
beyond_one = [1 + abs(value) for value in anywhere]
positive = [generator.uniform(0, 30) for _ in range(70)] + [1e-310]
powers = [generator.uniform(-30, 30) for _ in range(70)] + [2.0]


def tensor(values):
    return Tensor([len(values)], values, "float64", NEAR)


def unary(name, values, function):
    return Case([tensor(values)],
                [f"y = {ATEN}.{name}.default(x0)", "return (y,)"],
                [tensor(list(map(function, values)))])


def binary(overload, left, right, function):
    return Case([tensor(left), tensor(right)],
                [f"y = {ATEN}.{overload}(x0, x1)", "return (y,)"],
                [tensor(list(map(function, left, right)))])


def bessel(x, order):
    """Of the first kind, modified, by its power series."""
    return math.fsum((x / 2) ** (2 * k + order)
                     / (math.factorial(k) * math.factorial(k + order))
                     for k in range(80))


def whole(values):
    return Tensor([len(values)], values, "int64")


def splits():
    """Mantissas and exponents, also of numbers without a leading one."""
    parts = [math.frexp(value) for value in anywhere]
    return Case([tensor(anywhere)],
                [f"p = {ATEN}.frexp.Tensor(x0)", "y = p[0]", "z = p[1]",
                 "return (y, z)"],
                [tensor([mantissa for mantissa, _ in parts]),
                 Tensor([len(parts)], [exponent for _, exponent in parts],
                        "int32")])


def divisors():
    fibonacci = [1, 2]
    while len(fibonacci) < 90:
        fibonacci.append(sum(fibonacci[-2:]))
    left = fibonacci[:-1] + [0, 0, -12, 12, 7 * 2 ** 40]
    right = fibonacci[1:] + [0, -5, 18, 0, 21 * 2 ** 20]
    return Case([whole(left), whole(right)],
                [f"y = {ATEN}.gcd.default(x0, x1)", "return (y,)"],
                [whole(list(map(math.gcd, left, right)))])


def rotations():
    """exp of multiples of a quarter turn's generator."""
    angles = [0.0, 1e-9, 0.5, 3.0, -20.0]
    return Case([Tensor([5, 2, 2], [v for a in angles for v in (0, -a, a, 0)],
                        "float64")],
                [f"y = {ATEN}.linalg_matrix_exp.default(x0)", "return (y,)"],
                [Tensor([5, 2, 2],
                        [v for a in angles for v in
                         (math.cos(a), -math.sin(a), math.sin(a), math.cos(a))],
                        "float64", 1e-13, 1e-2)])


CASES = {
    **{name: unary(name, anywhere, getattr(math, name))
       for name in ("sin", "cos", "tan", "erf", "erfc", "asinh")},
    "acosh": unary("acosh", beyond_one, math.acosh),
    "atanh": unary("atanh", unit, math.atanh),
    "power": binary("pow.Tensor_Tensor", positive, powers, math.pow),
    "fmod": binary("fmod.Tensor", anywhere, powers[:len(anywhere)], math.fmod),
    "remainder": binary("remainder.Tensor", anywhere, positive[:len(anywhere)],
                        operator.mod),
    "i0": unary("i0", positive, lambda x: bessel(x, 0)),
    "i1": unary("special_i1", positive, lambda x: bessel(x, 1)),
    "erfcx": unary("special_erfcx", unit,
                   lambda x: math.exp(x * x) * math.erfc(x)),
    "frexp": splits(), "gcd": divisors(), "rotations": rotations(),
}


if __name__ == "__main__":
    sys.exit(main(CASES))
