"""What operators refuse for the values of their inputs ends a run, on the CPU
and on an emulated GPU; see numerics.py. What is accepted beside it is computed."""

import sys

from numerics import OpenCase, Tensor, main

NAN, INF = float("nan"), float("inf")
RANGE = "index out of range"


class ValueCase(OpenCase):
    """`runs` are inputs and what is expected, on both targets."""

    tests_cpu = True

    def __init__(self, lines, runs):
        super().__init__([tensor.shape for tensor in runs[0][0]], lines, runs,
                         chips="sm_90a,sm_80")


def call(operator, *arguments):
    return [f"a = torch.ops.aten.{operator}({', '.join(arguments)})",
            "return (a,)"]


def first(operator, *arguments):
    return [f"r = torch.ops.aten.{operator}({', '.join(arguments)})",
            "a = r[0]", "return (a,)"]


def indices(*values):
    return Tensor([len(values)], list(values), "int64")


def real(*values):
    return Tensor([len(values)], list(values))


def scalar(value):
    return Tensor([], [value])


def columns(*values):
    """One index for each row of two columns."""
    return Tensor([len(values), 2], [v for v in values for _ in range(2)],
                  "int64")


table = Tensor([3, 2], [0, 1, 2, 3, 4, 5])
pair = Tensor([2, 2], [10, 20, 30, 40])
zeros = real(0, 0)


def of_rows(lines, good, *others, wraps=None):
    """Rows 2 and 0 give `good`; 3 does not exist, -1 only where it `wraps`."""
    last = RANGE if wraps is None else wraps
    return ValueCase(lines, [([table, *others, indices(2, 0)], [good]),
                             ([table, *others, indices(2, 3)], RANGE),
                             ([table, *others, indices(0, -1)], last),
                             ([table, *others, indices(0, -4)], RANGE)])


swapped = Tensor([2, 2], [4, 5, 0, 1])
turned = Tensor([2, 2], [0, 1, 4, 5])
added = Tensor([3, 2], [30, 41, 2, 3, 14, 25])
copied = Tensor([3, 2], [30, 40, 2, 3, 10, 20])
copied_turned = Tensor([3, 2], [10, 20, 2, 3, 30, 40])
filled = Tensor([3, 2], [7, 7, 2, 3, 7, 7])


def of_columns(lines, good, *others):
    return ValueCase(lines, [([table, *others, columns(2, 0)], [good]),
                             ([table, *others, columns(2, 3)], RANGE),
                             ([table, *others, columns(0, -1)], RANGE)])


scores = Tensor([2, 3], [-1, -2, -3, -4, -5, -6])
probabilities = [([zeros, real(0.5, -0.1)], "from 0 to 1"),
                 ([zeros, real(0.5, 1.1)], "from 0 to 1"),
                 ([zeros, real(0.5, NAN)], "from 0 to 1")]
deviations = [([real(3, 4), real(0, 0)], [real(3, 4)]),
              ([real(3, 4), real(0, -1)], "out of range"),
              ([real(3, 4), real(0, NAN)], "out of range")]


def rows(*values):
    return Tensor([2, 3], [0, 1, 0, *values])


def of_weights(good, *arguments):
    finite = "negative or not finite"
    return ValueCase(call("multinomial.default", "x0", *arguments), [
        ([rows(0, 0, 2)], [good]),
        ([rows(1, -1, 2)], finite), ([rows(1, INF, 2)], finite),
        ([rows(1, NAN, 2)], finite), ([rows(0, 0, 0)], "are all 0")])


