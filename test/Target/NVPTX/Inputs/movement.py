"""Transposes and other movement, ragged and not; see numerics.py."""

import sys

from numerics import Case, Tensor, main, whole_numbers


def transposed(tensor):
    rows, columns = tensor.shape
    return Tensor([columns, rows],
                  [value for column in tensor.columns() for value in column],
                  tensor.dtype)


def permuted(tensor, order):
    """Contiguous, the dimensions of `tensor` in `order`."""
    steps = [1]
    for size in reversed(tensor.shape[1:]):
        steps.insert(0, steps[0] * size)
    shape = [tensor.shape[dim] for dim in order]
    offsets = [0]
    for dim in order:
        offsets = [offset + index * steps[dim] for offset in offsets
                   for index in range(tensor.shape[dim])]
    return Tensor(shape, [tensor.values[at] for at in offsets], tensor.dtype)


def added(a, b):
    return Tensor(a.shape, [x + y for x, y in zip(a.values, b.values)], a.dtype)


def padded(tensor, left, right, value):
    rows = [[value] * left + list(row) + [value] * right
            for row in tensor.rows()]
    return Tensor([len(rows), len(rows[0])],
                  [value for row in rows for value in row], tensor.dtype)


def copied(name, expression):
    return [f"a = {expression}",
            f"{name} = torch.ops.aten.clone.default(a, memory_format = "
            "torch.contiguous_format)", f"return ({name},)"]


even = whole_numbers((96, 64))
ragged = whole_numbers((67, 45), seed=1)
halves = whole_numbers((70, 134), dtype="int16", seed=2)
bytes_ = whole_numbers((65, 99), -128, 127, "int8", seed=3)
doubles = whole_numbers((33, 40), dtype="float64", seed=4)
image = whole_numbers((2, 19, 7, 9), seed=5)
last = whole_numbers((45, 67), seed=6)
table = whole_numbers((32, 8), seed=7)
chosen = Tensor([5], [0, 31, 7, 31, 3], "int64")
beyond = Tensor([5], [0, 31, 40, 31, 3], "int64")
EMBEDDING = ["a = torch.ops.aten.embedding.default(x0, x1)", "return (a,)"]
T = "torch.ops.aten.permute.default(x0, [1, 0])"

CASES = {
    "even": Case([even], copied("b", T), [transposed(even)]),
    "ragged": Case([ragged], copied("b", T), [transposed(ragged)]),
    "halves": Case([halves], copied("b", T), [transposed(halves)]),
    "bytes": Case([bytes_], copied("b", T), [transposed(bytes_)]),
    "doubles": Case([doubles], copied("b", T), [transposed(doubles)]),
    "image": Case(
        [image],
        copied("b", "torch.ops.aten.permute.default(x0, [0, 2, 3, 1])"),
        [permuted(image, [0, 2, 3, 1])]),
    "padded": Case(
        [ragged], ["a = torch.ops.aten.constant_pad_nd.default(x0, [3, 2], 7.0)",
                   "return (a,)"], [padded(ragged, 3, 2, 7)]),
    "cropped": Case(
        [even], ["a = torch.ops.aten.constant_pad_nd.default(x0, [-3, 5], 7.0)",
                 "return (a,)"],
        [padded(Tensor([96, 61], [v for row in even.rows() for v in row[3:]]),
                0, 5, 7)]),
    # The kernel that gathers checks what it gathers by.
    "embedding": Case(
        [table, chosen], EMBEDDING,
        [Tensor([5, 8], [value for row in (0, 31, 7, 31, 3)
                         for value in table.rows()[row]])]),
    "embedding_beyond": Case(
        [table, beyond], EMBEDDING, "index out of range"),
    "added": Case(
        [last, ragged],
        ["a = torch.ops.aten.permute.default(x1, [1, 0])",
         "b = torch.ops.aten.add.Tensor(x0, a)", "return (b,)"],
        [added(last, transposed(ragged))]),
    # No loop is left around the sum: it is the device's all the same.
    "one-element": Case(
        [Tensor([], [3.0], "bfloat16"), Tensor([1], [0], "int64"),
         Tensor([], [4.0], "bfloat16")],
        ["a = torch.ops.aten.index_add.default(x0, 0, x1, x2)",
         "return (a,)"], [Tensor([], [7.0], "bfloat16")]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
