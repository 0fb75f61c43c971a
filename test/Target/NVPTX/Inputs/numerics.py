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
import struct
import subprocess
import sys

CODES = {"float32": ("f32", "f"), "int64": ("i64", "q"), "bool": ("b8", "B"),
         "int32": ("i32", "i"), "int8": ("i8", "b"), "float64": ("f64", "d"),
         "int16": ("i16", "h"), "float16": ("f16", None),
         "bfloat16": ("bf16", None), "float8_e4m3fn": ("f8e4m3fn", None),
         "float8_e5m2": ("f8e5m2", None), "complex64": ("c64", None)}
# Bits of the mantissa.
NARROW = {"float8_e4m3fn": 3, "float8_e5m2": 2}


def narrow_numbers(mantissa):
    """The finite numbers of a float of eight bits, by their bits up to 0x7b."""
    bias = 2 ** (6 - mantissa) - 1
    numbers = []
    for bits in range(0x7c):
        exponent, rest = bits >> mantissa, bits & (1 << mantissa) - 1
        rest += bool(exponent) << mantissa
        numbers.append(math.ldexp(rest, max(exponent, 1) - bias - mantissa))
    return numbers + [-number for number in numbers]


def encode_narrow(values, mantissa):
    """Numbers that such a float has."""
    numbers = narrow_numbers(mantissa)
    codes = {number: i % 0x7c | i // 0x7c << 7
             for i, number in reversed(list(enumerate(numbers)))}
    return bytes(codes[value] for value in values)


def decode_narrow(data, mantissa):
    numbers = narrow_numbers(mantissa)
    return [numbers[(code & 0x7f) + 0x7c * (code >> 7)] for code in data]


def strides_of(shape):
    strides = [1]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return strides if shape else []


def encode(values, dtype):
    """Bytes of numbers, rounded to nearest and ties to even."""
    if dtype in NARROW:
        return encode_narrow(values, NARROW[dtype])
    if dtype == "float16":
        return struct.pack(f"<{len(values)}e", *values)
    if dtype == "complex64":
        return array.array("f", (part for value in map(complex, values)
                                 for part in (value.real, value.imag))).tobytes()
    if dtype != "bfloat16":
        return array.array(CODES[dtype][1], values).tobytes()
    bits = array.array("I", array.array("f", values).tobytes())
    return array.array("H", (bit + 0x7fff + (bit >> 16 & 1) >> 16
                             for bit in bits)).tobytes()


def decode(data, dtype):
    if dtype in NARROW:
        return decode_narrow(data, NARROW[dtype])
    if dtype == "float16":
        return struct.unpack(f"<{len(data) // 2}e", data)
    if dtype == "complex64":
        parts = array.array("f", data)
        return list(map(complex, parts[::2], parts[1::2]))
    if dtype != "bfloat16":
        return array.array(CODES[dtype][1], data)
    bits = array.array("I", (bit << 16 for bit in array.array("H", data)))
    return array.array("f", bits.tobytes())


class Tensor:
    """A contiguous tensor; `near` is the relative error that is allowed."""

    def __init__(self, shape, values, dtype="float32", near=0.0):
        self.shape, self.dtype, self.near = list(shape), dtype, near
        self.values = decode(encode(list(values), dtype), dtype)
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


