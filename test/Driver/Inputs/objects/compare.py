"""Runs programs of every function as compiled for several targets, those of
another machine in an emulator, and compares their results.

Usage: compare.py FOLDER
"""

import math
import pathlib
import random
import shutil
import struct
import subprocess
import sys

from programs import NAMES, write_program

HERE = pathlib.Path(__file__).resolve().parent
SIZE = 509
ARM = "aarch64-linux-gnu"
# Fused multiply-add is everywhere but in the oldest, whose last bits differ.
EXACT = ["x86-64-v3", ARM]
CLOSE = ["x86-64"]
FORMAT = {"f32": "f", "f16": "e", "bf16": "H"}


def decode(data, dtype):
    if dtype == "bf16":
        words = struct.unpack(f"<{len(data) // 2}H", data)
        data = struct.pack(f"<{len(words)}I", *(word << 16 for word in words))
        dtype = "f32"
    width = 4 if dtype == "f32" else 2
    return struct.unpack(f"<{len(data) // width}{FORMAT[dtype]}", data)


def make_inputs(dtype):
    """Numbers of all kinds, the special ones among them."""
    generator = random.Random(7)
    width = 4 if dtype == "f32" else 2
    numbers = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, math.inf, -math.inf,
               math.nan, 1e-45, 1e30]
    data = b""
    for i in range(2 * SIZE):
        if i % 3 == 0:
            data += generator.randbytes(width)
            continue
        value = (generator.choice(numbers) if i % 3 == 1
                 else generator.uniform(-20, 20))
        single = struct.pack("<f", value)
        if dtype == "f32":
            data += single
        elif dtype == "bf16":
            data += single[2:]
        else:
            value = math.copysign(math.inf, value) if abs(value) > 6e4 else value
            data += struct.pack("<e", value)
    return data


def run(folder, program, target, inputs):
    where = folder / f"{program.stem}-{target}"
    where.mkdir(exist_ok=True)
    subprocess.run(["graphc", program, "-o", where / "net.o", "--threads=1",
                    f"--target={target}"], check=True)
    command = ["clang-22", "-std=c11", "-I", where, HERE / "dump.c",
               where / "net.o", "-lm", "-o", where / "dump"]
    emulator = []
    if target == ARM:
        command += [f"--target={ARM}", "-fuse-ld=lld"]
        emulator = ["qemu-aarch64", "-L", f"/usr/{ARM}"]
    subprocess.run(command, check=True)
    return subprocess.run([*emulator, where / "dump"], input=inputs, check=True,
                          capture_output=True).stdout


def is_close(a, b, dtype):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if a == b:
        return math.copysign(1, a) == math.copysign(1, b)
    tolerance = 1e-5 if dtype == "f32" else 1e-2
    return abs(a - b) <= tolerance * max(abs(a), abs(b)) + 1e-37


def compare(got, wanted, dtype, exact):
    for i, (a, b) in enumerate(zip(got, wanted, strict=True)):
        both_nan = math.isnan(a) and math.isnan(b)
        same = both_nan or struct.pack("d", a) == struct.pack("d", b)
        if not (same if exact else is_close(a, b, dtype)):
            yield f"{NAMES[i // SIZE]} at {i % SIZE}: {a} instead of {b}"


def main():
    folder = pathlib.Path(sys.argv[1])
    has_arm = (shutil.which("qemu-aarch64") and
               pathlib.Path(f"/usr/{ARM}/include").is_dir())
    status = 0
    for dtype in FORMAT:
        program = folder / f"{dtype}.py"
        write_program(program, dtype, SIZE)
        inputs = make_inputs(dtype)
        wanted = decode(run(folder, program, "native", inputs), dtype)
        for target in EXACT + CLOSE:
            if target == ARM and not has_arm:
                continue
            got = decode(run(folder, program, target, inputs), dtype)
            problems = list(compare(got, wanted, dtype, target in EXACT))
            print(f"{dtype} on {target}: {len(problems)} of {len(got)} differ")
            for problem in problems[:8]:
                print(f"  {problem}")
            status |= bool(problems)
    return status


sys.exit(main())
