#!/usr/bin/env python3
"""Times matrix products on a GPU beside cuBLAS, as PyTorch calls it.

  products.py compile --graphc build/bin/graphc FOLDER [CASE...]  needs no GPU
  products.py run FOLDER [CASE...]                                needs no graphc

Both sides are captured into CUDA graphs of the same number of calls, which run
in turns on the same random data; a time is the median over rounds. The output
is filled with NaN before and compared with a product in float32 of the same
values (float64 would take too long for the large ones), that of float32 in
float64. PyTorch multiplies float32 in full, as graphc does.
"""

import statistics
import sys

import torch
import torch.nn.functional as F

from module import Module
from timing import compile_function, parse_arguments, time_in_turns

# What is computed, with the peer that is timed; the shapes that it takes. The
# letters say which dimension of each operand is contiguous: depth (k) or not.
LAYOUTS = {
    "kk": (lambda a, b: a @ b.t(), lambda m, n, k: [(m, k), (n, k)]),
    "kn": (lambda a, b: a @ b, lambda m, n, k: [(m, k), (k, n)]),
    "mk": (lambda a, b: a.t() @ b.t(), lambda m, n, k: [(k, m), (n, k)]),
    "mn": (lambda a, b: a.t() @ b, lambda m, n, k: [(k, m), (k, n)]),
}


def gelu(a, b, bias):
    return F.gelu(F.linear(a, b, bias), approximate="tanh")


def fused_gelu(a, b, bias):
    return torch._addmm_activation(bias, a, b.t(), use_gelu=True)


def scaled(a, b, left, right):
    return torch._scaled_mm(a, b.t(), left, right, out_dtype=torch.bfloat16)


def make_cases():
    """By name; those of floats of eight bits, e4m3, are for that type alone."""
    cases = {}
    for size in (2048, 4096, 8192):
        cases[f"{size}-scaled"] = (scaled, scaled,
                                   [(size, size), (size, size), (), ()])
    for size in (2048, 4096, 8192):
        for layout, (function, shapes) in LAYOUTS.items():
            cases[f"{size}-{layout}"] = (function, function,
                                         shapes(size, size, size))
        cases[f"{size}-gelu"] = (gelu, fused_gelu,
                                 [(size, size), (size, size), (size,)])
    for m, n, k in ((1024, 1024, 1024), (4096, 768, 768), (4096, 3072, 768),
                    (512, 768, 768), (128, 768, 768), (3000, 5000, 4096),
                    (512, 4096, 4096), (1024, 14336, 4096),
                    (1000, 1016, 1000), (2048, 5632, 2048), (512, 512, 8192),
                    (256, 1024, 16384), (64, 2048, 8192),
                    (64, 512, 16384)):
        function, shapes = LAYOUTS["kk"]
        cases[f"{m}x{n}x{k}"] = (function, function, shapes(m, n, k))
    for m, n, k in ((2048, 5632, 2048), (4096, 3072, 768)):
        cases[f"{m}x{n}x{k}-gelu"] = (gelu, fused_gelu, [(m, k), (n, k), (n,)])
    cases["96x512x64x512"] = (torch.matmul, torch.matmul,
                              [(96, 512, 512), (96, 512, 64)])
    cases["96x512x512x64"] = (lambda a, b: a @ b.transpose(1, 2),
                              lambda a, b: a @ b.transpose(1, 2),
                              [(96, 512, 64), (96, 512, 64)])
    for layout, suffix in (("kk", ""), ("kn", "-kn")):
        function, shapes = LAYOUTS[layout]
        for m in (1, 4, 8, 16, 32):
            cases[f"{m}x4096x4096{suffix}"] = (function, function,
                                               shapes(m, 4096, 4096))
        for m, n, k in ((1, 14336, 4096), (1, 4096, 14336),
                        (16, 14336, 4096), (16, 4096, 14336),
                        (32, 14336, 4096), (1, 1024, 4096),
                        (16, 1024, 4096), (1, 4092, 4092), (8, 4092, 4092),
                        (1, 4093, 4093), (8, 4093, 4093)):
            cases[f"{m}x{n}x{k}{suffix}"] = (function, function,
                                             shapes(m, n, k))
    cases["4096x4096-vector"] = (torch.mv, torch.mv, [(4096, 4096), (4096,)])
    return cases


CASES = make_cases()
DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16,
          "f32": torch.float32, "e4m3": torch.float8_e4m3fn}


def is_for(name, dtype):
    return name.endswith("-scaled") == (dtype == "e4m3")


def make_inputs(shapes, dtype, device="cpu"):
    """Of `dtype`, but for numbers that scale."""
    return tuple(torch.randn(*shape, device=device).to(dtype) if shape else
                 torch.tensor(0.5, device=device) for shape in shapes)


def in_wider(function, inputs):
    left, right, *rest = [value.double() if value.dtype == torch.float32 else
                          value.float() for value in inputs]
    if function is scaled:
        return left @ right.t() * rest[0] * rest[1]
    return function(left, right, *rest)


def compile_all(graphc, folder, wanted, dtypes):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (function, _, shapes) in CASES.items():
        for suffix in dtypes:
            if wanted and name not in wanted or not is_for(name, suffix):
                continue
            compile_function(function, make_inputs(shapes, DTYPES[suffix]),
                             folder / f"{name}_{suffix}.so", graphc,
                             "nvptx:sm_90a")


def run_one(path, case, dtype):
    function, peer, shapes = case
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        inputs = make_inputs(shapes, dtype, "cuda")
        module = Module(str(path), device="cuda", stream=stream)
        prepared, (output,) = module.prepare(inputs)
        output.fill_(float("nan"))
        module.launch(prepared)
        stream.synchronize()
        exact = in_wider(function, inputs)

        def error(value):
            return ((value.to(exact.dtype) - exact).norm() / exact.norm()).item()

        errors = error(output), error(peer(*inputs))
        del exact
        (ours, other), ratios = time_in_turns(
            [lambda: module.launch(prepared), lambda: peer(*inputs)], stream)
        left, right = inputs[:2]
        depth = left.numel() * right.numel() / output.numel()
        if left.dim() == 3:
            depth /= left.shape[0]
        flops = 2 * output.numel() * depth ** 0.5
        size = sum(value.numel() * value.element_size()
                   for value in [*inputs, output])
        print(f"{path.stem}: {ours:.1f} us, {flops / ours / 1e6:.0f} TFLOP/s, "
              f"{size / ours / 1e3:.0f} GB/s; cuBLAS {other:.1f} us; "
              f"{statistics.median(ratios):.3f} of it "
              f"[{min(ratios):.3f}, {max(ratios):.3f}]; error {errors[0]:.1e}, "
              f"cuBLAS {errors[1]:.1e}", flush=True)
        module.close()


def main():
    arguments = parse_arguments(__doc__, "CASE", lambda parser: parser.add_argument(
        "--dtypes", nargs="+", choices=DTYPES,
        default=["bf16", "f16", "e4m3"]))
    if arguments.step == "compile":
        return compile_all(arguments.graphc, arguments.folder, arguments.cases,
                           arguments.dtypes)
    torch.backends.cuda.matmul.allow_tf32 = False
    print(torch.cuda.get_device_name())
    for path in sorted(arguments.folder.glob("*.so")):
        name, suffix = path.stem.rsplit("_", 1)
        if not arguments.cases or name in arguments.cases:
            run_one(path, CASES[name], DTYPES[suffix])
    return 0


sys.exit(main())
