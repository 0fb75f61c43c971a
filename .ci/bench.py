#!/usr/bin/env python3
"""Times the models of test/Integration, and of folders that are given.

  bench.py --bin build/bin [--seconds 1] [--threads 1,2] [--only REGEX] [FOLDER]...

A folder holds a saved program and `inputs`, as in test/Integration/Inputs. One
line a program: compilation, then per number of threads the median of many runs,
and the ratio to one thread. Times of a busy machine mean nothing, ratios of one
run something; see docs/Performance.md.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ("model.pt2", "args.pkl", "fx_graph_runnable.py")


def find(folders, only):
    for folder in folders:
        for inputs in sorted(folder.rglob("inputs")):
            for name in PROGRAMS:
                program = inputs.parent / name
                if program.exists() and re.search(only, str(program)):
                    yield program, inputs


def bench(tools, program, inputs, threads, seconds, scratch):
    """The time to compile and the median of a run per number of threads, in
    milliseconds; a text where there is none."""
    module = scratch / "module.so"
    start = time.monotonic()
    result = subprocess.run([tools / "graphc", program, "-o", module,
                             "--dump-dir="], capture_output=True, text=True)
    if result.returncode:
        return result.stderr.splitlines()[0]
    times = [(time.monotonic() - start) * 1e3]
    for count in threads:
        result = subprocess.run(
            [tools / "graphc-run", module, "--inputs", inputs, "--bench",
             "--seconds", str(seconds), "--threads", count],
            capture_output=True, text=True)
        if result.returncode:
            return result.stderr.splitlines()[0]
        times.append(json.loads(result.stdout.splitlines()[-1])["median_ms"])
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default="model.pt2")
    parser.add_argument("folders", nargs="*", type=pathlib.Path,
                        default=[ROOT / "test" / "Integration" / "Inputs"])
    given = parser.parse_args()
    threads = given.threads.split(",")
    print(f"{'compile ms':>12}" + "".join(f"{f'{count} thr. ms':>12}"
                                          for count in threads)
          + f"{'ratio':>8}  program")
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for program, inputs in find(given.folders, given.only):
            times = bench(given.bin, program, inputs, threads, given.seconds,
                          pathlib.Path(scratch))
            name = program.parent.name + "/" + program.name
            if isinstance(times, str):
                failed += 1
                print(f"{name}: {times}")
                continue
            print(f"{times[0]:12.1f}" + "".join(f"{value:12.4f}"
                                                for value in times[1:])
                  + f"{times[-1] / times[1]:8.2f}  {name}", flush=True)
    return 1 if failed else 0


sys.exit(main())