CASES = {
    "embedding": of_rows(call("embedding.default", "x0", "x1"), swapped),
    "index_select": of_rows(call("index_select.default", "x0", "0", "x1"),
                            swapped),
    "index": of_rows(call("index.Tensor", "x0", "[x1]"), swapped,
                     wraps=[turned]),
    "index_add": of_rows(call("index_add.default", "x0", "0", "x2", "x1"),
                         added, pair),
    "index_copy": of_rows(call("index_copy.default", "x0", "0", "x2", "x1"),
                          copied, pair),
    "index_fill": of_rows(call("index_fill.int_Scalar", "x0", "0", "x1",
                               "7.0"), filled, wraps=[filled]),
    "index_put": of_rows(call("index_put.default", "x0", "[x2]", "x1"),
                         copied, pair, wraps=[copied_turned]),
    "gather": of_columns(call("gather.default", "x0", "0", "x1"), swapped),
    "scatter": of_columns(call("scatter.src", "x0", "0", "x2", "x1"), copied,
                          pair),
    "scatter_add": of_columns(call("scatter_add.default", "x0", "0", "x2",
                                   "x1"), added, pair),
    "one_hot": ValueCase(call("one_hot.default", "x0", "3"), [
        ([indices(2, 0)], [Tensor([2, 3], [0, 0, 1, 1, 0, 0], "int64")]),
        ([indices(2, 3)], "class of one_hot"),
        ([indices(2, -1)], "class of one_hot")]),
    "embedding_bag": ValueCase(
        first("embedding_bag.default", "x0", "x1", "x2"), [
            ([table, indices(2, 0, 1), indices(0, 1)],
             [Tensor([2, 2], [4, 5, 2, 4])]),
            ([table, indices(2, 0, -1), indices(0, 1)], RANGE),
            # Indices that follow from the offsets are out of range, too: a GPU
            # tells of any of the checks.
            ([table, indices(2, 0, 1), indices(1, 2)], "run-check"),
            ([table, indices(2, 0, 1), indices(0, -1)], "run-check"),
            ([table, indices(2, 0, 1), indices(0, 4)], RANGE)]),
    "nll_loss": ValueCase(
        first("nll_loss_forward.default", "x0", "x1", "None", "0", "-100"), [
            ([scores, indices(2, -100)], [real(3, 0)]),
            ([scores, indices(2, 3)], RANGE),
            ([scores, indices(2, -1)], RANGE)]),
    "nll_loss_backward": ValueCase(
        call("nll_loss_backward.default", "x2", "x0", "x1", "None", "0",
             "-100", "x3"), [
            ([scores, indices(2, -100), real(1, 2), scalar(1)],
             [Tensor([2, 3], [0, 0, -1, 0, 0, 0])]),
            ([scores, indices(2, 3), real(1, 2), scalar(1)], "target"),
            ([scores, indices(2, -1), real(1, 2), scalar(1)], "target")]),
    "masked_scatter": ValueCase(call("masked_scatter.default", "x0", "x1",
                                     "x2"), [
        ([real(1, 2, 3), Tensor([3], [1, 0, 1], "bool"), real(8, 9)],
         [real(8, 2, 9)]),
        ([real(1, 2, 3), Tensor([3], [1, 1, 1], "bool"), real(8, 9)],
         "fewer elements than the mask")]),
    "bernoulli": ValueCase(call("bernoulli.default", "x1"), [
        ([zeros, real(0, 1)], [real(0, 1)]), *probabilities]),
    "bernoulli.Tensor": ValueCase(call("bernoulli.Tensor", "x0", "x1"), [
        ([zeros, real(0, 1)], [real(0, 1)]), *probabilities]),
    "normal": ValueCase(call("normal.Tensor_Tensor", "x0", "x1"), deviations),
    "multinomial": of_weights(Tensor([2, 1], [1, 2], "int64"), "1"),
    "multinomial of several": of_weights(
        Tensor([2, 2], [1, 1, 2, 2], "int64"), "2", "True"),
    "binary_cross_entropy": ValueCase(
        call("binary_cross_entropy.default", "x1", "x0"), [
            ([zeros, real(0, 0)], [scalar(0)]), *probabilities]),
    "targets of binary_cross_entropy": ValueCase(
        call("binary_cross_entropy.default", "x0", "x1"), probabilities),
    "fake_quantize": ValueCase(
        call("fake_quantize_per_channel_affine.default", "x0", "x1", "x2",
             "0", "0", "255"), [
            ([real(1, 2), real(1, 1), Tensor([2], [0, 9], "int32")],
             [real(1, 2)]),
            ([real(1, 2), real(1, 1), Tensor([2], [0, 256], "int32")],
             "zero points"),
            ([real(1, 2), real(1, 1), Tensor([2], [0, -1], "int32")],
             "zero points")]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
