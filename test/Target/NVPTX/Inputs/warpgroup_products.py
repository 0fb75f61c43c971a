"""Products that warpgroups compute, in all layouts; see numerics.py."""

import math
import sys

from numerics import NARROW, Case, Constant, Tensor, main, whole_numbers

ATEN = "torch.ops.aten"

def numbers(shape, seed, dtype="bfloat16"):
    return whole_numbers(shape, -3, 3, dtype, seed)


def transposed(tensor):
    return Tensor(tensor.shape[::-1],
                  [value for column in tensor.columns() for value in column],
                  tensor.dtype)


def multiply(left, right, finish=lambda value, row, column: value):
    """left[m, k] times right[n, k]."""
    rows, columns = left.rows(), right.rows()
    return Tensor([len(rows), len(columns)],
                  [finish(sum(map(float.__mul__, row, column)), i, j)
                   for i, row in enumerate(rows)
                   for j, column in enumerate(columns)],
                  "bfloat16" if left.dtype in NARROW else left.dtype)


def eighths(shape, seed):
    whole = numbers(shape, seed)
    return Tensor(shape, [value / 8 for value in whole.values], "bfloat16")


def gelu(value, *_):
    """Of the rounded product, by way of tanh."""
    x = Tensor([1], [value], "bfloat16").values[0]
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)
    return 0.5 * x * (1 + math.tanh(inner))


def nearly(tensor):
    tensor.near = 2 ** -8
    return tensor


def scaled(chips, dtype, row_scales=False):
    """Of floats of eight bits, with scales that are powers of two and a bias;
    depth and rows are not whole tiles."""
    left, right = numbers((72, 208), 19, dtype), numbers((80, 208), 20, dtype)
    scales = ([2.0 ** (i % 3 - 1) for i in range(72)],
              [2.0 ** (i % 2 - 2) for i in range(80)])
    if not row_scales:
        scales = ([0.5] * 72, [0.25] * 80)
    offsets = Tensor([80], [i % 7 for i in range(80)], "bfloat16")
    shapes = ([72, 1], [1, 80]) if row_scales else ([], [])
    factors = [Tensor(shape, values[:math.prod(shape)])
               for shape, values in zip(shapes, scales)]
    expected = multiply(left, right, lambda value, i, j: value * scales[0][i] *
                        scales[1][j] + offsets.values[j])
    return Case(
        [left, right, *factors, offsets],
        [T, f"y = {ATEN}._scaled_mm.default(x0, t, x2, x3, x4, None, "
            "torch.bfloat16)", END],
        [expected], "bfloat16", chips=chips)


def deep(chips):
    return Case([numbers((40, 8200), 15), numbers((72, 8200), 16),
                 numbers((72,), 17)],
                [T, f"m = {ATEN}.addmm.default(x2, x0, t)",
                 f"y = {ATEN}.relu.default(m)", END], None, "bfloat16",
                chips=chips)


def of_constants(rows, columns, depth, dtype, transposes=True, chips="sm_90a"):
    """With a constant matrix on the right, which is stored as it is read."""
    left = numbers((rows, depth), 22, dtype)
    right = Constant((columns, depth) if transposes else (depth, columns),
                     dtype)
    lines = [f"t = {ATEN}.permute.default(w0, [1, 0])"] if transposes else []
    return Case([left],
                [*lines, f"{MM}(x0, {'t' if transposes else 'w0'})", END],
                [multiply(left, right if transposes else transposed(right))],
                dtype, chips=chips, weights=[right])


small_a, small_b = eighths((136, 72), 13), eighths((200, 72), 14)
a, b = numbers((136, 72), 0), numbers((200, 72), 1)
odd = numbers((135, 72), 2)
half_a, half_b = numbers((72, 64), 3, "float16"), numbers((72, 64), 4, "float16")
deep_a, deep_b = numbers((72, 1000), 13), numbers((40, 1000), 14)
bias, residual = numbers((200,), 5), numbers((136, 200), 6)
MM = f"y = {ATEN}.mm.default"
T = f"t = {ATEN}.permute.default(x1, [1, 0])"
U = f"u = {ATEN}.permute.default(x0, [1, 0])"
END = "return (y,)"

