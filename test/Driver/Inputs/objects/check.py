"""Compiles programs of every function and checks what their objects leave
undefined.

Usage: check.py FOLDER
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Narrow floats are hard where instructions are missing.
TARGETS = {"f32": ["native", "x86-64", "x86-64-v3", "aarch64-linux-gnu"],
           "f64": ["native", "aarch64-linux-gnu"],
           "f16": ["x86-64", "aarch64-linux-gnu"],
           "bf16": ["x86-64", "x86-64-v4", "aarch64-linux-gnu"]}

RUNTIME = {"close", "dladdr", "free", "lseek", "malloc", "mmap", "munmap",
           "open", "strlen", "strrchr", "sysconf"}
MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
# Sine and cosine of large angles; lgamma and digamma compute in f64.
ANY = {"sin", "cos", "sincos"}
DOUBLE = {"tan", "asinh", "acosh", "atanh", "erf", "erfc", "pow", "fmod",
          "fma"}

UNARY = """exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh
cosh tanh asinh acosh atanh erf erfc erfinv lgamma digamma rsqrt sqrt sigmoid
floor ceil trunc round reciprocal""".split()
BINARY = ["pow.Tensor_Tensor", "atan2.default", "fmod.Tensor",
          "remainder.Tensor", "add.Tensor"]


def write_program(path, dtype):
    lines = ["class GraphModule(torch.nn.Module):",
             f'    def forward(self, x: "{dtype}[37]", y: "{dtype}[37]"):']
    for call in [f"{name}.default(x" for name in UNARY] + \
            [f"{name}(x, y" for name in BINARY]:
        name = "r_" + call.split(".")[0]
        lines.append(f'        {name}: "{dtype}[37]" = '
                     f"torch.ops.aten.{call})")
    names = [line.split(":")[0].strip() for line in lines[2:]]
    lines.append(f"        return ({', '.join(names)})")
    path.write_text("\n".join(lines) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    status = 0
    for dtype, targets in TARGETS.items():
        program = folder / f"{dtype}.py"
        write_program(program, dtype)
        allowed = RUNTIME | MEMORY | ANY | (DOUBLE if dtype == "f64" else set())
        for target in targets:
            name = folder / f"{dtype}-{target}.o"
            subprocess.run(["graphc", program, "-o", name, "--threads=1",
                            f"--target={target}"], check=True)
            listed = subprocess.run(["llvm-nm", "-u", name], check=True,
                                    capture_output=True, text=True).stdout
            used = {line.split()[-1] for line in listed.splitlines()}
            if used - allowed:
                print(f"{dtype} for {target} needs {sorted(used - allowed)}")
                status = 1
    return status


sys.exit(main())
