#!/usr/bin/env python3
"""Random matrix products against torch: shapes, layouts, dtypes, tails, threads.

  python3 contractions.py --bin BUILD/bin [--count N] [--seed S] [--only REGEX]

Each case is exported, compiled, run on several numbers of threads and compared
with float64 (integers: exactly). Needs torch 2.13.0. The last line counts.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import torch

F = torch.nn.functional
DTYPES = {
    "float32": 2e-6, "float64": 1e-14, "bfloat16": 1e-2, "float16": 1.5e-3,
    "int8": 0, "int32": 0, "int64": 0,
}


class Linear(torch.nn.Module):
    """A constant weight, as torch's linear, as addmm, or as a matrix."""

    def __init__(self, form, k, n, dtype, tail):
        super().__init__()
        shape = (n, k) if form in ("linear", "tied") else (k, n)
        self.w = torch.nn.Parameter(make(shape, dtype), requires_grad=False)
        self.b = torch.nn.Parameter(make((n,), dtype), requires_grad=False)
        self.form, self.tail = form, tail

    def forward(self, x, *rest):
        if self.form == "linear":
            y = F.linear(x, self.w, self.b)
        elif self.form == "tied":
            y = F.linear(F.embedding(x, self.w), self.w)
        elif self.form == "addmm":
            y = torch.addmm(self.b, x, self.w)
        else:
            y = x @ self.w
        return self.tail(y, *rest)


class Product(torch.nn.Module):
    def __init__(self, form, tail):
        super().__init__()
        self.form, self.tail = form, tail

    def forward(self, a, b, *rest):
        if "a" in self.form:
            a = a.transpose(-1, -2)
        if "b" in self.form:
            b = b.transpose(-1, -2)
        return self.tail(a @ b, *rest)


