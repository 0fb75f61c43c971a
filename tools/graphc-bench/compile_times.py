#!/usr/bin/env python3
"""Compiles long programs of one kind of op, and ones twice as long.

  compile_times.py times --graphc build/bin/graphc [NAME...]  a table
  compile_times.py write NAME SIZE                            one, as FX text

Needs nothing but graphc. A row of the table tells the processor time of a
program of SIZE and of 2·SIZE in seconds, their ratio, and the most memory that
the second took in MiB. Time of the process and not of the clock: it is nearly
the same on a machine that others use. A ratio far above 2 is the finding.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ATEN = "torch.ops.aten."
TENSOR = '"f32[64, 64]"'


def chain(size):
    """Pointwise ops, one after the other: one kernel."""
    ops = ("relu", "sin", "neg", "exp")
    lines = [f"a{i + 1} = {ATEN}{ops[i % 4]}.default(a{i})"
             for i in range(size)]
    return ["a0"], lines, [f"a{size}"]


def fan_out(size):
    """Pointwise ops on one tensor, each of which is a result."""
    lines = [f"a{i} = {ATEN}mul.Tensor(x, {i}.5)" for i in range(size)]
    return ["x"], lines, [f"a{i}" for i in range(size)]


def fan_in(size):
    """Pointwise ops on one tensor, and the sum of all of them."""
    _, lines, terms = fan_out(size)
    lines.append(f"b0 = {ATEN}neg.default(x)")
    lines += [f"b{i + 1} = {ATEN}add.Tensor(b{i}, {term})"
              for i, term in enumerate(terms)]
    return ["x"], lines, [f"b{size}"]


def inputs(size):
    """Sums of pairs of as many inputs."""
    names = [f"x{i}" for i in range(size)]
    lines = [f"a{i} = {ATEN}add.Tensor(x{i}, x{(7 * i + 1) % size})"
             for i in range(size)]
    return names, lines, [f"a{i}" for i in range(size)]


def reductions(size):
    """Sums of the rows of multiples of one tensor."""
    _, lines, terms = fan_out(size)
    lines += [f"s{i} = {ATEN}sum.dim_IntList({term}, [1])"
              for i, term in enumerate(terms)]
    return ["x"], lines, [f"s{i}" for i in range(size)]


def cats(size):
    """Concatenations, each with a slice of the one before."""
    lines = []
    for i in range(size):
        lines += [f"c{i} = {ATEN}cat.default([a{i}, x])",
                  f"a{i + 1} = {ATEN}slice.Tensor(c{i}, 0, 32, 96)"]
    return ["a0", "x"], lines, [f"a{size}"]


def parts(size):
    """One concatenation of multiples of one tensor."""
    _, lines, terms = fan_out(size)
    lines.append(f"c = {ATEN}cat.default([{', '.join(terms)}])")
    return ["x"], lines, ["c"]


def dropouts(size):
    """Dropouts, one after the other."""
    lines = [f"a{i + 1} = {ATEN}dropout.default(a{i}, 0.5, True)"
             for i in range(size)]
    return ["a0"], lines, [f"a{size}"]


def products(size):
    """Products with one matrix, one after the other."""
    lines = [f"a{i + 1} = {ATEN}matmul.default(a{i}, x)" for i in range(size)]
    return ["a0", "x"], lines, [f"a{size}"]


# Sizes that take some seconds together.
PROGRAMS = {chain: 1000, fan_out: 200, fan_in: 500, inputs: 200,
            reductions: 100, cats: 100, parts: 100, dropouts: 50,
            products: 50}


def write(program, size):
    arguments, lines, results = program(size)
    signature = ", ".join(f"{name}: {TENSOR}" for name in arguments)
    body = "".join(f"        {line}\n" for line in lines)
    return (f"class {program.__name__}(torch.nn.Module):\n"
            f"    def forward(self, {signature}):\n{body}"
            f"        return ({', '.join(results)},)\n")


def measure(command):
    """Seconds of the processor and the most memory in MiB that it takes."""
    # Of this child only: the usage of all children is the most of any.
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"exit {process.returncode} of {' '.join(map(str, command))}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def print_times(graphc, target, names):
    print(f"| program | size | {target}: s | twice: s | ratio | MiB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        text, output = (pathlib.Path(folder, name) for name in ("m.fx", "m.o"))
        for program, size in PROGRAMS.items():
            if names and program.__name__ not in names:
                continue
            seconds = []
            for length in (size, 2 * size):
                text.write_text(write(program, length))
                time, memory = measure([graphc, text, f"--target={target}",
                                        "-o", output, "--dump-dir="])
                seconds.append(time)
            print(f"| {program.__name__} | {size} | {seconds[0]:.1f} | "
                  f"{seconds[1]:.1f} | {seconds[1] / seconds[0]:.1f} | "
                  f"{memory:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    times = commands.add_parser("times")
    times.add_argument("--graphc", required=True)
    times.add_argument("--target", default="x86-64-v4")
    times.add_argument("names", nargs="*")
    one = commands.add_parser("write")
    one.add_argument("name", choices=[p.__name__ for p in PROGRAMS])
    one.add_argument("size", type=int)
    arguments = parser.parse_args()
    if arguments.command == "times":
        print_times(arguments.graphc, arguments.target, arguments.names)
    else:
        program = next(p for p in PROGRAMS if p.__name__ == arguments.name)
        sys.stdout.write(write(program, arguments.size))


main()
