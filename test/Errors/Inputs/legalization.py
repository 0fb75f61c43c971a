"""Runs every pass of a compilation on a module; prints the errors."""

import re
import subprocess
import sys

passes = subprocess.run(["graphc", "--list-passes"], capture_output=True, text=True,
                        check=True).stdout.split()
bad = []
for name in sorted(set(passes)):
    done = subprocess.run(["graphc-opt", sys.argv[1], "--allow-unregistered-dialect",
                           "--mlir-print-op-on-diagnostic=false", f"--{name}"],
                          capture_output=True, text=True)
    for line in done.stderr.splitlines():
        if "error" in line:
            print(f"{name}: {line}")
    if re.search(r"legaliz|materialization|\[crash\]", done.stderr):
        bad.append(name)
print(f"bad: {bad}" if bad else "none speaks of legalization, none crashes")
