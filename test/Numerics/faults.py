#!/usr/bin/env python3
"""Every seeded fault that computes wrong numbers is found, and its pass named.

    faults.py GRAPHC SOURCE_ROOT SCRATCH_FOLDER [--compiled]

A fault runs as a pass of its own behind the pass that it stands for, so that is
the pass to be named. Prints each miss, then `N of M guilty passes named`. With
--compiled the compiled code is compared with the reference instead.
"""

import pathlib
import re
import subprocess
import sys

# A small program with the pattern of the fault, and options.
PROGRAMS = {
    "graph-swapped-sub": "args_train_backward/args.pkl",
    "graph-lost-bias": "pt2_mlp/model.pt2",
    "graph-large-epsilon": "pt2_mlp/model.pt2",
    "graph-other-gelu": "pt2_mlp/model.pt2",
    "graph-other-scale": "args_attention/args.pkl",
    "graph-lost-activation": "pt2_mlp/model.pt2",
    "linalg-other-constant": "pt2_mlp/model.pt2",
    "linalg-transposed-operand": "pt2_input_mutation_inplace/model.pt2",
    "linalg-minimum-for-maximum": "args_special_values/args.pkl",
    "kernel-other-division": "pt2_mlp/model.pt2",
    "kernel-repeated-input": "args_train_backward/args.pkl",
    "kernel-lost-negation": "pt2_mlp/model.pt2",
    "buffers-overlap": "pt2_mlp/model.pt2",
    "buffers-swapped-arguments": "args_special_values/args.pkl",
    "buffers-lost-kernel": "pt2_mlp/model.pt2",
    "scheduled-late-loop": "pt2_mlp/model.pt2",
    "scheduled-other-reduction": "pt2_mlp/model.pt2",
    "scheduled-lost-tail": "pt2_mlp/model.pt2",
    "scheduled-other-coefficient": "pt2_mlp/model.pt2",
    "scheduled-lost-root": "pt2_mlp/model.pt2",
}


def find_in_compiled(graphc, root, scratch, faults):
    """Runs the compiled code beside the reference, which knows nothing of the fault."""
    found = 0
    for fault in faults:
        program = root / "test/Integration/Inputs" / PROGRAMS[fault]
        library = scratch / "fault.so"
        subprocess.run([graphc, program, "--instrument", "--dump-dir=",
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
    graphc, root, scratch = map(pathlib.Path, sys.argv[1:4])
    source = (root / "lib/Testing/NumericFaults.cpp").read_text()
    faults = re.findall(r'\{"([a-z-]+)",\s*"[a-z-]+",\s*wrong,', source)
    assert len(faults) >= 15, faults
    if sys.argv[4:] == ["--compiled"]:
        return find_in_compiled(graphc, root, scratch, faults)
    found = 0
    for fault in faults:
        program = root / "test/Integration/Inputs" / PROGRAMS[fault]
        result = subprocess.run(
            [graphc, program, "--check-passes", "--target=x86-64-v4",
             "--dump-dir=", f"--seed-fault={fault}", "-o", scratch / "model.o"],
            capture_output=True, text=True)
        named = re.findall(r"pass '([a-z-]+)' changes what the program computes",
                           result.stderr)
        if result.returncode == 1 and named == ["graphc-seed-fault"]:
            found += 1
        else:
            print(f"{fault}: status {result.returncode}, named {named}")
            print(result.stderr)
    print(f"{found} of {len(faults)} guilty passes named")
    return found != len(faults)


sys.exit(main())
