#!/usr/bin/env python3
"""Compiles small programs for a GPU, runs them and compares.

  CASES.py BIN DRIVER FOLDER [--repeat N] [--jobs N] [NAME...]
  CASES.py BIN none FOLDER [--jobs N] [NAME...]
  CASES.py BIN DRIVER FOLDER --compiled [--repeat N] [--jobs N] [NAME...]

A case is a program as text, its inputs and what Python's own arithmetic makes of
them. Floats are small whole numbers, so that sums are exact in any order, but
for results that say how near they have to be. Every module runs twice, the second
time with threads in the opposite order on the emulator, and that again N
times: results must have the same bits.

DRIVER is the emulator's library, or the one of a GPU. Where a GPU is, there may
be no compiler: `none` writes modules for one, their inputs and results of CPUs
to FOLDER, and --compiled runs those, with nothing of BIN but graphc-run. Runs
on the GPU are started by the command that --under gives, such as
"compute-sanitizer --error-exitcode 9".
"""

import argparse
import array
import concurrent.futures
import json
import math
import os
import pathlib
import random
import shlex
import struct
import subprocess

CODES = {"float32": ("f32", "f"), "int64": ("i64", "q"), "bool": ("b8", "B"),
         "int32": ("i32", "i"), "int8": ("i8", "b"), "float64": ("f64", "d"),
         "int16": ("i16", "h"), "float16": ("f16", None),
         "bfloat16": ("bf16", None), "float8_e4m3fn": ("f8e4m3fn", None),
         "float8_e5m2": ("f8e5m2", None), "complex64": ("c64", None)}
# Of threads.
ORDERS = ("forward", "reverse")
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
    """A contiguous tensor; `near` is the relative error that is allowed, of
    `least` where a number is smaller."""

    def __init__(self, shape, values, dtype="float32", near=0.0, least=1e-30):
        self.shape, self.dtype = list(shape), dtype
        self.near, self.least = near, least
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


class Constant(Tensor):
    """Whole numbers from -2 to 2 that a program makes of the places of
    elements, so that the compiler knows them and stores them as kernels read
    them."""

    factor, prime = 40503, 65521

    def __init__(self, shape, dtype):
        super().__init__(shape, (place * self.factor % self.prime % 5 - 2
                                 for place in range(math.prod(shape))), dtype)

    def lines(self, name):
        aten, count = "torch.ops.aten", math.prod(self.shape)
        return [f"{name}_0 = {aten}.arange.default({count}, "
                "dtype = torch.int64, device = device(type='cpu'), "
                "pin_memory = False)",
                f"{name}_1 = {aten}.mul.Tensor({name}_0, {self.factor})",
                f"{name}_2 = {aten}.remainder.Scalar({name}_1, {self.prime})",
                f"{name}_3 = {aten}.remainder.Scalar({name}_2, 5)",
                f"{name}_4 = {aten}.sub.Tensor({name}_3, 2)",
                f"{name}_5 = {aten}._to_copy.default({name}_4, "
                f"dtype = torch.{self.dtype})",
                f"{name} = {aten}.view.default({name}_5, {self.shape})"]


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
        if not abs(a - b) <= want.near * max(want.least, abs(b)):
            return f"element {i} is {a}, expected {b}"
    return None


class Tools:
    """What compiles and runs cases."""

    def __init__(self, binaries, driver, repeat, under=()):
        self.binaries, self.driver = binaries, driver
        self.repeat, self.under = repeat, under

    def compile(self, folder, name, options):
        subprocess.run(
            [self.binaries / "graphc", folder / "fx_graph_readable.py",
             *options, "-o", folder / f"{name}.so"], check=True)

    def compile_for_gpu(self, folder, chips, options):
        emulate = ["--emulate-gpu"] if self.driver else []
        self.compile(folder, "module",
                     [f"--target=nvptx:{chips}", *emulate, *options])

    def start(self, folder, name, order="forward"):
        command = [self.binaries / "graphc-run", folder.parent / f"{name}.so",
                   "--inputs", folder / "inputs", "--outputs",
                   folder / name / order]
        if name == "module":
            command = [*self.under, *command, "--driver", self.driver]
        if order == "reverse":
            command.append(f"--repeat={self.repeat}")
        return subprocess.run(
            command, capture_output=True, text=True, timeout=600,
            env={**os.environ, "GRAPHC_EMULATOR_ORDER": order})


def read(folder):
    """The bytes of each result."""
    entries = json.loads((folder / "manifest.json").read_text())
    return [(folder / entry["file"]).read_bytes() for entry in entries]


