#!/usr/bin/env python3
"""Compiles small programs for an emulated GPU, runs them and compares.

  numerics.py BIN EMULATOR FOLDER [NAME...]

A case is a program as text, its inputs and what Python's own arithmetic makes of
them. Floats are small whole numbers, so that sums are exact in any order, but
for results that say how near they have to be. Every module runs twice: results
must have the same bits.
"""

import array
import json
import math
import pathlib
import random
import subprocess
import sys

CODES = {"float32": ("f32", "f"), "int64": ("i64", "q"), "bool": ("b8", "B"),
         "int32": ("i32", "i"), "int8": ("i8", "b"), "float64": ("f64", "d"),
         "int16": ("i16", "h")}


def strides_of(shape):
    strides = [1]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return strides if shape else []


class Tensor:
    """A contiguous tensor; `near` is the relative error that is allowed."""

    def __init__(self, shape, values, dtype="float32", near=0.0):
        self.shape, self.dtype, self.near = list(shape), dtype, near
        self.values = array.array(CODES[dtype][1], values)
        assert len(self.values) == math.prod(self.shape), shape

    def type(self):
        return f"{CODES[self.dtype][0]}{self.shape}"

    def entry(self, file):
        return {"file": file, "dtype": self.dtype, "shape": self.shape,
                "stride": strides_of(self.shape)}

    def rows(self):
        width = self.shape[-1]
        return [self.values[i:i + width]
                for i in range(0, len(self.values), width)]

    def columns(self):
        return list(zip(*self.rows()))


def whole_numbers(shape, low=-8, high=8, dtype="float32", seed=0):
    generator = random.Random(seed)
    return Tensor(shape, (generator.randint(low, high)
                          for _ in range(math.prod(shape))), dtype)


def write(folder, tensors):
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for i, tensor in enumerate(tensors):
        (folder / f"{i}.bin").write_bytes(tensor.values.tobytes())
        entries.append(tensor.entry(f"{i}.bin"))
    (folder / "manifest.json").write_text(json.dumps(entries))


def difference(got, want):
    if len(got) != len(want.values):
        return f"{len(got)} elements for {len(want.values)}"
    for i, (a, b) in enumerate(zip(got, want.values)):
        if a == b or (a != a and b != b):
            continue
        if not abs(a - b) <= want.near * max(1e-30, abs(b)):
            return f"element {i} is {a}, expected {b}"
    return None


class Case:
    """`lines` are nodes over x0, x1, ...; `results` their names by position."""

    def __init__(self, inputs, lines, expected):
        self.inputs, self.lines, self.expected = inputs, lines, expected

    def text(self):
        arguments = ", ".join(f'x{i}: "{tensor.type()}"'
                              for i, tensor in enumerate(self.inputs))
        nodes = [f"        {line}" for line in self.lines]
        return "\n".join(["class <lambda>(torch.nn.Module):",
                          f"    def forward(self, {arguments}):", *nodes, ""])

    def run(self, binaries, emulator, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "fx_graph_readable.py").write_text(self.text())
        write(folder / "inputs", self.inputs)
        module = folder / "module.so"
        subprocess.run([binaries / "graphc", folder / "fx_graph_readable.py",
                        "--target=nvptx:sm_90a", "--emulate-gpu", "-o", module],
                       check=True)
        bits = []
        for attempt in ("first", "second"):
            outputs = folder / attempt
            subprocess.run([binaries / "graphc-run", module, "--driver",
                            emulator, "--inputs", folder / "inputs",
                            "--outputs", outputs], check=True,
                           stdout=subprocess.DEVNULL)
            entries = json.loads((outputs / "manifest.json").read_text())
            bits.append([(outputs / entry["file"]).read_bytes()
                         for entry in entries])
        if bits[0] != bits[1]:
            return "two runs differ"
        for i, (data, want) in enumerate(zip(bits[0], self.expected)):
            got = array.array(CODES[want.dtype][1], data)
            problem = difference(got, want)
            if problem:
                return f"result {i}: {problem}"
        return None


def main(cases):
    binaries, emulator, folder = map(pathlib.Path, sys.argv[1:4])
    failed = 0
    for name, case in cases.items():
        if sys.argv[4:] and name not in sys.argv[4:]:
            continue
        problem = case.run(binaries, emulator, folder / name)
        print(f"{name}: {problem or 'ok'}", flush=True)
        failed += problem is not None
    print(f"{failed} of {len(cases)} failed")
    return failed != 0
