"""Products with few rows or columns that no tensor core multiplies: f32 in
full, f64 and operands of two types; see numerics.py. Sums of small whole numbers
are exact in any order.
"""

import sys

from numerics import Case, OpenCase, main, whole_numbers

ATEN = "torch.ops.aten"
MM = f"y = {ATEN}.mm.default"
T = f"t = {ATEN}.permute.default(x1, [1, 0])"
END = "return (y,)"


def make_inputs(shapes, dtypes):
    return [whole_numbers(shape, -5, 5, dtype, i)
            for i, (shape, dtype) in enumerate(zip(shapes, dtypes))]


def case(shapes, lines, dtype="float32", dtypes=None):
    inputs = make_inputs(shapes, dtypes or [dtype] * len(shapes))
    return Case(inputs, [*lines, END], None, dtype, chips="sm_80")


def open_case(dims, runs):
    """`runs` are shapes of x0 and x1 of the product x0 * x1'."""
    pairs = []
    for shapes in runs:
        x, y = inputs = make_inputs(shapes, ["float32"] * 2)
        sums = whole_numbers((len(x.rows()), len(y.rows())))
        sums.values = [sum(a * b for a, b in zip(row, column))
                       for row in x.rows() for column in y.rows()]
        pairs.append((inputs, [sums]))
    return OpenCase(dims, [T, f"{MM}(x0, t)", END], pairs, chips="sm_80")


def widened(dtype):
    """x1 as `dtype`, transposed."""
    return [f"w = {ATEN}._to_copy.default(x1, dtype = torch.{dtype})",
            f"t = {ATEN}.permute.default(w, [1, 0])", f"{MM}(x0, t)"]


def both_widened():
    """Operands of types that tensor cores know, but not together."""
    return [f"{name} = {ATEN}._to_copy.default({x}, dtype = torch.float32)"
            for name, x in (("a", "x0"), ("b", "x1"))] + [f"{MM}(a, b)"]


CASES = {
    "bf16-and-f16": case([(4, 64), (64, 72)], both_widened(),
                         dtypes=["bfloat16", "float16"]),
    "bf16-and-f32": case([(20, 64), (64, 72)], [
        f"a = {ATEN}._to_copy.default(x0, dtype = torch.float32)",
        f"{MM}(a, x1)"], dtypes=["bfloat16", "float32"]),
    # Along the depth, and across it.
    "one-row": case([(1, 512), (136, 512)], [T, f"{MM}(x0, t)"]),
    "one-row-across": case([(1, 260), (260, 136)], [f"{MM}(x0, x1)"]),
    "three-rows": case([(3, 264), (50, 264)], [T, f"{MM}(x0, t)"]),
    "sixteen-rows": case([(16, 200), (100, 200)], [T, f"{MM}(x0, t)"]),
    "sixteen-rows-across": case([(16, 200), (200, 100)], [f"{MM}(x0, x1)"]),
    "many-rows": case([(29, 72), (36, 72)], [T, f"{MM}(x0, t)"]),
    "many-rows-across": case([(32, 72), (72, 36)], [f"{MM}(x0, x1)"]),
    # Enough columns for two groups in each warp, or for pieces of 8 bytes.
    "groups": case([(5, 40), (3450, 40)], [T, f"{MM}(x0, t)"]),
    "many-columns-across": case([(2, 40), (40, 6904)], [f"{MM}(x0, x1)"]),
    # Pieces that are not aligned, and cross an end.
    "odd": case([(3, 131), (77, 131)], [T, f"{MM}(x0, t)"]),
    "odd-across": case([(3, 131), (131, 77)], [f"{MM}(x0, x1)"]),
    "even-across": case([(2, 130), (130, 34)], [f"{MM}(x0, x1)"]),
    "rows-across": case([(64, 5), (64, 40)],
                        [f"u = {ATEN}.permute.default(x0, [1, 0])",
                         f"{MM}(u, x1)"]),
    "two-columns": case([(136, 264), (264, 2)], [f"{MM}(x0, x1)"]),
    "batched": case([(3, 4, 72), (3, 72, 64)],
                    [f"y = {ATEN}.bmm.default(x0, x1)"]),
    "fused": case([(4, 64), (64, 72), (72,), (4, 72)],
                  [f"m = {ATEN}.addmm.default(x2, x0, x1)",
                   f"r = {ATEN}.relu.default(m)",
                   f"y = {ATEN}.add.Tensor(r, x3)"]),
    "computed": case([(4, 64), (72, 64)],
                     [f"s = {ATEN}.neg.default(x1)",
                      f"t = {ATEN}.permute.default(s, [1, 0])",
                      f"{MM}(x0, t)"]),
    # Vectors.
    "vector": case([(136, 264), (264,)], [f"y = {ATEN}.mv.default(x0, x1)"]),
    "vector-across": case([(264, 72), (264,)],
                          [f"m = {ATEN}.permute.default(x0, [1, 0])",
                           f"y = {ATEN}.mv.default(m, x1)"]),
    "vector-added": case([(40,), (40, 132), (132,)],
                         [f"y = {ATEN}.addmv.default(x0, x1, x2)"]),
    "dot": case([(1000,), (1000,)], [f"y = {ATEN}.dot.default(x0, x1)"]),
    # Other types.
    "double": case([(3, 200), (50, 200)], [T, f"{MM}(x0, t)"], "float64"),
    "double-across": case([(17, 72), (72, 50)], [f"{MM}(x0, x1)"], "float64"),
    # Elements that are apart in memory are pieces by themselves.
    "double-apart": case([(64, 34), (17, 17)],
                         [f"s = {ATEN}.slice.Tensor(x0, 1, 0, 34, 2)", T,
                          f"{MM}(s, t)"], "float64"),
    "double-vector": case([(40, 100), (100,)],
                          [f"y = {ATEN}.mv.default(x0, x1)"], "float64"),
    "narrow-weights": case([(4, 264), (72, 264)], widened("float32"),
                           dtypes=["float32", "bfloat16"]),
    "wide-sums": case([(2, 40), (72, 40)], widened("float64"), "float64",
                      dtypes=["float64", "float32"]),
    # Sizes that show at run time.
    "open-columns": open_case([[3, 72], ["n", 72]],
                              [[(3, 72), (50, 72)], [(3, 72), (1, 72)]]),
    "open-depth": open_case([[2, "k"], [40, "k"]],
                            [[(2, 64), (40, 64)], [(2, 33), (40, 33)]]),
}

sys.exit(main(CASES))
