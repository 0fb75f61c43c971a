#!/usr/bin/env python3
"""Times products of groups of rows (mixtures of experts) on CPUs beside eager
PyTorch.

  grouped_products.py compile --graphc build/bin/graphc FOLDER [CASE...]
  grouped_products.py run FOLDER [CASE...]

The weights of experts are constants, except in the cases that say `inputs`. Both
sides run in turns in one process with the same number of threads; a time is the
least of many, since other work may go on on the machine. The error is that of
the whole against float64, relative to its norm.
"""

import sys
import time

import torch
import transformers.integrations.moe  # Registers grouped_mm_fallback.

from module import Module
from timing import compile_cases, parse_arguments

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}

# Rows, experts, depth, columns; how many experts have rows. Weights are stored
# with the depth last, as models have them, but for those of `across`.
CASES = {
    "prefill-8": (512, 8, 1024, 1024, 8),
    "prefill-64": (512, 64, 512, 1024, 64),
    "one-group": (512, 8, 1024, 1024, 1),
    "uneven": (517, 16, 512, 768, 16),
    "across": (512, 8, 1024, 1024, 8),
    "inputs": (512, 8, 1024, 1024, 8),
    "decode-2-of-8": (2, 8, 1024, 2048, 2),
    "decode-8-of-64": (8, 64, 512, 1024, 8),
    "decode-32-of-64": (32, 64, 512, 1024, 28),
    "decode-inputs": (8, 64, 512, 1024, 8),
    "depth": (512, 8, 1024, 1024, 8),
}


def grouped(x, weight, ends):
    """As transformers calls it; torch.export takes `_grouped_mm` of bf16 only."""
    if torch.compiler.is_exporting() and x.dtype != torch.bfloat16:
        return torch.ops.transformers.grouped_mm_fallback(x, weight, ends)
    return torch._grouped_mm(x, weight, offs=ends)


class Experts(torch.nn.Module):
    def __init__(self, weight, is_across):
        super().__init__()
        self.weight = torch.nn.Parameter(weight, requires_grad=False)
        self.is_across = is_across

    def forward(self, x, ends):
        weight = self.weight if self.is_across else self.weight.mT
        return grouped(x, weight, ends)


def multiply(x, weight, ends):
    return grouped(x, weight.mT, ends)


def multiply_depths(x, y, ends):
    return torch._grouped_mm(x.mT, y, offs=ends)


def make_ends(name, rows, experts, used):
    """The rows of the groups, of which `used` have any."""
    generator = torch.Generator().manual_seed(1)
    counts = torch.zeros(experts)
    shares = torch.ones(used)
    if name == "uneven":
        shares = torch.rand(used, generator=generator) ** 3
    places = torch.randperm(experts, generator=generator)[:used]
    counts[places] = shares * rows / shares.sum()
    ends = counts.cumsum(0).round().int()
    ends[places.max():] = rows
    return ends


def make_case(name, dtype):
    """What computes it, and its inputs."""
    rows, experts, depth, columns, used = CASES[name]
    torch.manual_seed(0)
    x = torch.randn(rows, depth).to(dtype)
    ends = make_ends(name, rows, experts, used)
    if name == "depth":
        return multiply_depths, (x, torch.randn(rows, columns).to(dtype), ends)
    shape = (depth, columns) if name == "across" else (columns, depth)
    weight = (torch.randn(experts, *shape) / depth ** 0.5).to(dtype)
    if name.endswith("inputs"):
        return multiply, (x, weight, ends)
    return Experts(weight, name == "across"), (x, ends)


def compute_exactly(function, inputs):
    """In float64, group by group."""
    ends = inputs[-1]
    x, y = inputs[0].double(), None
    if function is multiply_depths:
        y = inputs[1].double()
    else:
        weight = (inputs[1] if function is multiply else function.weight).double()
        if not getattr(function, "is_across", False):
            weight = weight.mT
    results = []
    for number, (begin, end) in enumerate(zip([0, *ends.tolist()], ends.tolist())):
        part = x[begin:end]
        results.append(part.mT @ y[begin:end] if y is not None
                       else part @ weight[number])
    return torch.stack(results) if y is not None else torch.cat(results)


def least(function, before):
    start = time.perf_counter()
    function()
    return min(before, time.perf_counter() - start)


def run(path, name, dtype, seconds):
    function, inputs = make_case(name, dtype)
    module = Module(str(path))
    prepared, (output,) = module.prepare(inputs)
    output.fill_(float("nan"))
    module.launch(prepared)
    exact = compute_exactly(function, inputs)
    with torch.no_grad():
        theirs = function(*inputs)
        errors = [((value.double() - exact).norm() / exact.norm()).item()
                  for value in (output, theirs)]
        times = [float("inf")] * 2
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            times[0] = least(lambda: module.launch(prepared), times[0])
            times[1] = least(lambda: function(*inputs), times[1])
    module.close()
    print(f"{path.stem}: {times[0] * 1e3:.3f} ms, PyTorch {times[1] * 1e3:.3f}; "
          f"{times[0] / times[1]:.3f} of it; error {errors[0]:.1e}, "
          f"PyTorch {errors[1]:.1e}", flush=True)


def add_options(parser):
    parser.add_argument("--target", default="native")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--dtypes", nargs="+", choices=DTYPES, default=DTYPES)


def main():
    arguments = parse_arguments(__doc__, "CASE", add_options)
    names = {f"{case}-{dtype}": (case, DTYPES[dtype])
             for case in arguments.cases or CASES for dtype in arguments.dtypes
             if (case, dtype) != ("depth", "f32")}
    if arguments.step == "compile":
        return compile_cases(
            arguments.folder,
            ((name, *make_case(*case), None) for name, case in names.items()),
            arguments.graphc, arguments.target)
    torch.set_num_threads(arguments.threads)
    for name, case in names.items():
        run(arguments.folder / f"{name}.so", *case, arguments.seconds)
    return 0


sys.exit(main())