def write(folder, tensors, numbers=()):
    folder.mkdir(parents=True, exist_ok=True)
    entries = [{"kind": "int", "value": number} for number in numbers]
    for i, tensor in enumerate(tensors):
        (folder / f"{i}.bin").write_bytes(
            encode(tensor.values, tensor.dtype))
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
    """`lines` are nodes over x0, x1, ... that return `expected`; None for what
    the same program returns on the CPU, of type `dtype`."""

    def __init__(self, inputs, lines, expected, dtype="float32",
                 chips="sm_90a", options=()):
        self.inputs, self.lines, self.expected = inputs, lines, expected
        self.dtype, self.chips, self.options = dtype, chips, options

    def text(self):
        arguments = ", ".join(f'x{i}: "{tensor.type()}"'
                              for i, tensor in enumerate(self.inputs))
        nodes = [f"        {line}" for line in self.lines]
        return "\n".join(["class <lambda>(torch.nn.Module):",
                          f"    def forward(self, {arguments}):", *nodes, ""])

    def compile(self, binaries, folder, name, options):
        module = folder / f"{name}.so"
        subprocess.run([binaries / "graphc", folder / "fx_graph_readable.py",
                        *options, "-o", module], check=True)
        return module

    def call(self, binaries, module, outputs, options):
        """The bytes of each result."""
        subprocess.run([binaries / "graphc-run", module, *options, "--inputs",
                        outputs.parent / "inputs", "--outputs", outputs],
                       check=True, stdout=subprocess.DEVNULL)
        entries = json.loads((outputs / "manifest.json").read_text())
        return [(outputs / entry["file"]).read_bytes() for entry in entries]

    def compute_on_cpu(self, binaries, folder):
        module = self.compile(binaries, folder, "cpu", [])
        values = [decode(data, self.dtype) for data in
                  self.call(binaries, module, folder / "cpu", [])]
        return [Tensor([len(list_)], list_, self.dtype) for list_ in values]

    def compile_for_gpu(self, binaries, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "fx_graph_readable.py").write_text(self.text())
        return self.compile(binaries, folder, "module",
                            [f"--target=nvptx:{self.chips}", "--emulate-gpu",
                             *self.options])

    def run(self, binaries, emulator, folder):
        module = self.compile_for_gpu(binaries, folder)
        write(folder / "inputs", self.inputs)
        expected = self.expected or self.compute_on_cpu(binaries, folder)
        return self.check(binaries, emulator, module, folder, expected)

    def check(self, binaries, emulator, module, folder, expected):
        bits = [self.call(binaries, module, folder / attempt,
                          ["--driver", emulator])
                for attempt in ("first", "second")]
        if bits[0] != bits[1]:
            return "two runs differ"
        for i, (data, want) in enumerate(zip(bits[0], expected)):
            got = decode(data, want.dtype)
            problem = difference(got, want)
            if problem:
                return f"result {i}: {problem}"
        return None


def expect_failure(binaries, emulator, module, folder, message):
    """None where a run fails with `message`, or what it did instead."""
    ran = subprocess.run(
        [binaries / "graphc-run", module, "--driver", emulator, "--inputs",
         folder / "inputs", "--outputs", folder / "outputs"],
        capture_output=True, text=True)
    if ran.returncode and message in ran.stderr:
        return None
    return f"status {ran.returncode}, {ran.stderr!r}"


class FailingCase(Case):
    """A program that has to fail with `message` in the runner's words."""

    def __init__(self, inputs, lines, message):
        super().__init__(inputs, lines, None)
        self.message = message

    def run(self, binaries, emulator, folder):
        module = self.compile_for_gpu(binaries, folder)
        write(folder / "inputs", self.inputs)
        return expect_failure(binaries, emulator, module, folder, self.message)


class OpenCase(Case):
    """A program whose sizes each run gives: `dims` are those of its inputs,
    numbers or names, `runs` pairs of inputs and what is expected of them, or
    the message of a run that has to fail."""

    def __init__(self, dims, lines, runs, chips="sm_90a"):
        super().__init__(runs[0][0], lines, None, chips=chips)
        self.dims, self.runs = dims, runs
        self.names = sorted({size for sizes in dims for size in sizes
                             if isinstance(size, str)})

    def text(self):
        arguments = [f'{name}: "Sym({name})"' for name in self.names]
        for i, (sizes, tensor) in enumerate(zip(self.dims, self.inputs)):
            arguments.append(f'x{i}: "{CODES[tensor.dtype][0]}'
                             f'[{", ".join(map(str, sizes))}]"')
        return "\n".join(["class <lambda>(torch.nn.Module):",
                          f"    def forward(self, {', '.join(arguments)}):",
                          *(f"        {line}" for line in self.lines), ""])

    def run(self, binaries, emulator, folder):
        module = self.compile_for_gpu(binaries, folder)
        for number, (inputs, expected) in enumerate(self.runs):
            sizes = {name: size for dims, tensor in zip(self.dims, inputs)
                     for name, size in zip(dims, tensor.shape)}
            place = folder / str(number)
            write(place / "inputs", inputs,
                  [sizes[name] for name in self.names])
            test = expect_failure if isinstance(expected, str) else self.check
            problem = test(binaries, emulator, module, place, expected)
            if problem:
                return f"run {number}: {problem}"
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
