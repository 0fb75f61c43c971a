#!/usr/bin/env python3
"""Errors of elementwise functions beside float64, in units in the last place.

  accuracy.py compile --graphc build/bin/graphc [--target T] FOLDER   no torch
  accuracy.py run [--device cpu] FOLDER [FUNCTION...]                 no graphc

Inputs are all numbers of f16 and bf16, and of f32 every 256th bit pattern with
zeros, infinities, denormals and neighbours of round numbers. Of a result that
float64 has, the error is the difference over the distance of numbers there; one
that is rounded right is half a unit off at most. Beside it: PyTorch's own error,
how many results are NaN or infinite where float64's, rounded, is not or the
other way round, and how many denormal results are zero.
"""

import argparse
import pathlib
import subprocess
import sys

FUNCTIONS = ["exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin",
             "cos", "tan", "tanh", "sinh", "cosh", "asin", "acos", "atan",
             "asinh", "acosh", "atanh", "sigmoid", "silu", "gelu", "erf",
             "erfc", "sqrt", "rsqrt", "reciprocal"]
# Of a type: how the text names it, how many inputs there are.
TYPES = {"float32": ("f32", 1 << 24), "float16": ("f16", 1 << 16),
         "bfloat16": ("bf16", 1 << 16)}


def compile_modules(arguments):
    """A module for each type, which computes all functions of one input."""
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, (short, count) in TYPES.items():
        lines = ["class <lambda>(torch.nn.Module):",
                 f'    def forward(self, x: "{short}[{count}]"):']
        lines += [f'        {f}_: "{short}[{count}]" = '
                  f"torch.ops.aten.{f}.default(x)" for f in FUNCTIONS]
        lines.append(f"        return ({', '.join(f + '_' for f in FUNCTIONS)})")
        text = arguments.folder / f"{name}.py"
        text.write_text("\n".join(lines) + "\n")
        subprocess.run([arguments.graphc, text, f"--target={arguments.target}",
                        "--emit=so", "-o", arguments.folder / f"{name}.so"],
                       check=True)


def make_inputs(torch, dtype, device):
    if dtype != torch.float32:
        bits = torch.arange(-1 << 15, 1 << 15, dtype=torch.int32)
        return bits.to(torch.int16).view(dtype).to(device)
    count = TYPES["float32"][1]
    index = torch.arange(count, dtype=torch.int64)
    # Not the same lower bits in all.
    bits = index * 256 + index * 37 % 256 - (1 << 31)
    x = bits.to(torch.int32).view(torch.float32)
    round_ = [0.0, 1.0, 2.0, 3.0, 0.5, 0.25, 10.0, 100.0, 1e-38, 1.1754944e-38,
              1.4e-45, 3.4028235e38, 88.72284, -103.97208, -87.33655, 128.0,
              -149.0, 9.0, 1.5707964, 3.1415927, 6.2831855, 105414.0, 1e10,
              float("inf"), float("nan")]
    near = torch.tensor(round_, dtype=torch.float32)
    near = torch.cat([near, -near])
    up, down = near + float("inf"), near - float("inf")
    edges = torch.cat([near, torch.nextafter(near, up),
                       torch.nextafter(near, down)])
    x[:edges.numel()] = edges
    return x.to(device)


def evaluate(torch, name, x):
    namespace = (torch.nn.functional if name in ("silu", "gelu") else
                 torch.special if name in ("erfc",) else torch)
    return getattr(namespace, name)(x)


def measure(torch, got, wanted, x, dtype):
    """Largest error of normal results and where, NaN and infinities that differ,
    denormal results that are zero."""
    info = torch.finfo(dtype)
    digits = {torch.float32: 23, torch.float16: 10, torch.bfloat16: 7}[dtype]
    rounded, result = wanted.to(dtype), got.double()
    differs = (rounded.isnan() != got.isnan()) | (rounded.isinf() != got.isinf())
    size = wanted.abs()
    counts = rounded.isfinite() & got.isfinite() & (size >= info.tiny)
    _, exponent = torch.frexp(size)
    unit = torch.ldexp(torch.ones_like(size), exponent - 1 - digits)
    error = torch.where(counts, (result - wanted).abs() / unit, 0)
    at = error.argmax()
    is_zero = (rounded != 0) & (size < info.tiny) & (got == 0)
    return (error[at].item(), x[at].item(), differs.sum().item(),
            is_zero.sum().item())


def run(arguments):
    import torch
    from module import Module
    device = arguments.device
    print(f"{'function':12}{'type':10}{'error':>9}{'PyTorch':>9}"
          f"{'differ':>8}{'zero':>9}  at")
    for name in TYPES:
        dtype = getattr(torch, name)
        x = make_inputs(torch, dtype, device)
        module = Module(str(arguments.folder / f"{name}.so"),
                        device=device if device != "cpu" else None)
        results = module(x)
        for function, got in zip(FUNCTIONS, results):
            if arguments.functions and function not in arguments.functions:
                continue
            wanted = evaluate(torch, function, x.double())
            error, at, differ, zero = measure(torch, got, wanted, x, dtype)
            peer = evaluate(torch, function, x)
            peer_error = measure(torch, peer, wanted, x, dtype)[0]
            print(f"{function:12}{name:10}{error:9.3g}{peer_error:9.3g}"
                  f"{differ:8}{zero:9}  {at:.9g}", flush=True)
        module.close()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True)
    step = steps.add_parser("compile")
    step.add_argument("--graphc", required=True, type=pathlib.Path)
    step.add_argument("--target", default="nvptx:sm_90a")
    step.add_argument("folder", type=pathlib.Path)
    step.set_defaults(work=compile_modules)
    step = steps.add_parser("run")
    step.add_argument("--device", default="cuda")
    step.add_argument("folder", type=pathlib.Path)
    step.add_argument("functions", nargs="*")
    step.set_defaults(work=run)
    arguments = parser.parse_args()
    sys.exit(arguments.work(arguments))


if __name__ == "__main__":
    main()