class Heads(torch.nn.Module):
    """Scores and values of attention on views of rows."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads

    def forward(self, q, k, v):
        def split(x):
            return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)
        scores = split(q) @ split(k).transpose(-1, -2)
        return (scores @ split(v)).transpose(1, 2).flatten(2)


def make(shape, dtype):
    kind = getattr(torch, dtype)
    if kind.is_floating_point:
        return torch.randn(shape).to(kind)
    return torch.randint(-5, 6, shape, dtype=kind)


def size(rng):
    return rng.choice([1, 2, 3, 5, 8, 13, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96,
                       100, 127, 128, 130, 200, 257])


def tails(rng, dtype):
    if not getattr(torch, dtype).is_floating_point:
        return "plain", lambda y: y, False
    return rng.choice([
        ("plain", lambda y: y, False), ("relu", lambda y: F.relu(y), False),
        ("gelu", lambda y: F.gelu(y), False),
        ("silu", lambda y: F.silu(y) * 0.5, False),
        ("residual", lambda y, r: y + r, True),
        ("gate", lambda y, r: torch.sigmoid(y) * r, True)])


def build(rng, index):
    dtype = rng.choice(list(DTYPES) + ["float32"] * 4 + ["bfloat16"] * 2)
    m, n, k = size(rng), size(rng), size(rng)
    if rng.random() < 0.15:
        k = rng.choice([1000, 2049, 3072])
        m = min(m, 64)
    tail_name, tail, takes_rest = tails(rng, dtype)
    kind = rng.choice(["linear", "linear", "addmm", "mm", "batch", "strided",
                       "heads", "vector", "dynamic", "tied"])
    dynamic = None
    batch = rng.choice([(), (1,), (2,), (3, 2)])
    if kind == "heads":
        dtype = rng.choice(["float32", "bfloat16"])
        heads, head = rng.choice([1, 2, 3]), rng.choice([8, 20, 32])
        t = rng.choice([1, 7, 16, 33, 64])
        s = rng.choice([t, 5, 40, 64])
        module = Heads(heads)
        inputs = [make((2, length, heads * head), dtype) for length in (t, s, s)]
        m, n, k, tail_name = t, s, heads * head, "plain"
    elif kind == "tied":
        dtype, tail_name = "float32", "plain"
        k, n = max(k, 2), max(n, 2)
        module = Linear("tied", k, n, dtype, lambda y: y)
        inputs = [torch.randint(0, n, (1, m))]
    elif kind in ("linear", "mm", "dynamic"):
        module = Linear("linear" if kind != "mm" else "mm", k, n, dtype, tail)
        inputs = [make((*batch, m, k), dtype)]
        if kind == "dynamic":
            m = max(m, 2)
            inputs = [make((*batch, m, k), dtype)]
            dynamic = {len(batch): torch.export.Dim("rows", min=2, max=4096)}
        if takes_rest:
            inputs.append(make((*batch, m, n), dtype))
    elif kind == "addmm":
        module = Linear("addmm", k, n, dtype, tail)
        inputs = [make((m, k), dtype)]
        if takes_rest:
            inputs.append(make((m, n), dtype))
    elif kind == "vector":
        module = Product("", lambda y: y)
        inputs = rng.choice([[make((k,), dtype), make((k, n), dtype)],
                             [make((m, k), dtype), make((k,), dtype)]])
        tail_name = "plain"
    else:
        form = rng.choice(["", "a", "b", "ab"])
        module = Product(form, tail)
        a = make((*batch, k, m) if "a" in form else (*batch, m, k), dtype)
        b = make((*batch, n, k) if "b" in form else (*batch, k, n), dtype)
        if kind == "strided":
            a = make((*a.shape[:-1], a.shape[-1] + 3), dtype)[..., : a.shape[-1]]
            b = b.transpose(-1, -2).contiguous().transpose(-1, -2)
        inputs = [a, b]
        if takes_rest:
            inputs.append(make((*batch, m, n), dtype))
    name = f"{index}-{kind}-{dtype}-{batch}x{m}x{n}x{k}-{tail_name}".replace(" ", "")
    shapes = None
    if dynamic:
        shapes = ([dynamic] + [dynamic] * (len(inputs) - 1),)
        shapes = (dynamic, [dynamic] * (len(inputs) - 1))
    return name, module, inputs, shapes, dtype


def write(folder, tensors):
    os.makedirs(folder)
    entries = []
    for i, tensor in enumerate(tensors):
        extent = 1 + sum((s - 1) * t for s, t in zip(tensor.shape, tensor.stride()))
        data = torch.as_strided(tensor, (extent if tensor.numel() else 0,), (1,))
        path = f"{i:03}.bin"
        with open(os.path.join(folder, path), "wb") as file:
            file.write(data.contiguous().view(torch.uint8).numpy().tobytes())
        entries.append({"file": path, "dtype": str(tensor.dtype)[6:],
                        "shape": list(tensor.shape), "stride": list(tensor.stride())})
    with open(os.path.join(folder, "manifest.json"), "w") as file:
        json.dump(entries, file)


def read(folder):
    with open(os.path.join(folder, "manifest.json")) as file:
        entry = json.load(file)[0]
    with open(os.path.join(folder, entry["file"]), "rb") as file:
        data = bytearray(file.read())
    flat = torch.frombuffer(data, dtype=getattr(torch, entry["dtype"]))
    return flat.as_strided(entry["shape"], entry["stride"])


def judge(actual, module, inputs, dtype):
    kind = getattr(torch, dtype)
    expected = module(*inputs)
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return f"is {actual.dtype}{list(actual.shape)}"
    if not kind.is_floating_point:
        return None if torch.equal(actual, expected) else "differs"
    wide = module.double()(*[x.double() if x.is_floating_point() else x for x in inputs])
    error = (actual.double() - wide).abs().max().item() if wide.numel() else 0
    scale = max(wide.abs().max().item(), 1) if wide.numel() else 1
    # Long sums of reduced floats round their factors only.
    if not error <= DTYPES[dtype] * scale * 4:
        return f"error {error / scale:.1e}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--target", default="native")
    parser.add_argument("--keep")
    options = parser.parse_args()
    torch.set_num_threads(1)
    passed = failed = 0
    for index in range(options.seed, options.seed + options.count):
        rng = random.Random(index)
        torch.manual_seed(index)
        name, module, inputs, shapes, dtype = build(rng, index)
        if not re.search(options.only, name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder = options.keep or folder
            model, library = os.path.join(folder, "m.pt2"), os.path.join(folder, "m.so")
            with torch.no_grad():
                program = torch.export.export(module.eval(), tuple(inputs),
                                              dynamic_shapes=shapes, strict=False)
                if index % 2:
                    program = program.run_decompositions()
                torch.export.save(program, model)
            write(os.path.join(folder, "in"), inputs)
            problem = None
            done = subprocess.run(
                [os.path.join(options.bin, "graphc"), model, "-o", library,
                 "--target=" + options.target], capture_output=True, text=True)
            if done.returncode:
                problem = "compile: " + done.stderr.strip()[:300]
            for threads in ([1, 2, 3, 8] if not problem else []):
                out = os.path.join(folder, f"out{threads}")
                done = subprocess.run(
                    [os.path.join(options.bin, "graphc-run"), library,
                     "--inputs", os.path.join(folder, "in"), "--outputs", out,
                     "--threads", str(threads)], capture_output=True, text=True)
                if done.returncode:
                    problem = f"run: {done.returncode} {done.stderr.strip()[:200]}"
                else:
                    problem = judge(read(out), module.to(getattr(torch, dtype)),
                                    inputs, dtype)
                if problem:
                    problem += f" ({threads} threads)"
                    break
        passed, failed = passed + (not problem), failed + bool(problem)
        if problem:
            print(f"{name}: {problem}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
