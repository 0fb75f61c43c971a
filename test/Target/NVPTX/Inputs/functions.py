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


CASES = {
    **{name: unary(name, anywhere, getattr(math, name))
       for name in ("sin", "cos", "tan", "erf", "erfc", "asinh")},
    "acosh": unary("acosh", beyond_one, math.acosh),
    "atanh": unary("atanh", unit, math.atanh),
    "power": binary("pow.Tensor_Tensor", positive, powers, math.pow),
    "fmod": binary("fmod.Tensor", anywhere, powers[:len(anywhere)], math.fmod),
    "remainder": binary("remainder.Tensor", anywhere, positive[:len(anywhere)],
                        operator.mod),
}


if __name__ == "__main__":
    sys.exit(main(CASES))
