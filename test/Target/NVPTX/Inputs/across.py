"""Reductions across neighbours and what follows from them; see numerics.py."""

import math
import sys

from numerics import Case, OpenCase, Tensor, main, whole_numbers

ATEN = "torch.ops.aten"
SOFTMAX = [f"a = {ATEN}._softmax.default(x0, 1, False)", "return (a,)"]
LOG_SOFTMAX = [f"a = {ATEN}._log_softmax.default(x0, 1, False)", "return (a,)"]
LOGSUMEXP = [f"a = {ATEN}.logsumexp.default(x0, [1])", "return (a,)"]
NEAR = {"float32": 1e-5, "float16": 4e-3, "bfloat16": 2e-2, "float64": 1e-6}


def lines_of(x):
    """The elements along dimension 1 of [n, c, inner...]."""
    outer, count, inner = x.shape[0], x.shape[1], math.prod(x.shape[2:])
    return [[x.values[(n * count + c) * inner + w] for c in range(count)]
            for n in range(outer) for w in range(inner)]


def along(x, function, near=None):
    """`function` of the elements along dimension 1, in their places."""
    outer, count, inner = x.shape[0], x.shape[1], math.prod(x.shape[2:])
    made = [function(line) for line in lines_of(x)]
    return Tensor(x.shape,
                  (made[n * inner + w][c] for n in range(outer)
                   for c in range(count) for w in range(inner)),
                  x.dtype, NEAR[x.dtype] if near is None else near)


def reduced(x, function, keeps=False):
    """One number for each line."""
    shape = [x.shape[0], *([1] if keeps else []), *x.shape[2:]]
    return Tensor(shape, map(function, lines_of(x)), x.dtype, NEAR[x.dtype])


def softmax(line):
    most = max(line)
    if any(value != value for value in line) or math.isinf(most):
        return [math.nan] * len(line)
    powers = [math.exp(value - most) for value in line]
    total = math.fsum(powers)
    return [power / total for power in powers]


def logsumexp(line):
    most = max(line)
    return most + math.log(math.fsum(math.exp(value - most) for value in line))


def log_softmax(line):
    total = logsumexp(line)
    return [value - total for value in line]


def normalized(line):
    mean = math.fsum(line) / len(line)
    variance = math.fsum((value - mean) ** 2 for value in line) / len(line)
    return [(value - mean) / math.sqrt(variance + 1e-6) for value in line]


def unit(line):
    norm = max(math.sqrt(math.fsum(value * value for value in line)), 1e-12)
    return [value / norm for value in line]


def numbers(shape, dtype="float32", seed=0):
    return whole_numbers(shape, -4, 4, dtype, seed)


# From the shortest rows to those that no registers hold, of few and odd and
# whole lines of neighbours.
SHAPES = [(3, 1, 8), (2, 2, 33), (3, 5, 7), (2, 21, 40), (1, 5, 1023),
          (2, 64, 1, 36), (2, 256, 12), (1, 300, 1), (5, 300, 2), (1, 513, 20),
          (1, 1000, 9), (1, 1500, 8), (1, 2200, 8)]
NARROW_SHAPES = [(2, 21, 40), (2, 70, 33), (1, 600, 24)]


def of_each(inputs):
    """Softmax of each of them along dimension 1, all in one module."""
    lines = [f"a{i} = {ATEN}._softmax.default(x{i}, 1, False)"
             for i in range(len(inputs))]
    results = "".join(f"a{i}, " for i in range(len(inputs)))
    return Case(inputs, [*lines, f"return ({results})"],
                [along(x, softmax) for x in inputs])


CASES = {
    "softmax": of_each([numbers(shape) for shape in SHAPES]),
    "other_types": of_each([numbers(shape, dtype) for shape in NARROW_SHAPES
                            for dtype in ("float16", "bfloat16", "float64")]),
}
image = numbers((2, 40, 6, 6), seed=1)
odd = numbers((2, 21, 5, 7), seed=2)
strange = numbers((1, 48, 20), seed=3)
for index, value in ((0, math.nan), (41, math.inf), (62, -math.inf)):
    strange.values[index] = value
for c in range(48):
    strange.values[c * 20 + 3] = -math.inf
weight, bias = numbers((40,), seed=4), whole_numbers((40,), 20, 30, seed=5)
mask = numbers((40, 6, 6), seed=6)
far = numbers((2, 40, 36), seed=7)
crowd = numbers((2, 700, 64), seed=9)
tall = numbers((1, 5000, 4), seed=8)


