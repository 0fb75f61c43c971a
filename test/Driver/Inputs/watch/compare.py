"""Compares compiled programs with their reference, on two threads.

  compare.py PROGRAMS SCRATCH NAME...

Prints a line for each.
"""

import pathlib
import subprocess
import sys

programs, scratch = map(pathlib.Path, sys.argv[1:3])
for name in sys.argv[3:]:
    folder = programs / name
    model = next(path for path in (folder / "model.pt2", folder / "args.pkl") if path.exists())
    library = scratch / f"{name}.so"
    subprocess.run(["graphc", model, "--instrument", "-o", library], check=True)
    done = subprocess.run(
        ["graphc-run", library, "--inputs", folder / "inputs", "--threads=2",
         f"--compare-with-reference={model}"], capture_output=True, text=True)
    if done.returncode == 0 and "\nok " in done.stdout:
        print(f"{name}: within rounding")
    else:
        print(f"{name}: status {done.returncode}\n{done.stdout}{done.stderr}")
