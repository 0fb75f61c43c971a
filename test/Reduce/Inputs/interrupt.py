#!/usr/bin/env python3
"""How graphc-reduce ends early: interrupt.py MODULE SLOW_SCRIPT FOLDER."""

import pathlib
import re
import signal
import subprocess
import sys
import time


def say(what, status, seconds, limit, kept):
    print(f"{what}: status {status}, "
          f"{'in time' if seconds < limit else f'after {seconds:.1f} s'}, "
          f"result {'kept' if kept else 'lost'}")


def main():
    module, script, folder = sys.argv[1:]
    folder = pathlib.Path(folder)
    slow = ["graphc-reduce", module, f"--test={script}", "--jobs=1"]
    begin = time.monotonic()
    done = subprocess.run(slow + ["-o", folder / "limit", "--time-limit=3"],
                          capture_output=True, text=True)
    say("time limit", done.returncode, time.monotonic() - begin, 10,
        (folder / "limit/reduced.mlir").exists()
        and "the time was over, --resume goes on" in done.stdout)
    # Who starts the tests may ignore interruptions.
    process = subprocess.Popen(
        slow + ["-o", folder / "stopped", "--time-limit=60"], text=True,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    result = folder / "stopped/reduced.mlir"
    for _ in range(600):
        if result.exists():
            break
        time.sleep(0.05)
    time.sleep(0.5)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    output = process.communicate()[0]
    say("interrupted", process.returncode, time.monotonic() - begin, 5,
        result.exists() and f"{result}: " in output
        and "interrupted, --resume goes on" in output)
    done = subprocess.run(
        ["graphc-reduce", module, "-o", folder / "stopped", "--resume", "--",
         "graphc-opt", "--canonicalize", "--seed-fault=graph-chained-add"],
        capture_output=True, text=True)
    print("resumed:", *re.findall(r"\d+ ops?(?=, \d+ comp)", done.stdout),
          done.stderr)


main()
