"""Complex numbers: every operator that there is, beside Python's cmath; on the
CPU, too, which expands them alike."""

import cmath
import random
import sys

from numerics import Case, Tensor, main

ATEN = "torch.ops.aten"
NEAR = 1e-5
generator = random.Random(0)


class BothTargets(Case):
    """`results` are calls and what they give."""

    tests_cpu = True

    def __init__(self, inputs, results, lines=()):
        names = [f"r{i}" for i in range(len(results))]
        super().__init__(
            inputs, [*lines] + [f"{name} = {ATEN}.{call}"
                                for name, (call, _) in zip(names, results)] +
            [f"return ({', '.join(names)},)"],
            [expected for _, expected in results])


def numbers(count):
    return [complex(generator.uniform(-3, 3), generator.uniform(-3, 3))
            for _ in range(count)]


def tensor(values, dtype="complex64", shape=None):
    values = list(values)
    return Tensor(shape or [len(values)], values, dtype, NEAR)


def product(row):
    result = 1
    for value in row:
        result *= value
    return result


x, y = tensor(numbers(70)), tensor(numbers(70))
y.values[:3] = x.values[:3]
matrix, right = tensor(numbers(153), shape=[9, 17]), tensor(numbers(85),
                                                            shape=[17, 5])
reals, others = (tensor((value.real for value in numbers(70)), "float32")
                 for _ in range(2))
parts = [part for value in x.values for part in (value.real, value.imag)]
ONE = {
    "conj_physical": lambda v: v.conjugate(),
    "neg": lambda v: -v,
    "reciprocal": lambda v: 1 / v,
    "sigmoid": lambda v: 1 / (1 + cmath.exp(-v)),
    "exp": cmath.exp,
    "expm1": lambda v: cmath.exp(v) - 1,
    "log": cmath.log,
    "log1p": lambda v: cmath.log(1 + v),
    "sqrt": cmath.sqrt,
    "rsqrt": lambda v: 1 / cmath.sqrt(v),
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "tanh": cmath.tanh,
    "square": lambda v: v * v,
}
TWO = {
    "add.Tensor": complex.__add__,
    "sub.Tensor": complex.__sub__,
    "mul.Tensor": complex.__mul__,
    "div.Tensor": complex.__truediv__,
    "pow.Tensor_Tensor": complex.__pow__,
}
pairs = list(zip(x.values, y.values))

CASES = {
    "one": BothTargets(
        [x], [(f"{name}.default(x0)", tensor(map(function, x.values)))
              for name, function in ONE.items()] +
        [("abs.default(x0)", tensor(map(abs, x.values), "float32")),
         ("isnan.default(x0)", tensor([0] * 70, "bool")),
         ("isinf.default(x0)", tensor([0] * 70, "bool"))]),
    "two": BothTargets(
        [x, y], [(f"{name}(x0, x1)",
                  tensor(function(a, b) for a, b in pairs))
                 for name, function in TWO.items()] +
        [("eq.Tensor(x0, x1)", tensor((a == b for a, b in pairs), "bool")),
         ("ne.Tensor(x0, x1)", tensor((a != b for a, b in pairs), "bool")),
         ("cat.default([x0, x1])", tensor([*x.values, *y.values]))]),
    # Parts by themselves are views with gaps.
    "parts": BothTargets(
        [x], [("neg.default(re)", tensor((-v.real for v in x.values),
                                         "float32")),
              ("neg.default(im)", tensor((-v.imag for v in x.values),
                                         "float32")),
              ("view_as_real.default(x0)", tensor(parts, "float32", [70, 2]))],
        [f"re = {ATEN}.real.default(x0)", f"im = {ATEN}.imag.default(x0)"]),
    "made": BothTargets(
        [reals, others, tensor(parts, "float32", [70, 2])],
        [("complex.default(x0, x1)",
          tensor(map(complex, reals.values, others.values))),
         ("polar.default(x0, x1)",
          tensor(map(cmath.rect, reals.values, others.values))),
         ("view_as_complex.default(x2)", x)]),
    "rows": BothTargets(
        [matrix, right],
        [("sum.dim_IntList(x0, [1])", tensor(map(sum, matrix.rows()))),
         ("mean.dim(x0, [1])", tensor(sum(r) / 17 for r in matrix.rows())),
         ("prod.dim_int(x0, 1)", tensor(map(product, matrix.rows()))),
         ("mm.default(x0, x1)",
          tensor((sum(map(complex.__mul__, row, column))
                  for row in matrix.rows() for column in right.columns()),
                 shape=[9, 5])),
         ("clone.default(t, memory_format = torch.contiguous_format)",
          tensor((v for column in matrix.columns() for v in column),
                 shape=[17, 9]))],
        [f"t = {ATEN}.permute.default(x0, [1, 0])"]),
    "fourier": BothTargets(
        [x], [("fft_fft.default(x0)", Tensor(
            [70], [sum(value * cmath.rect(1, -cmath.tau * i * k / 70)
                       for i, value in enumerate(x.values))
                   for k in range(70)], "complex64", 1e-4))]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
