#!/usr/bin/env python3
"""Compares with eager PyTorch what operators do with values that they may refuse.

  refusals.py --bin build/bin [--emulator LIBRARY] [--only REGEX] [-v]

Each call is exported, compiled and run on values such as an index out of range,
a probability of 2 or a singular matrix. Where eager raises, the program must be
refused, or the run must stop with a message; where eager returns, as where
negative indices count from the end, the numbers must be the same. DIFFERENCES
are those of docs/Usage.md.
"""

import argparse
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import torch

import tensor_files
from commands import Commands, add_arguments
from refusal_cases import CASES, DIFFERENCES

SECONDS = 120


class Program(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *tensors):
        result = self.function(*tensors)
        # Types of named results are not for export.
        return tuple(result) if isinstance(result, tuple) else result


def call_eager(case, folder):
    """The tensors that eager returns, or what it raises. Eager may write where it
    must not: it does so in a process of its own."""
    file = folder / "eager.pt"
    child = os.fork()
    if not child:
        torch.set_num_threads(1)
        try:
            with torch.no_grad():
                result = case.function(*(t.clone() for t in case.tensors))
            results = [r for r in torch.utils._pytree.tree_leaves(result)
                       if isinstance(r, torch.Tensor)]
            torch.save((results, ""), file)
        except Exception as error:
            torch.save((None, str(error).strip().splitlines()[0]), file)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        return None, "crashes"
    return torch.load(file)


def export(case, path):
    exported = torch.export.export(Program(case.function), case.tensors,
                                   strict=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(exported, path)


def run(commands, case, folder):
    """'refused', 'stopped' or 'returned', with a message or tensors."""
    program, library = folder / "model.pt2", folder / "model.so"
    try:
        export(case, program)
    except Exception as error:
        return "unexported", str(error).strip().splitlines()[0]
    compiled = subprocess.run(
        commands.graphc(program, "-o", library, "--threads=1", "--dump-dir="),
        capture_output=True, text=True, errors="replace", timeout=SECONDS)
    if compiled.returncode:
        outcome = {1: "refused", 3: "refused"}.get(compiled.returncode,
                                                   "crashed")
        return outcome, (compiled.stderr.splitlines() or [""])[0]
    tensor_files.write(case.tensors, folder / "inputs")
    ran = subprocess.run(
        commands.graphc_run(library, "--inputs", folder / "inputs",
                            "--outputs", folder / "outputs"),
        capture_output=True, text=True, errors="replace", timeout=SECONDS)
    line = (ran.stderr.splitlines() or [""])[0]
    if ran.returncode:
        stopped = ran.returncode == 1 and "error[run-check]" in line
        return "stopped" if stopped else "crashed", line
    return "returned", tensor_files.read(folder / "outputs")


def judge(case, commands, folder):
    """(whether it is as it should be, what eager does, what graphc does)"""
    want, raised = call_eager(case, folder)
    outcome, detail = run(commands, case, folder)
    eager = f"raises: {raised}" if want is None else "returns"
    ours = outcome if outcome == "returned" else f"{outcome}: {detail}"
    if outcome == "crashed":
        return False, eager, ours
    if want is None:
        return outcome != "returned", eager, ours
    if outcome == "stopped":
        return False, eager, ours
    if outcome == "returned" and not case.is_random:
        for got, expected in zip(detail[len(detail) - len(want):], want):
            if why := tensor_files.differ(got, expected):
                return False, eager, f"returned: {why}"
    return True, eager, ours


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--only", default="")
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    logging.disable()
    commands = Commands(arguments)
    failures = count = 0
    for name, case in CASES.items():
        if not re.search(arguments.only, name):
            continue
        count += 1
        with tempfile.TemporaryDirectory() as folder:
            good, eager, ours = judge(case, commands, pathlib.Path(folder))
        expected = name in DIFFERENCES
        failures += good == expected
        if good == expected or arguments.verbose:
            print(f"{name}: eager {eager}; graphc {ours}", flush=True)
    print(f"{failures} of {count} calls differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
