"""Runs every pass of a compilation on the IR of every stage.

  wrong_stage.py PROGRAM FOLDER

Each does its work, or says in words what it cannot take; none crashes or speaks
of legalization.
"""

import re
import subprocess
import sys

program, folder = sys.argv[1:]
STAGES = ["graph", "linalg", "kernel", "buffers", "scheduled"]
passes = subprocess.run(["graphc", "--list-passes"], capture_output=True, text=True,
                        check=True).stdout.split()
bad, refusals = [], set()
for stage in STAGES:
    module = f"{folder}/{stage}.mlir"
    subprocess.run(["graphc", program, f"--emit={stage}", "--keep-weights", "-o", module],
                   check=True)
    # Upstream passes know of no stages.
    for name in sorted(set(passes)):
        if not name.startswith(("graph", "convert-graph")):
            continue
        done = subprocess.run(["graphc-opt", module, f"--{name}", "-o", "/dev/null"],
                              capture_output=True, text=True)
        said = re.search(r"error\[([\w-]+)\]: (.*)", done.stderr)
        if done.returncode not in (0, 1) or (done.returncode and not said) or re.search(
                r"legaliz|materialization|\[(crash|fatal|internal)\]", done.stderr):
            bad.append(f"{name} on {stage}: {done.stderr}")
        elif said:
            refusals.add(f"{name}: {said[1]}: {re.sub('^[^ ]* ', '', said[2])}")
print("\n".join(sorted(refusals) + bad))
print(f"{len(bad)} problems")