class Case:
    """`lines` are nodes over inputs x0, x1, ... and constants w0, w1, ... that
    return `expected`; None for what the same program returns on the CPU, of
    type `dtype`; a string for the message of a run that has to fail."""

    tests_cpu = False  # Expects the same there.

    def __init__(self, inputs, lines, expected, dtype="float32",
                 chips="sm_90a", options=(), weights=()):
        self.inputs, self.runs = inputs, [(inputs, expected)]
        self.lines = [line for i, weight in enumerate(weights)
                      for line in weight.lines(f"w{i}")] + list(lines)
        self.dtype, self.chips, self.options = dtype, chips, options

    def arguments(self):
        return [f'x{i}: "{tensor.type()}"'
                for i, tensor in enumerate(self.inputs)]

    def text(self):
        return "\n".join([
            "class <lambda>(torch.nn.Module):",
            f"    def forward(self, {', '.join(self.arguments())}):",
            *(f"        {line}" for line in self.lines), ""])

    def symbols(self, inputs):
        """The numbers that come before the inputs of a run."""
        return []

    def prepare(self, tools, folder):
        """Writes modules, and for each run inputs and results of the CPU; None,
        or what is wrong with those."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "fx_graph_readable.py").write_text(self.text())
        tools.compile_for_gpu(folder, self.chips, self.options)
        if self.tests_cpu or None in [expected for _, expected in self.runs]:
            tools.compile(folder, "cpu", [])
        for number, (inputs, expected) in enumerate(self.runs):
            place = folder / str(number)
            write(place / "inputs", inputs, self.symbols(inputs))
            if expected is None:
                tools.start(place, "cpu").check_returncode()
        return self.verify(tools, folder, "cpu") if self.tests_cpu else None

    def verify(self, tools, folder, name="module"):
        """None, or what is wrong with the runs of a module."""
        for number, (_, expected) in enumerate(self.runs):
            problem = self.verify_run(tools, folder / str(number), name,
                                      expected)
            if problem:
                return f"{name}, run {number}: {problem}"
        return None

    def verify_run(self, tools, place, name, expected):
        fails = isinstance(expected, str)
        results = []
        for order in ["forward"] if fails or name == "cpu" else ORDERS:
            ran = tools.start(place, name, order)
            if fails != bool(ran.returncode) or (
                    fails and expected not in ran.stderr):
                return f"status {ran.returncode}, {ran.stdout + ran.stderr!r}"
            results += [] if fails else [read(place / name / order)]
        if fails:
            return None
        if any(result != results[0] for result in results):
            return "what runs first makes a difference"
        return self.compare(results[0], expected or [
            Tensor([len(values)], values, self.dtype) for values in
            (decode(data, self.dtype) for data in read(place / "cpu/forward"))])

    def compare(self, results, expected):
        for i, (data, want) in enumerate(zip(results, expected)):
            problem = difference(decode(data, want.dtype), want)
            if problem:
                return f"result {i}: {problem}"
        return None


class OpenCase(Case):
    """A program whose sizes each run gives: `dims` are those of its inputs,
    numbers or names, `runs` pairs of inputs and what is expected of them."""

    def __init__(self, dims, lines, runs, chips="sm_90a"):
        super().__init__(runs[0][0], lines, None, chips=chips)
        self.dims, self.runs = dims, runs
        self.names = sorted({size for sizes in dims for size in sizes
                             if isinstance(size, str)})

    def arguments(self):
        return [f'{name}: "Sym({name})"' for name in self.names] + [
            f'x{i}: "{CODES[tensor.dtype][0]}[{", ".join(map(str, sizes))}]"'
            for i, (sizes, tensor) in enumerate(zip(self.dims, self.inputs))]

    def symbols(self, inputs):
        sizes = {name: size for dims, tensor in zip(self.dims, inputs)
                 for name, size in zip(dims, tensor.shape)}
        return [sizes[name] for name in self.names]


def main(cases):
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("driver")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--under", type=shlex.split, default=[])
    given = parser.parse_intermixed_args()
    runs = given.driver != "none"
    tools = Tools(given.bin, given.driver if runs else None, given.repeat,
                  given.under)

    def run(name):
        folder = given.folder / name
        problem = None if given.compiled else cases[name].prepare(tools, folder)
        if not problem and runs:
            problem = cases[name].verify(tools, folder)
        return problem

    failed, names = 0, given.names or list(cases)
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for name, problem in zip(names, pool.map(run, names)):
            print(f"{name}: {problem or 'ok'}", flush=True)
            failed += problem is not None
    print(f"{failed} of {len(names)} failed")
    return failed != 0
