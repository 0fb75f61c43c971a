"""Products of groups whose sizes are data, on a GPU and on the CPU; see
numerics.py."""

import sys

from numerics import Case, Constant, OpenCase, Tensor, main, whole_numbers

GROUPED = "torch.ops.aten._grouped_mm.default"
FALLBACK = "torch.ops.transformers.grouped_mm_fallback.default"
T = "t = torch.ops.aten.permute.default(x1, [0, 2, 1])"
OUTSIDE = "a group ends before it begins or behind the last element"


class GroupedCase(Case):
    tests_cpu = True


class OpenGroupedCase(OpenCase):
    tests_cpu = True


def ends(values, dtype="int32"):
    return Tensor([len(values)], values, dtype)


def numbers(shape, seed, dtype="float32"):
    return whole_numbers(shape, -3, 3, dtype, seed)


def groups(of):
    return list(zip([0, *of.values], of.values))


def product(rows, columns):
    return [sum(a * b for a, b in zip(row, column))
            for row in rows for column in columns]


def matrices(tensor):
    count, rows, columns = tensor.shape
    size = rows * columns
    return [Tensor([rows, columns], tensor.values[i * size:(i + 1) * size],
                   tensor.dtype) for i in range(count)]


def by_rows(x, w, of, transposed=False):
    values = []
    for (begin, end), matrix in zip(groups(of), matrices(w)):
        columns = matrix.rows() if transposed else matrix.columns()
        values += product(x.rows()[begin:end], columns)
    width = w.shape[1 if transposed else 2]
    values += [0] * (x.shape[0] * width - len(values))
    return Tensor([x.shape[0], width], values, x.dtype)


def by_columns(w, x, of):
    rows = [[0] * x.shape[1] for _ in range(w.shape[1])]
    for (begin, end), matrix in zip(groups(of), matrices(w)):
        columns = x.columns()[begin:end]
        for row, values in zip(rows, matrix.rows()):
            row[begin:end] = product([values], columns)
    return Tensor([w.shape[1], x.shape[1]], sum(rows, []), x.dtype)


def by_depth(x, y, of):
    values = []
    for begin, end in groups(of):
        values += product([row[begin:end] for row in x.rows()],
                          [column[begin:end] for column in y.columns()])
    return Tensor([len(of.values), x.shape[0], y.shape[1]], values, x.dtype)


def rows(shape, count, of, dtype="float32", chips="sm_90a", transposed=True,
         operator=GROUPED, ends_type="int32"):
    """Rows of a matrix by `count` matrices, each a group's."""
    m, n, k = shape
    inputs = [numbers([m, k], 1, dtype),
              numbers([count, n, k] if transposed else [count, k, n], 2, dtype),
              ends(of, ends_type)]
    right = "t" if transposed else "x1"
    return GroupedCase(
        inputs, [*([T] if transposed else []),
                 f"y = {operator}(x0, {right}, x2)", "return (y,)"],
        [by_rows(*inputs, transposed)], chips=chips)


def of_constants(shape, count, of, dtype, chips="sm_90a", transposed=True):
    """By constant matrices, which CPUs store in panels."""
    m, n, k = shape
    x, of = numbers([m, k], 1, dtype), ends(of)
    w = Constant([count, n, k] if transposed else [count, k, n], dtype)
    right = "t" if transposed else "w0"
    return GroupedCase(
        [x, of], [*(["t = torch.ops.aten.permute.default(w0, [0, 2, 1])"]
                    if transposed else []),
                  f"y = {GROUPED}(x0, {right}, x1)", "return (y,)"],
        [by_rows(x, w, of, transposed)], chips=chips, weights=[w])


def fails(of, operator=GROUPED):
    case = rows((19, 16, 8), 3, [3, 8, 19], operator=operator)
    inputs = [*case.inputs[:2], ends(of)]
    case.runs = [(case.inputs, case.runs[0][1]), (inputs, OUTSIDE)]
    return case


def other(inputs, expected):
    return GroupedCase(inputs, [f"y = {GROUPED}(x0, x1, x2)", "return (y,)"],
                       [expected(*inputs)])


def transposed(position, inputs, expected):
    """Of the transpose of the matrix at `position`."""
    matrix = inputs[position]
    transpose = Tensor(matrix.shape[::-1], sum(map(list, matrix.columns()), []),
                       matrix.dtype)
    turned = [*inputs[:position], transpose, *inputs[position + 1:]]
    names = ["x0", "x1"]
    names[position] = "t"
    return GroupedCase(
        inputs, [f"t = torch.ops.aten.permute.default(x{position}, [1, 0])",
                 f"y = {GROUPED}({', '.join(names)}, x2)", "return (y,)"],
        [expected(*turned)])


COLUMNS = [numbers([3, 17, 24], 1), numbers([24, 40], 2)]
WIDE = [numbers([2, 40, 64], 1, "bfloat16"), numbers([64, 200], 2, "bfloat16")]
LINES = [WIDE[0], numbers([200, 64], 2, "bfloat16"), ends([67, 198])]
ACROSS = [numbers([64, 152], 1, "bfloat16"),
          numbers([2, 64, 136], 2, "bfloat16"), ends([65, 149])]
