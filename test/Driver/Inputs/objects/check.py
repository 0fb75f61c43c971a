"""Compiles programs of every function and checks what their objects leave
undefined.

Usage: check.py FOLDER
"""

import pathlib
import subprocess
import sys

from programs import write_moves, write_program

# Narrow floats are hard where instructions are missing.
TARGETS = {"f32": ["native", "x86-64", "x86-64-v3", "aarch64-linux-gnu"],
           "f64": ["native", "aarch64-linux-gnu"],
           "f16": ["x86-64", "aarch64-linux-gnu"],
           "bf16": ["x86-64", "x86-64-v3", "x86-64-v4", "aarch64-linux-gnu"]}

RUNTIME = {"close", "dladdr", "free", "lseek", "malloc", "mmap", "munmap",
           "open", "strlen", "strrchr", "sysconf"}
MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
# Sine and cosine of large angles; lgamma and digamma compute in f64.
ANY = {"sin", "cos", "sincos"}
DOUBLE = {"tan", "asinh", "acosh", "atanh", "erf", "erfc", "pow", "fmod",
          "fma"}



def missing(program, target, allowed):
    """What the object of a program needs and may not."""
    name = program.with_name(f"{program.stem}-{target}.o")
    subprocess.run(["graphc", program, "-o", name, "--threads=1",
                    f"--target={target}"], check=True)
    listed = subprocess.run(["llvm-nm", "-u", name], check=True,
                            capture_output=True, text=True).stdout
    return {line.split()[-1] for line in listed.splitlines()} - allowed


def main():
    folder = pathlib.Path(sys.argv[1])
    status = 0
    for dtype, targets in TARGETS.items():
        functions, moves = (folder / f"{dtype}-{kind}.py"
                            for kind in ("functions", "moves"))
        write_program(functions, dtype)
        write_moves(moves, dtype)
        allowed = RUNTIME | MEMORY | ANY | (DOUBLE if dtype == "f64" else set())
        for target in targets:
            for program in (functions, moves):
                if names := missing(program, target, allowed):
                    print(f"{program.stem} for {target} needs {sorted(names)}")
                    status = 1
    return status


sys.exit(main())
