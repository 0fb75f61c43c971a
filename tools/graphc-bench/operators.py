#!/usr/bin/env python3
"""Times operators on a GPU beside torch.compile and eager PyTorch.

  operators.py compile --graphc build/bin/graphc FOLDER   needs no GPU
  operators.py run FOLDER [OPERATOR...]                   needs no graphc

The first makes a module for every operator and element type; the second, on the
machine with the GPU, runs each in turns with its peers on random data, the
output filled with NaN before, and compares with float64. Times are medians over
rounds of calls that were queued before the clock started.
"""

import statistics
import subprocess
import sys

import torch
import torch.nn.functional as F

from module import Module
from timing import parse_arguments

SQUARE = (8192, 8192)
FLOATS = {"f32": torch.float32, "bf16": torch.bfloat16}


def norm(width):
    return (lambda x, w, b: F.layer_norm(x, (width,), w, b),
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
    "layernorm": (lambda x, w, b: F.layer_norm(x, (4096,), w, b),
                  [(8192, 4096), (4096,), (4096,)]),
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
    "sort": (lambda x: x.sort(-1).values, [(4096, 4096)]),
    "topk": (lambda x: x.topk(8, -1).values, [(4096, 4096)]),
    "matmul": (lambda x, w: x @ w.t(), [(4096, 4096)] * 2),
}


def make(shape, dtype):
    if int in shape:
        *shape, _, below = shape
        return torch.randint(0, below, shape, device="cuda")
    return torch.randn(*shape, device="cuda").to(dtype)


def make_empty(shape, dtype):
    if int in shape:
        return torch.empty(shape[:shape.index(int)], dtype=torch.int64)
    return torch.empty(*shape, dtype=dtype)


class Operator(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def compile_all(graphc, folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (function, shapes) in OPERATORS.items():
        if names and name not in names:
            continue
        for suffix, dtype in FLOATS.items():
            inputs = tuple(make_empty(shape, dtype) for shape in shapes)
            saved = folder / f"{name}_{suffix}.pt2"
            torch.export.save(torch.export.export(Operator(function), inputs),
                              saved)
            subprocess.run([graphc, saved, "--target=nvptx:sm_90a", "-o",
                            saved.with_suffix(".so")], check=True)
            saved.unlink()


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


def compare(value, exact):
    """The relative error of floats, or how many of other elements differ."""
    if not value.is_floating_point():
        return (value != exact).sum().item()
    return ((value.double() - exact).norm() / exact.norm()).item()


def run_one(path, function, shapes, dtype, copy):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        inputs = [make(shape, dtype) for shape in shapes]
        module = Module(str(path), device="cuda", stream=stream)
        prepared, (output,) = module.prepare(inputs)
        if output.is_floating_point():
            output.fill_(float("nan"))
        module.launch(prepared)
        exact = function(*[value.double() if value.is_floating_point()
                           else value for value in inputs])
        errors = compare(output, exact), compare(function(*inputs), exact)
        del exact
        torch._dynamo.reset()
        compiled = torch.compile(function)
        ours, inductor, eager = time_in_turns(
            [lambda: module.launch(prepared), lambda: compiled(*inputs),
             lambda: function(*inputs)])
        size = sum(value.numel() * value.element_size()
                   for value in [*inputs, output])
        rate = size / ours / 1e6
        print(f"{path.stem}: {ours * 1e3:.1f} us, {rate:.0f} GB/s, "
              f"{rate / copy:.2f} of copying; "
              f"torch.compile {inductor * 1e3:.1f}, eager {eager * 1e3:.1f} us; "
              f"{inductor / ours:.2f} of torch.compile; error {errors[0]:.1e}, "
              f"eager {errors[1]:.1e}", flush=True)
        module.close()


def main():
    arguments = parse_arguments(__doc__, "OPERATOR")
    if arguments.step == "compile":
        return compile_all(arguments.graphc, arguments.folder,
                           arguments.cases)
    copy = measure_copy()
    print(f"{torch.cuda.get_device_name()}, copies at {copy:.0f} GB/s")
    for path in sorted(arguments.folder.glob("*.so")):
        name, suffix = path.stem.rsplit("_", 1)
        if not arguments.cases or name in arguments.cases:
            run_one(path, *OPERATORS[name], FLOATS[suffix], copy)
    return 0


sys.exit(main())