DEPTH = [numbers([17, 48], 1), numbers([48, 24], 2)]
CASES = {
    "rows": rows((50, 40, 24), 4, [7, 20, 33, 50]),
    "rows_as_they_are": rows((50, 40, 24), 4, [7, 20, 33, 50],
                             transposed=False),
    # Without rows, also the first and the last.
    "empty": rows((50, 24, 16), 6, [0, 7, 7, 7, 50, 50]),
    "all_empty": rows((5, 8, 8), 3, [0, 0, 0]),
    "one": rows((33, 24, 16), 1, [33]),
    "behind": rows((50, 24, 16), 3, [3, 10, 31]),
    # Groups that begin within the rows of a tile, of vectors, of a line.
    "ragged": rows((150, 35, 19), 4, [1, 66, 131, 149]),
    "long": rows((300, 64, 72), 3, [130, 259, 300]),
    "bf16": rows((150, 136, 64), 4, [1, 66, 66, 150], "bfloat16"),
    "bf16_before": rows((150, 136, 64), 4, [1, 66, 66, 150], "bfloat16",
                        "sm_80"),
    "bf16_behind": rows((70, 72, 136), 3, [9, 9, 41], "bfloat16",
                        transposed=False),
    "bf16_ragged": rows((70, 35, 19), 3, [9, 20, 70], "bfloat16"),
    # Tiles of warpgroups: groups that end within one, at one, in the last.
    "bf16_tiles": rows((270, 72, 64), 3, [65, 193, 270], "bfloat16"),
    "bf16_tiles_behind": rows((200, 136, 72), 2, [130, 190], "bfloat16",
                              transposed=False),
    "bf16_all_in_one": rows((200, 64, 40), 3, [0, 200, 200], "bfloat16"),
    "bf16_of_both": rows((140, 64, 64), 2, [70, 139], "bfloat16",
                         "sm_80,sm_90a"),
    "f16_tiles": rows((150, 40, 64), 2, [1, 150], "float16"),
    # More groups than rows.
    "many": rows((90, 24, 16), 300, sorted(i * 37 % 91 for i in range(300))),
    "many_bf16": rows((90, 24, 16), 300,
                      sorted(i * 37 % 91 for i in range(300)), "bfloat16"),
    "no_rows": rows((0, 8, 8), 3, [0, 0, 0]),
    "f16": rows((70, 72, 64), 3, [9, 20, 70], "float16"),
    # Few of each, as in a step of decoding.
    "few": rows((8, 72, 64), 8, [1, 2, 3, 3, 5, 6, 7, 8], "bfloat16"),
    # Few columns, whose groups begin at whole pieces or not.
    "narrow": rows((40, 2, 64), 3, [9, 20, 40], "bfloat16"),
    "narrow_ragged": rows((40, 3, 67), 3, [9, 20, 40], "bfloat16", "sm_80"),
    "narrow_f32": rows((40, 2, 66), 3, [9, 20, 40], transposed=False),
    "constant": of_constants((200, 136, 72), 3, [65, 65, 190], "bfloat16"),
    "constant_behind": of_constants((200, 200, 64), 3, [0, 130, 200], "float16",
                                    transposed=False),
    "constant_before": of_constants((150, 136, 64), 4, [1, 66, 66, 150],
                                    "bfloat16", "sm_80"),
    "constant_few": of_constants((8, 136, 64), 8, [1, 2, 3, 3, 5, 6, 7, 8],
                                 "bfloat16"),
    "constant_f32": of_constants((70, 136, 40), 3, [9, 20, 70], "float32"),
    "fallback": rows((19, 16, 8), 3, [3, 3, 12], operator=FALLBACK,
                     ends_type="int64"),
    "columns": other([*COLUMNS, ends([8, 8, 37])], by_columns),
    "columns_bf16": other([*WIDE, ends([67, 198])], by_columns),
    # Columns one behind the other, of which warpgroups copy boxes.
    "columns_of_lines": transposed(1, LINES, by_columns),
    # Rows along lines, where groups begin within pieces of 16 bytes.
    "rows_across": transposed(0, ACROSS, by_rows),
    "depth": other([*DEPTH, ends([8, 8, 31, 48])], by_depth),
    "depth_bf16": other([numbers([17, 48], 1, "bfloat16"),
                         numbers([48, 24], 2, "bfloat16"),
                         ends([8, 8, 31, 40])], by_depth),
    "open": OpenGroupedCase(
        [["s0", 16], [3, 16, 24], [3]],
        [f"y = {GROUPED}(x0, x1, x2)", "return (y,)"],
        [(inputs, [by_rows(*inputs)]) for inputs in
         ([numbers([size, 16], size), numbers([3, 16, 24], 5), ends(of)]
          for size, of in ((17, [4, 9, 17]), (2, [0, 1, 2]),
                           (70, [64, 64, 69])))]),
    "descending": fails([9, 8, 19]),
    "behind_the_last": fails([3, 8, 20], FALLBACK),
    "before_the_first": fails([-1, 8, 19]),
}

sys.exit(main(CASES))
