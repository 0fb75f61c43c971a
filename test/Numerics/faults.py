#!/usr/bin/env python3
"""Every seeded fault that computes wrong numbers is found, and its pass named.

    faults.py SOURCE_ROOT SCRATCH_FOLDER [--compiled] [FAULT...]

A fault is part of the pass that it stands for, so that is the pass to be named.
Prints each miss, the passes of the pipeline that no fault stands for, then
`N of M guilty passes named`. With --compiled the code that comes out, of the
faults that the reference knows nothing of, is compared with the reference.
"""

import pathlib
import re
import subprocess
import sys

# Small programs with the pattern of a fault; the first one for all others.
PROGRAMS = {
    "": "pt2_mlp/model.pt2",
    "graph-swapped-sub": "args_train_backward/args.pkl",
    "graph-other-scale": "args_attention/args.pkl",
    "graph-sum-of-signs": "pt2_llama/model.pt2",
    "linalg-transposed-operand": "pt2_input_mutation_inplace/model.pt2",
    "linalg-minimum-for-maximum": "args_special_values/args.pkl",
    "linalg-flipped-maximum": "args_special_values/args.pkl",
    "kernel-repeated-input": "args_train_backward/args.pkl",
    "buffers-swapped-arguments": "args_special_values/args.pkl",
    "entry-swapped-arguments": "args_special_values/args.pkl",
}


def listed(graphc, *options):
    return subprocess.run([graphc, *options], capture_output=True, text=True,
                          check=True).stdout.splitlines()


def named_places(text):
    """What the messages say is wrong: passes, passes of LLVM, or stages."""
    return re.findall(r"pass '([a-z-]+)' changes what the program computes"
                      r"|LLVM's pass '([A-Za-z-]+)' changes what"
                      r"|stage '([a-z]+)' changes what", text)


def find_in_compiled(root, scratch, faults):
    """Runs the compiled code beside the reference, which is without the fault."""
    found = 0
    for fault in faults:
        program = (root / "test/Integration/Inputs" /
                   PROGRAMS.get(fault, PROGRAMS[""]))
        library = scratch / "fault.so"
        subprocess.run(["graphc", program, "--instrument", "--dump-dir=",
                        f"--seed-fault={fault}", "-o", library], check=True)
        result = subprocess.run(
            ["graphc-run", library, "--inputs", program.parent / "inputs",
             f"--compare-with-reference={program}"], capture_output=True, text=True)
        if result.returncode == 1 and "\nfirst beyond rounding: " in result.stdout:
            found += 1
        else:
            print(f"{fault}: status {result.returncode}")
            print(result.stdout + result.stderr)
    print(f"{found} of {len(faults)} faults found in compiled code")
    return found != len(faults)


def main():
    root, scratch = map(pathlib.Path, sys.argv[1:3])
    rows = [line.split(maxsplit=3)
            for line in listed("graphc-opt", "--seed-fault=help")]
    faults = [(name, place) for name, kind, place, _ in rows
              if kind == "wrong-number"]
    guilty = {place for _, place in faults}
    for name in listed("graphc", "--list-passes"):
        if name not in guilty:
            print(f"no fault stands for {name}")
    chosen = [name for name in sys.argv[3:] if name != "--compiled"]
    if chosen:
        faults = [fault for fault in faults if fault[0] in chosen]
        assert len(faults) == len(chosen), chosen
    if "--compiled" in sys.argv:
        return find_in_compiled(root, scratch, [name for name, _ in faults])
    found = 0
    for fault, place in faults:
        program = (root / "test/Integration/Inputs" /
                   PROGRAMS.get(fault, PROGRAMS[""]))
        result = subprocess.run(
            ["graphc", program, "--check-passes",
             "--target=x86-64-v3", "--threads=1",
             "--dump-dir=", f"--seed-fault={fault}", "-o", scratch / "model.o"],
            capture_output=True, text=True)
        named = ["".join(match) for match in named_places(result.stderr)]
        if result.returncode == 1 and named == [place.removeprefix("llvm:")]:
            found += 1
        else:
            print(f"{fault} in {place}: status {result.returncode}, "
                  f"named {named}")
            print(result.stderr)
    print(f"{found} of {len(faults)} guilty passes named")
    return found != len(faults)


sys.exit(main())
