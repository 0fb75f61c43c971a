#!/usr/bin/env python3
"""Times operators on a GPU beside torch.compile and eager PyTorch.

  operators.py compile --graphc build/bin/graphc FOLDER   needs no GPU
  operators.py run FOLDER [OPERATOR...]                   needs no graphc

The first makes a module for every operator and element type; the second, on the
machine with the GPU, runs each in turns with its peers on random data, the
output filled with NaN before, and compares with float64. Times are medians over
rounds of calls that were queued before the clock started.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys

import torch
import torch.nn.functional as F

from module import Module

# What is computed, and the shapes that it takes.
OPERATORS = {
    "pointwise": (lambda x, y, z: F.silu(x * y + z), [(8192, 8192)] * 3),
    "softmax": (lambda x: torch.softmax(x, -1), [(8192, 4096)]),
    "layernorm": (lambda x, w, b: F.layer_norm(x, (4096,), w, b),
                  [(8192, 4096), (4096,), (4096,)]),
    "columns": (lambda x: x.sum(0), [(8192, 4096)]),
    "sum": (lambda x: x.sum(), [(8192, 8192)]),
    "matmul": (lambda x, w: x @ w.t(), [(4096, 4096)] * 2),
}
DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


class Operator(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def compile_all(graphc, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (function, shapes) in OPERATORS.items():
        for suffix, dtype in DTYPES.items():
            inputs = tuple(torch.randn(*shape).to(dtype) for shape in shapes)
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
            torch.cuda._sleep(2000000)
            start.record()
            for _ in range(calls):
                function()
            end.record()
            end.synchronize()
            list_.append(start.elapsed_time(end) / calls)
    return [statistics.median(list_) for list_ in times]


def run_one(path, function, shapes, dtype):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        inputs = [torch.randn(*shape, device="cuda").to(dtype)
                  for shape in shapes]
        module = Module(str(path), device="cuda", stream=stream)
        prepared, (output,) = module.prepare(inputs)
        output.fill_(float("nan"))
        module.launch(prepared)
        exact = function(*[value.double() for value in inputs])

        def error(value):
            return ((value.double() - exact).norm() / exact.norm()).item()

        errors = error(output), error(function(*inputs))
        del exact
        compiled = torch.compile(function)
        ours, inductor, eager = time_in_turns(
            [lambda: module.launch(prepared), lambda: compiled(*inputs),
             lambda: function(*inputs)])
        size = sum(value.numel() * value.element_size()
                   for value in [*inputs, output])
        print(f"{path.stem}: {ours * 1e3:.1f} us, {size / ours / 1e6:.0f} GB/s; "
              f"torch.compile {inductor * 1e3:.1f}, eager {eager * 1e3:.1f} us; "
              f"{inductor / ours:.2f} of torch.compile; error {errors[0]:.1e}, "
              f"eager {errors[1]:.1e}", flush=True)
        module.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["compile", "run"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("operators", nargs="*")
    parser.add_argument("--graphc", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.step == "compile":
        return compile_all(arguments.graphc, arguments.folder)
    print(torch.cuda.get_device_name())
    for path in sorted(arguments.folder.glob("*.so")):
        name, suffix = path.stem.rsplit("_", 1)
        if not arguments.operators or name in arguments.operators:
            run_one(path, *OPERATORS[name], DTYPES[suffix])
    return 0


sys.exit(main())
