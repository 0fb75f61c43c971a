#!/usr/bin/env python3
"""Times kernels of products and convolutions on a GPU beside PyTorch's.

  kernel_times.py compile --graphc build/bin/graphc FOLDER    needs no GPU
  kernel_times.py run FOLDER [CASE...]                        needs no graphc

Times are medians of the kernels' own, as the profiler reports them, of calls in
turns; matrices with few rows take turns too, so that none stays in the cache.
"""

import statistics
import sys

import torch
import torch.nn.functional as F

from module import Module
from timing import compile_cases, parse_arguments


def product(rows, columns, depth):
    return (lambda x, w: x @ w.t(), [(rows, depth), (columns, depth)],
            torch.bfloat16)


def across(rows, columns, depth):
    return (lambda x, w: x @ w, [(rows, depth), (depth, columns)],
            torch.bfloat16)


def convolution(channels, size, results, window, stride=1):
    return (lambda x, w: F.relu(F.conv2d(x, w, stride=stride,
                                         padding=window // 2)),
            [(64, channels, size, size), (results, channels, window, window)],
            torch.float16)


# What is computed, the shapes that it takes, and their type.
CASES = {
    **{f"rows{n}": product(n, 4096, 4096) for n in (1, 4, 8, 16)},
    **{f"rows{n}_across": across(n, 4096, 4096) for n in (1, 16)},
    "row_up": product(1, 14336, 4096), "row_down": product(1, 4096, 14336),
    "row_up_across": across(1, 14336, 4096),
    "row_down_across": across(1, 4096, 14336),
    "square2048": product(2048, 2048, 2048),
    "square4096": product(4096, 4096, 4096),
    "square4096_across": across(4096, 4096, 4096),
    "ragged": product(3000, 5000, 4096), "wide": product(512, 4096, 4096),
    "odd": product(1000, 1003, 1001),
    **{f"conv{c}_{s}_{o}_{k}_{t}": convolution(c, s, o, k, t)
       for c, s, o, k, t in (
           (64, 56, 64, 3, 1), (128, 28, 128, 3, 1), (256, 14, 256, 3, 1),
           (512, 7, 512, 3, 1), (64, 56, 256, 1, 1), (512, 7, 2048, 1, 1),
           (1024, 14, 256, 1, 1), (128, 56, 128, 3, 2), (3, 224, 64, 7, 2))},
}
COLD_BYTES = 120e6  # More than the cache holds.


def make_inputs(shapes, dtype, device):
    inputs = [torch.randn(*shape, device=device).to(dtype) for shape in shapes]
    return [value.to(memory_format=torch.channels_last)
            if value.dim() == 4 else value for value in inputs]


def time_kernels(ours, theirs, calls):
    """Microseconds of one call of each, by its kernels."""
    from torch.profiler import ProfilerActivity, profile
    for _ in range(2):
        ours(), theirs()
    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CUDA]) as profiled:
        for _ in range(3):
            ours(), theirs()
            torch.cuda.synchronize()
    times = {}
    for event in profiled.events():
        if event.device_type.name == "CUDA":
            times.setdefault(event.name, []).append(
                event.time_range.elapsed_us())
    sums = [0.0, 0.0]
    for name, list_ in times.items():
        sums[not name.startswith(("kernel_", "main"))] += (
            statistics.median(list_) * len(list_) / (3 * calls))
    return sums


def run_one(path, function, shapes, dtype, calls=20):
    size = sum(torch.Size(shape).numel() for shape in shapes) * 2
    copies = max(1, min(8, int(COLD_BYTES / size) + 1))
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        sets = [make_inputs(shapes, dtype, "cuda") for _ in range(copies)]
        module = Module(str(path), device="cuda", stream=stream)
        prepared = [module.prepare(inputs) for inputs in sets]
        for arguments, (output,) in prepared:
            output.fill_(float("nan"))
            module.launch(arguments)
        exact = function(*[value.double() for value in sets[0]])
        errors = [((value.double() - exact).norm() / exact.norm()).item()
                  for value in (prepared[0][1][0], function(*sets[0]))]
        del exact

        def ours():
            for i in range(calls):
                module.launch(prepared[i % copies][0])

        def theirs():
            for i in range(calls):
                function(*sets[i % copies])

        mine, peer = time_kernels(ours, theirs, calls)
        moved = size + prepared[0][1][0].numel() * 2
        print(f"{path.stem}: {mine:.1f} us, {moved / mine / 1e3:.0f} GB/s; "
              f"PyTorch {peer:.1f} us; {peer / mine:.2f} of it; error "
              f"{errors[0]:.1e}, PyTorch {errors[1]:.1e}", flush=True)
        module.close()


def main():
    arguments = parse_arguments(__doc__, "CASE", lambda parser: parser.add_argument(
        "--target", default="nvptx:sm_90a"))
    if arguments.step == "compile":
        return compile_cases(
            arguments.folder,
            ((name, function, tuple(make_inputs(shapes, dtype, "cpu")), None)
             for name, (function, shapes, dtype) in CASES.items()
             if not arguments.cases or name in arguments.cases),
            arguments.graphc, arguments.target)
    print(torch.cuda.get_device_name())
    torch.backends.cudnn.benchmark = True
    for path in sorted(arguments.folder.glob("*.so")):
        if not arguments.cases or path.stem in arguments.cases:
            run_one(path, *CASES[path.stem])
    return 0


sys.exit(main())