CASES = {
    "depth-depth": Case([a, b], [T, f"{MM}(x0, t)", END], [multiply(a, b)]),
    "depth-columns": Case([a, transposed(b)], [f"{MM}(x0, x1)", END],
                          [multiply(a, b)]),
    "rows-depth": Case([transposed(a), b], [T, U, f"{MM}(u, t)", END],
                       [multiply(a, b)]),
    "rows-columns": Case([transposed(a), transposed(b)],
                         [U, f"{MM}(u, x1)", END], [multiply(a, b)]),
    "half": Case([half_a, half_b], [T, f"{MM}(x0, t)", END],
                 [multiply(half_a, half_b)]),
    # Results whose lines the copy engine does not take.
    "odd-columns": Case([a, odd], [T, f"{MM}(x0, t)", END],
                        [multiply(a, odd)]),
    "odd-rows": Case([odd, a], [T, f"{MM}(x0, t)", END], [multiply(odd, a)]),
    "fused": Case(
        [a, b, bias, residual],
        [T, f"m = {ATEN}.addmm.default(x2, x0, t)",
         f"r = {ATEN}.relu.default(m)", f"y = {ATEN}.add.Tensor(r, x3)", END],
        [multiply(a, b, lambda value, i, j: max(0.0, Tensor(
            [1], [value + bias.values[j]], "bfloat16").values[0]) +
            residual.values[200 * i + j])]),
    "gelu": Case(
        [small_a, small_b],
        [T, f"m = {ATEN}.mm.default(x0, t)",
         f"y = {ATEN}.gelu.default(m, approximate = 'tanh')", END],
        [nearly(multiply(small_a, small_b, gelu))]),
    "two-results": Case(
        [a, b], [T, f"{MM}(x0, t)", f"n = {ATEN}.neg.default(y)",
                 "return (y, n)"],
        [multiply(a, b), multiply(a, b, lambda value, i, j: -value)]),
    "batched": Case(
        [numbers((3, 80, 64), 7), numbers((3, 64, 72), 8)],
        [f"y = {ATEN}.bmm.default(x0, x1)", END], None, "bfloat16"),
    # Heads side by side in memory, and back.
    "heads": Case(
        [numbers((2, 64, 3, 64), 9), numbers((2, 128, 3, 64), 10)],
        [f"p = {ATEN}.permute.default(x0, [0, 2, 1, 3])",
         f"q = {ATEN}.permute.default(x1, [0, 2, 3, 1])",
         f"e = {ATEN}.expand.default(p, [2, 3, 64, 64])",
         f"f = {ATEN}.clone.default(e)",
         f"g = {ATEN}.view.default(f, [6, 64, 64])",
         f"h = {ATEN}.expand.default(q, [2, 3, 64, 128])",
         f"i = {ATEN}.clone.default(h)",
         f"j = {ATEN}.view.default(i, [6, 64, 128])",
         f"y = {ATEN}.bmm.default(g, j)", END], None, "bfloat16"),
    # Tiles of 128 x 256, more than one for each of the blocks.
    "large": Case([numbers((1500, 128), 11), numbers((4400, 128), 12)],
                  [T, f"{MM}(x0, t)", END], None, "bfloat16"),
    # Tiles of odd widths that fill a round of blocks; their last 64 columns
    # overlap the ones before.
    "odd-width": Case([numbers((8400, 64), 24), numbers((136, 64), 25),
                       numbers((136,), 26)],
                      [T, f"m = {ATEN}.addmm.default(x2, x0, t)",
                       f"y = {ATEN}.relu.default(m)", END], None, "bfloat16"),
    # Two warpgroups take turns with tiles of 128 x 192, two for each of them.
    "wide-turns": Case([numbers((1000, 256), 27), numbers((6328, 256), 28),
                        numbers((6328,), 29)],
                       [T, f"m = {ATEN}.addmm.default(x2, x0, t)",
                        f"y = {ATEN}.relu.default(m)", END], None, "bfloat16"),
    "constant": of_constants(136, 200, 72, "bfloat16"),
    "constant-columns": of_constants(200, 136, 40, "float16", transposes=False),
    "constant-odd": of_constants(136, 137, 72, "bfloat16"),
    "constant-thin": of_constants(4, 200, 264, "bfloat16"),
    "constant-older-chip": of_constants(136, 200, 72, "float16", chips="sm_80"),
    # Every buffer of the ring is filled several times.
    "deep": Case([deep_a, deep_b], [T, f"{MM}(x0, t)", END],
                 [multiply(deep_a, deep_b)]),
    "e4m3": scaled("sm_90a", "float8_e4m3fn"),
    "e5m2-row-scales": scaled("sm_90a", "float8_e5m2", row_scales=True),
    "e4m3-mma": scaled("sm_89", "float8_e4m3fn", row_scales=True),
    "e5m2-mma": scaled("sm_89", "float8_e5m2"),
    # Few tiles, each of which several blocks share, and rests in all three.
    "split": deep("sm_90a"),
    "split-older-chip": deep("sm_80"),
    "split-batched": Case(
        [numbers((2, 72, 8192), 18), numbers((2, 8192, 64), 21)],
        [f"y = {ATEN}.bmm.default(x0, x1)", END], None, "bfloat16",
        chips="sm_80,sm_90a"),
    # Two warpgroups in each block of a cluster, and fewer columns than tiles.
    "split-tall": Case([numbers((250, 2048), 30), numbers((250, 2048), 31),
                        numbers((250,), 32)],
                       [T, f"m = {ATEN}.addmm.default(x2, x0, t)",
                        f"y = {ATEN}.relu.default(m)", END], None, "bfloat16"),
    "split-odd": Case([numbers((72, 4096), 33), numbers((137, 4096), 34)],
                      [T, f"{MM}(x0, t)", END], None, "bfloat16"),
    # Copies of no more rows than there are.
    "few-rows": Case([numbers((20, 72), 35), numbers((200, 72), 36)],
                     [T, f"{MM}(x0, t)", END], None, "bfloat16"),
    "few-rows-split": Case([numbers((17, 4096), 37), numbers((4096, 72), 38)],
                           [f"{MM}(x0, x1)", END], None, "bfloat16"),
    # The host chooses between the code for two chips.
    "two-chips": Case([a, b], [T, f"{MM}(x0, t)", END], [multiply(a, b)],
                      chips="sm_80,sm_90a"),
    "older-chip": Case([a, b], [T, f"{MM}(x0, t)", END], [multiply(a, b)],
                       chips="sm_80"),
}

sys.exit(main(CASES))