def affine(x):
    lines = along(x, normalized)
    inner = math.prod(x.shape[2:])
    return Tensor(x.shape,
                  (value * weight.values[i // inner % 40]
                   + bias.values[i // inner % 40]
                   for i, value in enumerate(lines.values)), near=2e-5)


def masked(x):
    moved = Tensor(x.shape, (value * 0.5 + mask.values[i % len(mask.values)]
                             for i, value in enumerate(x.values)))
    chances = along(moved, softmax)
    return [moved, Tensor(x.shape, map(sum, zip(chances.values, x.values)),
                          near=1e-5)]


NORM_LINES = [
    f"m = {ATEN}.mean.dim(x0, [1], True)", f"d = {ATEN}.sub.Tensor(x0, m)",
    f"p = {ATEN}.pow.Tensor_Scalar(d, 2)", f"v = {ATEN}.mean.dim(p, [1], True)",
    f"e = {ATEN}.add.Tensor(v, 1e-06)", f"s = {ATEN}.sqrt.default(e)",
    f"q = {ATEN}.div.Tensor(d, s)",
    f"w = {ATEN}.view.default(x1, [1, 40, 1, 1])",
    f"b = {ATEN}.view.default(x2, [1, 40, 1, 1])",
    f"y = {ATEN}.mul.Tensor(q, w)", f"z = {ATEN}.add.Tensor(y, b)",
    "return (z,)"]
# No neighbours at all.
empty = Tensor((3, 4, 0), [])
# As many strips as a block can have.
single = numbers((500, 1, 2), seed=11)
CASES.update({
    "single_elements": Case([single], SOFTMAX, [along(single, softmax)]),
    "empty_lines": of_each([empty]),
    "log_softmax": Case([odd], LOG_SOFTMAX, [along(odd, log_softmax)]),
    "logsumexp": Case([image], LOGSUMEXP, [reduced(image, logsumexp)]),
    "strange_softmax": Case([strange], SOFTMAX, [along(strange, softmax)]),
    "images_normalized": Case([image, weight, bias], NORM_LINES,
                              [affine(image)]),
    "permuted_norm": Case(
        [image, weight, bias],
        [f"p = {ATEN}.permute.default(x0, [0, 2, 3, 1])",
         f"t = {ATEN}.native_layer_norm.default(p, [40], x1, x2, 1e-06)",
         "b = t[0]", f"z = {ATEN}.permute.default(b, [0, 3, 1, 2])",
         f"a = {ATEN}.clone.default(z, memory_format = "
         "torch.contiguous_format)", "return (a,)"],
        [affine(image)]),
    "of_length_1": Case(
        [image],
        [f"n = {ATEN}.linalg_vector_norm.default(x0, 2, [1], True)",
         f"c = {ATEN}.clamp_min.default(n, 1e-12)",
         f"e = {ATEN}.expand.default(c, [2, 40, 6, 6])",
         f"a = {ATEN}.div.Tensor(x0, e)", "return (a, c)"],
        [along(image, unit),
         reduced(image, lambda line: math.sqrt(sum(v * v for v in line)),
                 keeps=True)]),
    # What is before is computed once, and stored.
    "with_mask": Case(
        [image, mask],
        [f"s = {ATEN}.mul.Tensor(x0, 0.5)", f"b = {ATEN}.add.Tensor(s, x1)",
         f"a = {ATEN}._softmax.default(b, 1, False)",
         f"z = {ATEN}.add.Tensor(a, x0)", "return (b, z)"],
        masked(image)),
    "first_dimension": Case(
        [numbers((70, 24), seed=10)],
        [f"a = {ATEN}._softmax.default(x0, 0, False)", "return (a,)"],
        [Tensor((70, 24),
                along(Tensor((1, 70, 24), numbers((70, 24), seed=10).values),
                      softmax).values, near=1e-5)]),
    "two_results": Case(
        [far],
        [f"t = {ATEN}.var_mean.correction(x0, [1], correction = 0, "
         "keepdim = True)", "v = t[0]", "m = t[1]",
         f"d = {ATEN}.sub.Tensor(x0, m)", "return (v, m, d)"],
        [reduced(far, lambda line: math.fsum(
            (v - math.fsum(line) / 40) ** 2 for v in line) / 40, keeps=True),
         reduced(far, lambda line: math.fsum(line) / 40, keeps=True),
         along(far, lambda line: [v - math.fsum(line) / 40 for v in line])]),
    # More than warps can exchange at once.
    "many_sums": Case(
        [crowd],
        [f"m = {ATEN}.amax.default(x0, [1], True)",
         f"d = {ATEN}.sub.Tensor(x0, m)",
         *(f"p{i} = {ATEN}.mul.Tensor(d, {i}.0)\n"
           f"        s{i} = {ATEN}.sum.dim_IntList(p{i}, [1])"
           for i in range(2, 16)),
         "return (" + "".join(f"s{i}, " for i in range(2, 16)) + ")"],
        [reduced(crowd, lambda line:
                 i * (sum(line) - 700 * max(line)))
         for i in range(2, 16)]),
    # Read again for each pass, and by many blocks.
    "tall": Case([tall], SOFTMAX, [along(tall, softmax)]),
})

OPEN_SHAPES = [(2, 3, 8), (1, 32, 6), (3, 33, 4), (1, 400, 12), (1, 520, 5),
               (1, 1100, 4), (1, 4, 1),
               (2, 3, 0)]
CASES.update({
    f"open_{name}": OpenCase(
        [dims], lines,
        [([x], [expected(x)]) for x in map(numbers, shapes)])
    for name, dims, lines, shapes, expected in (
        ("softmax", ["s0", "s1", "s2"], SOFTMAX, OPEN_SHAPES,
         lambda x: along(x, softmax)),
        ("empty", ["s0", "s1", 0], SOFTMAX, [(3, 4, 0)],
         lambda x: along(x, softmax)),
        ("inner", [2, 21, "s0"], SOFTMAX, [(2, 21, 8), (2, 21, 7)],
         lambda x: along(x, softmax)),
        ("reduced", [2, "s0", 12], LOG_SOFTMAX,
         [(2, 5, 12), (2, 90, 12), (2, 1030, 12)],
         lambda x: along(x, log_softmax)),
        ("logsumexp", ["s0", "s1", "s2"], LOGSUMEXP, OPEN_SHAPES[:4],
         lambda x: reduced(x, logsumexp)))
})

if __name__ == "__main__":
    sys.exit(main(CASES))
