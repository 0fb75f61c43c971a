"""Gradients of resizing, padding, pooling, sampling and norms; see numerics.py.
Of what is linear an operator is written down as what each output reads along
each dimension, and the gradient is the sum over all outputs."""

import itertools
import math
import random
import sys

from numerics import Case, OpenCase, Tensor, main


class Both(Case):
    tests_cpu = True


def real_numbers(shape, seed=0, low=-1, high=1, **options):
    generator = random.Random(seed)
    return Tensor(shape, [generator.uniform(low, high)
                          for _ in range(math.prod(shape))], **options)


def near(shape, values):
    return Tensor(shape, values, near=1e-5, least=1)


def ratio(n, o, align):
    return (n - 1) / (o - 1) if align else n / o


def clamp(i, n):
    return min(max(i, 0), n - 1)


def nearest(n, o):
    return [[(clamp(math.floor(j * n / o), n), 1)] for j in range(o)]


def nearest_exact(n, o):
    return [[(clamp(math.floor((j + 0.5) * n / o), n), 1)] for j in range(o)]


def linear(n, o, align=False):
    lines = []
    for j in range(o):
        x = ratio(n, o, align) * j if align else max(
            ratio(n, o, align) * (j + 0.5) - 0.5, 0)
        low = math.floor(x)
        lines.append([(clamp(low, n), 1 - x + low), (clamp(low + 1, n), x - low)])
    return lines


def keys(x, a=-0.75):
    x = abs(x)
    if x <= 1:
        return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1
    return a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a


def cubic(n, o):
    lines = []
    for j in range(o):
        x = n / o * (j + 0.5) - 0.5
        low = math.floor(x)
        lines.append([(clamp(i, n), keys(x - i))
                      for i in range(low - 1, low + 3)])
    return lines


def reflected(n, low, high):
    return [[((n - 1) - abs((n - 1) - abs(i)), 1)]
            for i in range(-low, n + high)]


def replicated(n, low, high):
    return [[(clamp(i, n), 1)] for i in range(-low, n + high)]


def mean(n, kernel, stride, pad):
    """Padding counts."""
    count = (n + 2 * pad - kernel) // stride + 1
    return [[(i, 1 / kernel) for i in range(j * stride - pad,
                                            j * stride - pad + kernel)
             if 0 <= i < n] for j in range(count)]


