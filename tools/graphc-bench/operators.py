#!/usr/bin/env python3
"""Times operators on a GPU beside torch.compile and eager PyTorch.

  operators.py compile --graphc build/bin/graphc FOLDER   needs no GPU
  operators.py run FOLDER [OPERATOR...]                   needs no graphc

The first makes a module for every operator and element type, of some another
one with all sizes open; the second, on the
machine with the GPU, runs each in turns with its peers on random data, the
output filled with NaN before, and compares with float64. Times are medians over
rounds of calls that were queued before the clock started.
"""

import statistics
import sys

import torch
import torch.nn.functional as F

from module import Module
from timing import compile_cases, parse_arguments

SQUARE = (8192, 8192)
FLOATS = {"f32": torch.float32, "bf16": torch.bfloat16}


def norm(width):
    return (lambda x, w, b: F.layer_norm(x, x.shape[-1:], w, b),
            [((64 << 20) // width // 2, width), (width,), (width,)])


def softmax(width):
    return (lambda x: torch.softmax(x, -1), [((64 << 20) // width // 2, width)])


def rms_norm(x, w):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6) * w


# What is computed, and the shapes that it takes. A shape that ends in a number
# of its own is of integers below it.
OPERATORS = {
    "pointwise": (lambda x, y, z: F.silu(x * y + z), [SQUARE] * 3),
    "softmax": (lambda x: torch.softmax(x, -1), [(8192, 4096)]),
    "softmax32": softmax(32),
    "softmax1000": softmax(1000),
    "softmax1023": softmax(1023),
    "softmax32768": softmax(32768),
    "softmax262144": softmax(262144),
    "layernorm": norm(4096),
    "layernorm64": norm(64),
    "layernorm768": norm(768),
    "layernorm1023": norm(1023),
    "layernorm32768": norm(32768),
    "rmsnorm": (rms_norm, [(8192, 4096), (4096,)]),
    "groupnorm": (lambda x, w, b: F.group_norm(x, 32, w, b),
                  [(32, 256, 64, 64), (256,), (256,)]),
    "columns": (lambda x: x.sum(0), [(8192, 4096)]),
    "columns64": (lambda x: x.sum(0), [(1 << 20, 64)]),
    "columns5": (lambda x: x.sum(0), [(1 << 23, 5)]),
    "sum": (lambda x: x.sum(), [SQUARE]),
    "sum_odd": (lambda x: x.sum(), [((64 << 20) - 1,)]),
    "mean4": (lambda x: x.mean(-1), [(4, 16 << 20)]),
    "max": (lambda x: x.amax(), [SQUARE]),
    "var": (lambda x: x.var(), [SQUARE]),
    "norm": (lambda x: torch.linalg.vector_norm(x), [SQUARE]),
    "dot": (lambda x, y: (x * y).sum(), [SQUARE] * 2),
    "any": (lambda x: (x > 100).any(), [SQUARE]),
    "argmax": (lambda x: x.argmax(), [SQUARE]),
    "argmax_rows": (lambda x: x.argmax(-1), [(8192, 4096)]),
    "batchnorm_mean": (lambda x: x.mean((0, 2, 3)), [(32, 256, 64, 64)]),
    "transpose": (lambda x: x.t().contiguous(), [SQUARE]),
    "transpose_odd": (lambda x: x.t().contiguous(), [(8191, 4097)]),
    "nchw_to_nhwc": (lambda x: x.permute(0, 2, 3, 1).contiguous(),
                     [(64, 256, 56, 56)]),
    "heads": (lambda x: x.view(16, 2048, 16, 64).transpose(1, 2).contiguous(),
              [(16, 2048, 1024)]),
    "add_transposed": (lambda x, y: x + y.t(), [SQUARE] * 2),
    "concat": (lambda x, y: torch.cat([x, y], 1), [(8192, 4096)] * 2),
    "pad": (lambda x: F.pad(x, (1, 1, 1, 1)), [(32, 64, 128, 128)]),
    "embedding": (lambda i, w: F.embedding(i, w),
                  [(16384, int, 32000), (32000, 1024)]),
    "cumsum": (lambda x: x.cumsum(-1), [(4096, 4096)]),
    "matmul": (lambda x, w: x @ w.t(), [(4096, 4096)] * 2),
}

# Sorts, and what is shared among threads by sorting.
OPERATORS |= {
    "sort": (lambda x: x.sort(-1).values, [(4096, 4096)]),
    "sort128": (lambda x: x.sort(-1).values, [(1 << 16, 128)]),
    "sort_line": (lambda x: x.sort(-1).values, [(1 << 20,)]),
    "argsort": (lambda x: x.argsort(-1, descending=True), [(512, 32000)]),
    "topk": (lambda x: x.topk(8, -1).values, [(4096, 4096)]),
    "topk_words": (lambda x: x.topk(50, -1).values, [(32, 128256)]),
    "topk_line": (lambda x: x.topk(1000, -1).values, [(16 << 20,)]),
    "cummax": (lambda x: x.cummax(-1).values, [(4096, 4096)]),
    "logcumsumexp": (lambda x: x.logcumsumexp(-1), [(4096, 4096)]),
    "index_add": (lambda x, i, y: x.index_add(0, i, y),
                  [(32000, 1024), (16384, int, 32000), (16384, 1024)]),
    "scatter_add": (lambda x, i, y: x.scatter_add(1, i, y),
                    [(4096, 1024), (4096, 4096, int, 1024), (4096, 4096)]),
    "index_put": (lambda x, i, y: x.index_put((i,), y),
                  [(32000, 1024), (16384, int, 32000), (16384, 1024)]),
}

HALF = 32 << 20  # Elements that the following reduce.
IMAGES, LAYERS = (32, 256, 64, 64), (128, 256, 1024)


def channel_moments(x):
    return torch.var_mean(x, (0, 2, 3), correction=0)


def of_rows(x):
    return x.amax(-1), x.mean(-1), x.var(-1)


def of_columns(x):
    return x.sum(0), (x * x).sum(0)


# Reductions along all kinds of dimensions.
OPERATORS |= {
    "var_mean_channels": (channel_moments, [IMAGES]),
    "mean_pixels": (lambda x: x.mean((2, 3)), [IMAGES]),
    "mean_pixels_last": (lambda x: x.mean((1, 2)), [(32, 64, 64, 256)]),
    "sum_middle": (lambda x: x.sum(1), [LAYERS]),
    "sum_outer": (lambda x: x.sum((0, 2)), [LAYERS]),
    "sum_first": (lambda x: x.sum(0), [LAYERS]),
    "sum_first_two": (lambda x: x.sum((0, 1)), [LAYERS]),
    "sum_last_two": (lambda x: x.sum((1, 2)), [LAYERS]),
    "sum8": (lambda x: x.sum(-1), [(HALF // 8, 8)]),
    "sum64": (lambda x: x.sum(-1), [(HALF // 64, 64)]),
    "sum1023": (lambda x: x.sum(-1), [(HALF // 1024, 1023)]),
    "sum_few_columns": (lambda x: x.sum(1), [(64, 4096, 128)]),
    "argmax_columns": (lambda x: x.argmax(0), [(8192, 4096)]),
    "argmin_middle": (lambda x: x.argmin(1), [LAYERS]),
    "argmax64": (lambda x: x.argmax(-1), [(HALF // 64, 64)]),
    "max_rows": (lambda x: tuple(x.max(-1)), [(8192, 4096)]),
    "max_columns": (lambda x: tuple(x.max(0)), [(8192, 4096)]),
    "amax_outer": (lambda x: x.amax((0, 2)), [LAYERS]),
    "aminmax": (lambda x: tuple(x.aminmax()), [(8192, 4096)]),
    "any_rows": (lambda x: (x > 3).any(-1), [(8192, 4096)]),
    "all_columns": (lambda x: (x < 3).all(0), [(8192, 4096)]),
    "prod_rows": (lambda x: x.prod(-1), [(HALF // 32, 32)]),
    "std_rows": (lambda x: x.std(-1, correction=0), [(8192, 4096)]),
    "var_columns": (lambda x: x.var(0), [(8192, 4096)]),
    "var_middle": (lambda x: x.var(1), [LAYERS]),
    "logsumexp_rows": (lambda x: x.logsumexp(-1), [(8192, 4096)]),
    "logsumexp_columns": (lambda x: x.logsumexp(0), [(8192, 4096)]),
    "logsumexp_all": (lambda x: x.logsumexp((0, 1)), [(8192, 4096)]),
    "norm1": (lambda x: torch.linalg.vector_norm(x, 1), [(8192, 4096)]),
    "norm2_rows": (lambda x: torch.linalg.vector_norm(x, 2, -1),
                   [(8192, 4096)]),
    "norm_inf_columns": (lambda x: torch.linalg.vector_norm(
        x, float("inf"), 0), [(8192, 4096)]),
    "softmax_middle": (lambda x: x.softmax(1), [LAYERS]),
    "log_softmax_classes": (lambda x: x.log_softmax(1), [(8, 21, 512, 384)]),
    "of_rows": (of_rows, [(8192, 4096)]),
    "of_columns": (of_columns, [(8192, 4096)]),
    "count_nonzero": (lambda x: x.count_nonzero(), [(8192, 4096)]),
    "batchnorm": (lambda x, w, b: F.batch_norm(x, None, None, w, b, True),
                  [IMAGES, (256,), (256,)]),
}

# Few long rows.
OPERATORS |= {
    "sort_line24": (lambda x: x.sort(-1).values, [(16 << 20,)]),
    "sort_lines": (lambda x: x.sort(-1).values, [(8, 1 << 17)]),
    "argsort_line": (lambda x: x.argsort(-1), [(1 << 20,)]),
    "median_line": (lambda x: x.median(), [(1 << 20,)]),
    "cumsum_line": (lambda x: x.cumsum(-1), [(1 << 20,)]),
    "cumsum_line26": (lambda x: x.cumsum(-1), [(64 << 20,)]),
    "cumsum_columns": (lambda x: x.cumsum(0), [(1 << 16, 64)]),
    "cummax_line": (lambda x: x.cummax(-1).values, [(16 << 20,)]),
    "logcumsumexp_line": (lambda x: x.logcumsumexp(-1), [(16 << 20,)]),
    "masked_scatter": (lambda x, y: x.masked_scatter(x > 0, y),
                       [(16 << 20,)] * 2),
}

# Where the order of updates makes no difference.
OPERATORS |= {
    "scatter_add_whole": (lambda x, i, y: x.scatter_add(1, i, y),
                          [(4096, 1024, int, 100), (4096, 4096, int, 1024),
                           (4096, 4096, int, 100)]),
    "index_add_whole": (lambda x, i, y: x.index_add(0, i, y),
                        [(32000, 1024, int, 100), (16384, int, 32000),
                         (16384, 1024, int, 100)]),
    "histc": (lambda x: x.float().histc(100, -4, 4), [(16 << 20,)]),
}


# Those that are compiled with all sizes open, too.
OPEN = ("pointwise", "softmax", "softmax32", "softmax1000", "softmax1023",
        "softmax32768", "layernorm", "layernorm768", "layernorm1023", "rmsnorm",
        "columns", "sum", "argmax_rows", "transpose", "transpose_odd",
        "nchw_to_nhwc", "add_transposed", "concat")


def make(shape, dtype):
    if int in shape:
        *shape, _, below = shape
        return torch.randint(0, below, shape, device="cuda")
    return torch.randn(*shape, device="cuda").to(dtype)


def make_empty(shape, dtype):
    if int in shape:
        return torch.empty(shape[:shape.index(int)], dtype=torch.int64)
    return torch.empty(*shape, dtype=dtype)


def open_dims(shapes):
    """All sizes but 1 and those of indices' tables."""
    return [{} if int in shape else
            {i: torch.export.Dim.AUTO for i in range(len(shape))}
            for shape in shapes]


def list_cases(names):
    for name, (function, shapes) in OPERATORS.items():
        if names and name not in names:
            continue
        for suffix, dtype in FLOATS.items():
            inputs = tuple(make_empty(shape, dtype) for shape in shapes)
            yield f"{name}_{suffix}", function, inputs, None
            if name in OPEN:
                yield (f"{name}_{suffix}_open", function, inputs,
                       open_dims(shapes))


def time_in_turns(functions, calls=20, rounds=7):
    """Milliseconds of one call of each."""
    times = [[] for _ in functions]
    for function in functions:
        function()
        function()
    torch.cuda.synchronize()
    for _ in range(rounds):
        for list_, function in zip(times, functions):
            start, end = (torch.cuda.Event(enable_timing=True)
                          for _ in range(2))
            torch.cuda._sleep(5000000)
            start.record()
            for _ in range(calls):
                function()
            end.record()
            end.synchronize()
            list_.append(start.elapsed_time(end) / calls)
    return [statistics.median(list_) for list_ in times]


def measure_copy():
    """GB/s of reading and writing 512 MB each."""
    source = torch.empty(128 << 20, device="cuda")
    target = torch.empty_like(source)
    (time,) = time_in_turns([lambda: target.copy_(source)])
    return 2 * source.numel() * source.element_size() / time / 1e6


def compare(values, exact):
    """The greatest error of what a function returns."""
    if not isinstance(values, torch.Tensor):
        return max(map(compare, values, exact))
    return compare_one(values, exact)


def compare_one(value, exact):
    """The relative error of floats, or how many of other elements differ."""
    if not value.is_floating_point():
        return (value != exact).sum().item()
    return ((value.double() - exact).norm() / exact.norm()).item()


class Prepared:
    """A module with its outputs, and a call of it."""

    def __init__(self, path, inputs, stream):
        self.module = Module(str(path), device="cuda", stream=stream)
        self.arguments, self.outputs = self.module.prepare(inputs)
        for output in self.outputs:
            if output.is_floating_point():
                output.fill_(float("nan"))

    def __call__(self):
        self.module.launch(self.arguments)

    def get(self):
        """As the function returns it."""
        return self.outputs if len(self.outputs) > 1 else self.outputs[0]


def run_one(path, function, shapes, dtype, copy):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        inputs = [make(shape, dtype) for shape in shapes]
        paths = [path, path.with_stem(path.stem + "_open")]
        modules = [Prepared(path, inputs, stream) for path in paths
                   if path.exists()]
        exact = function(*[value.double() if value.is_floating_point()
                           else value for value in inputs])
        for module in modules:
            module()
        errors = [compare(value, exact) for value in
                  [*(module.get() for module in modules), function(*inputs)]]
        del exact
        torch._dynamo.reset()
        compiled = torch.compile(function)
        inductor, eager, ours, *open_ = time_in_turns(
            [lambda: compiled(*inputs), lambda: function(*inputs), *modules])
        size = sum(value.numel() * value.element_size()
                   for value in [*inputs, *modules[0].outputs])
        rate = size / ours / 1e6
        sizes_open = "".join(
            f"; sizes open {time * 1e3:.1f} us, {time / ours:.2f} of it, error "
            f"{errors[1]:.1e}" for time in open_)
        print(f"{path.stem}: {ours * 1e3:.1f} us, {rate:.0f} GB/s, "
              f"{rate / copy:.2f} of copying; "
              f"torch.compile {inductor * 1e3:.1f}, eager {eager * 1e3:.1f} us; "
              f"{inductor / ours:.2f} of torch.compile; error {errors[0]:.1e}, "
              f"eager {errors[-1]:.1e}{sizes_open}", flush=True)
        for module in modules:
            module.module.close()


def main():
    arguments = parse_arguments(__doc__, "OPERATOR")
    if arguments.step == "compile":
        return compile_cases(arguments.folder, list_cases(arguments.cases),
                             arguments.graphc, "nvptx:sm_90a")
    copy = measure_copy()
    print(f"{torch.cuda.get_device_name()}, copies at {copy:.0f} GB/s")
    for path in sorted(arguments.folder.glob("*.so")):
        name, _, suffix = path.stem.rpartition("_")
        if name in OPERATORS and (not arguments.cases or
                                  name in arguments.cases):
            run_one(path, *OPERATORS[name], FLOATS[suffix], copy)
    return 0


sys.exit(main())