def adaptive(n, o):
    windows = [range(j * n // o, -(-(j + 1) * n // o)) for j in range(o)]
    return [[(i, 1 / len(window)) for i in window] for window in windows]


def gradient(grad, sizes, *lines):
    """Of inputs [planes, *sizes]: `lines` say what outputs read."""
    planes = grad.shape[0]
    outer = [len(line) for line in lines]
    assert grad.shape[1:] == outer, (grad.shape, outer)
    result = [0.0] * (planes * math.prod(sizes))
    places = itertools.product(range(planes), *map(range, outer))
    for (plane, *place), value in zip(places, grad.values):
        for taps in itertools.product(*(line[j] for line, j in
                                        zip(lines, place))):
            at, weight = plane, 1
            for (i, part), size in zip(taps, sizes):
                at, weight = at * size + i, weight * part
            result[at] += weight * value
    return near([planes, *sizes], result)


def batched(tensor):
    """With one batch in front."""
    return Tensor([1, *tensor.shape], tensor.values, near=tensor.near,
                  least=tensor.least)


def resized(name, inner, lines, options=""):
    grad = real_numbers([2, *map(len, lines)])
    want = gradient(grad, inner, *lines)
    return Both([batched(grad)], [
        f"a = torch.ops.aten.{name}_backward.default(x0, {grad.shape[1:]}, "
        f"{[1, 2, *inner]}{options})", "return (a,)"], [batched(want)])


def padded(name, inner, pads, line):
    """`pads` from the first dimension on."""
    lines = [line(n, *pad) for n, pad in zip(inner, pads)]
    grad = real_numbers([3, *map(len, lines)])
    flat = [pad for pair in reversed(pads) for pad in pair]
    return Both([grad, real_numbers([3, *inner])], [
        f"a = torch.ops.aten.{name}_backward.default(x0, x1, {flat})",
        "return (a,)"], [gradient(grad, inner, *lines)])


def open_padding():
    runs = []
    for n in (4, 9, 40):
        x = real_numbers([3, n])
        rows = [[0.5] * 2 + list(row) + [0.5] * 3 for row in x.rows()]
        grad = Tensor([3, n + 5], itertools.chain(*rows))
        runs.append(([x], [gradient(grad, [n], reflected(n, 2, 3))]))
    return OpenCase([[3, "n"]], [
        "g = torch.ops.aten.constant_pad_nd.default(x0, [2, 3], 0.5)",
        "a = torch.ops.aten.reflection_pad1d_backward.default(g, x0, [2, 3])",
        "return (a,)"], runs)


def open_resizing():
    runs = []
    for n in (1, 6, 45):
        grad = real_numbers([2, n])
        runs.append(([batched(grad)],
                     [batched(gradient(grad, [6], linear(6, n)))]))
    return OpenCase([[1, 2, "n"]], [
        "a = torch.ops.aten.upsample_linear1d_backward.default(x0, [n], "
        "[1, 2, 6], False)", "return (a,)"], runs)


def averaged(inner, kernel, stride, pad):
    lines = [mean(n, kernel, stride, pad) for n in inner]
    grad = real_numbers([2, *map(len, lines)])
    want = gradient(grad, inner, *lines)
    return Both([batched(grad), real_numbers([1, 2, *inner])], [
        f"a = torch.ops.aten.avg_pool3d_backward.default(x0, x1, [{kernel}], "
        f"[{stride}], [{pad}], False, True, None)", "return (a,)"],
        [batched(want)])


def adaptively_averaged(inner, outer):
    grad = real_numbers([2, *outer])
    want = gradient(grad, inner, *map(adaptive, inner, outer))
    return Both([batched(grad), real_numbers([1, 2, *inner])], [
        "a = torch.ops.aten._adaptive_avg_pool3d_backward.default(x0, x1)",
        "return (a,)"], [batched(want)])


def maxima(inner, outer):
    """Many outputs have the same maximum."""
    grad = real_numbers([1, 2, *outer])
    size, count = math.prod(inner), math.prod(outer)
    generator = random.Random(3)
    indices = Tensor(grad.shape, [generator.randrange(size // 2)
                                  for _ in range(2 * count)], "int64")
    want = [0.0] * (2 * size)
    for i, (at, value) in enumerate(zip(indices.values, grad.values)):
        want[i // count * size + at] += value
    return Both([grad, real_numbers([1, 2, *inner]), indices], [
        "a = torch.ops.aten.adaptive_max_pool3d_backward.default(x0, x1, x2)",
        "return (a,)"], [near([1, 2, *inner], want)])


def sampled(call, height, width, count):
    """Bilinear, with zeros outside, between corners; `call` of the gradient x0,
    the image x1 and the grid x2."""
    grad, image = real_numbers([1, 2, 1, count]), real_numbers(
        [1, 2, height, width], 1)
    grid = real_numbers([1, 1, count, 2], 2, -1.2, 1.2)
    output, of_grid = [0.0] * (2 * count), []
    of_image = [0.0] * (2 * height * width)
    for j, (gx, gy) in enumerate(grid.rows()):
        x, y = (gx + 1) / 2 * (width - 1), (gy + 1) / 2 * (height - 1)
        slopes = [0.0, 0.0]
        for row, column in itertools.product(
                (math.floor(y), math.floor(y) + 1),
                (math.floor(x), math.floor(x) + 1)):
            if not (0 <= row < height and 0 <= column < width):
                continue
            wx, wy = 1 - abs(x - column), 1 - abs(y - row)
            for channel in range(2):
                at = (channel * height + row) * width + column
                value = grad.values[channel * count + j]
                output[channel * count + j] += wx * wy * image.values[at]
                of_image[at] += wx * wy * value
                signed = image.values[at] * value
                slopes[0] += signed * wy * (1 if column > x else -1)
                slopes[1] += signed * wx * (1 if row > y else -1)
        of_grid += [slopes[0] * (width - 1) / 2, slopes[1] * (height - 1) / 2]
    gradients = [near(image.shape, of_image),
                 Tensor(grid.shape, of_grid, near=1e-4, least=1)]
    lines = [f"a = torch.ops.aten.{call}", "b = a[0]", "c = a[1]"]
    results = ["b", "c"]
    if "cudnn" in call:
        lines.append("d = torch.ops.aten.cudnn_grid_sampler.default(x1, x2)")
        results.append("d")
        gradients.append(Tensor(grad.shape, output, near=1e-5, least=1))
    return Both([grad, image, grid],
                [*lines, f"return ({', '.join(results)})"], gradients)


def rms_norm(count, size):
    grad, x, weight = (real_numbers([count, size]),
                       real_numbers([count, size], 1), real_numbers([size], 2))
    rstd, dx, dw = [], [], [0.0] * size
    for row, from_ in zip(x.rows(), grad.rows()):
        scale = 1 / math.sqrt(sum(v * v for v in row) / size + 1e-5)
        rstd.append(scale)
        normal = [v * scale for v in row]
        scaled = [g * w for g, w in zip(from_, weight.values)]
        along = sum(a * b for a, b in zip(normal, scaled)) / size
        dx += [scale * (g - h * along) for g, h in zip(scaled, normal)]
        dw = [a + g * h for a, g, h in zip(dw, from_, normal)]
    return Both([grad, x, Tensor([count, 1], rstd), weight], [
        f"a = torch.ops.aten._fused_rms_norm_backward.default(x0, x1, [{size}], "
        "x2, x3, [True, True])", "b = a[0]", "c = a[1]", "return (b, c)"],
        [near(x.shape, dx), near([size], dw)])


def batch_norm(name, count, size, train):
    """Of rows, each a channel; arguments in the order of the library."""
    grad, x = real_numbers([1, count, size]), real_numbers([1, count, size], 1)
    weight = real_numbers([count], 2)
    means, scales, dx, dw, db = [], [], [], [], []
    for row, from_, w in zip(x.rows(), grad.rows(), weight.values):
        middle = sum(row) / size
        scale = 1 / math.sqrt(sum((v - middle) ** 2 for v in row) / size + 1e-5)
        normal = [(v - middle) * scale for v in row]
        along = sum(a * b for a, b in zip(normal, from_))
        dx += [w * scale * (g - sum(from_) / size - h * along / size)
               for g, h in zip(from_, normal)]
        means.append(middle), scales.append(scale)
        dw.append(along), db.append(sum(from_))
    return Both([x, grad, weight, Tensor([count], means),
                 Tensor([count], scales)], [
        f"a = torch.ops.aten.{name}_backward.default(x0, x1, x2, None, None, "
        f"x3, x4, 1e-05{train})", "b = a[0]", "c = a[1]", "d = a[2]",
        "return (b, c, d)"],
        [near(x.shape, dx), near([count], dw), near([count], db)])


CASES = {
    "nearest_1d": resized("upsample_nearest1d", [7], [nearest(7, 40)]),
    "nearest_3d": resized("upsample_nearest3d", [3, 4, 2],
                          [nearest(3, 6), nearest(4, 7), nearest(2, 3)]),
    "nearest_exact_2d": resized("_upsample_nearest_exact2d", [5, 6],
                                [nearest_exact(5, 8), nearest_exact(6, 4)]),
    "linear_1d": resized("upsample_linear1d", [5], [linear(5, 13)], ", False"),
    "bilinear": resized("upsample_bilinear2d", [9, 17],
                        [linear(9, 20), linear(17, 11)], ", False"),
    "bilinear_corners": resized("upsample_bilinear2d", [9, 17],
                                [linear(9, 20, True), linear(17, 11, True)],
                                ", True"),
    "trilinear": resized("upsample_trilinear3d", [3, 4, 2],
                         [linear(3, 6), linear(4, 9), linear(2, 3)], ", False"),
    "bicubic": resized("upsample_bicubic2d", [6, 5],
                       [cubic(6, 11), cubic(5, 4)], ", False"),
    "reflection_1d": padded("reflection_pad1d", [30], [(4, 29)], reflected),
    "reflection_3d": padded("reflection_pad3d", [3, 4, 5],
                            [(2, 1), (0, 3), (4, 0)], reflected),
    "replication_2d": padded("replication_pad2d", [6, 7], [(3, 0), (9, 2)],
                             replicated),
    "reflection_open": open_padding(),
    "linear_open": open_resizing(),
    "mean_3d": averaged([6, 5, 7], 3, 2, 1),
    "adaptive_mean_3d": adaptively_averaged([6, 5, 7], [2, 4, 3]),
    "maximum_3d": maxima([4, 5, 6], [3, 4, 5]),
    "grid": sampled("grid_sampler_2d_backward.default(x0, x1, x2, 0, 0, True, "
                    "[True, True])", 9, 12, 200),
    "cudnn_grid": sampled("cudnn_grid_sampler_backward.default(x1, x2, x0)",
                          9, 12, 200),
    "rms_norm": rms_norm(40, 33),
    "cudnn_batch_norm": batch_norm("cudnn_batch_norm", 6, 50, ", x4"),
    "miopen_batch_norm": batch_norm("miopen_batch_norm", 6, 50, ""),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
