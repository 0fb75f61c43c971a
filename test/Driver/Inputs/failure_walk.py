"""Lets every pass and every stage of a compilation fail and crash.

  failure_walk.py graphc PROGRAM FOLDER [--jobs N]
  failure_walk.py graphc-opt MODULE FOLDER [--jobs N]

Every run must end with status 1 and leave exactly one directory that is
complete, and whose replay ends with status 1 and the same message. The last
line counts the runs.
"""

import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys

# Every stage of the driver between reading a program and writing an object.
STAGES = ["load", "import", "graph-optimization", "graph-to-linalg",
          "linalg-to-kernel", "kernel-to-buffers", "cpu-pack", "cpu-schedule", "collect",
          "cpu-to-llvm", "translate", "emit"]
ALWAYS = ["README.txt", "replay.sh", "command.txt", "versions.txt",
          "diagnostics.txt", "stack.txt"]


def run(*command):
    return subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, timeout=60)


def own_passes():
    """Passes that no other project registers."""
    # Pipelines are listed after all passes.
    listed = [re.match(r" +--((?:graph|graphc|kernel|convert-graph)-[\w-]+) +-",
                       line)
              for line in run("graphc-opt", "--help").stdout.split(
                  "Pass Pipelines:")[0].split("\n")
              if not line.startswith(" " * 8)]
    return {match[1] for match in listed if match}


def says(how, name, text):
    """The message of a failure, wherever else it names files and lines."""
    kind = "stage" if name in STAGES else "pass"
    if how == "fail":
        return f"{kind} '{name}' failed as asked" in text
    return re.search(f"{kind} '{name}'.* crashed \\(SIGSEGV\\)", text)


def problems(arguments, how, name, has_ir, folder):
    """What is wrong with the failure `how` of `name`."""
    output = folder / "out.o"
    dumps = folder / "dumps"
    folder.mkdir()
    first = run(*arguments, "-o", output, f"--{how}-at-pass={name}",
                f"--dump-dir={dumps}")
    if first.returncode != 1:
        yield f"exit status {first.returncode}: {first.stderr}"
    if not says(how, name, first.stderr):
        yield f"said {first.stderr}"
    left = sorted(path.name for path in folder.iterdir())
    if left != ["dumps"]:
        yield f"left {left}"
        return
    kept = list(dumps.iterdir())
    if len(kept) != 1:
        yield f"left {len(kept)} directories"
        return
    expected = ALWAYS + (["before.mlir"] if has_ir else [])
    missing = [file for file in expected if not (kept[0] / file).exists()]
    if missing:
        yield f"no {missing}"
    readme = (kept[0] / "README.txt").read_text()
    if not says(how, name, readme):
        yield f"README.txt says {readme}"
    again = run("sh", kept[0] / "replay.sh")
    if again.returncode != 1 or not says(how, name, again.stderr):
        yield f"the replay ends with {again.returncode}: {again.stderr}"
    if sorted(path.name for path in folder.iterdir()) != ["dumps"] or len(
            list(dumps.iterdir())) != 1:
        yield "the replay leaves something"


def cases(tool, source):
    """The command and names of what may fail in it, with whether it has IR."""
    passes = run("graphc", "--list-passes").stdout.split()
    if tool == "graphc":
        command = ["graphc", source]
        for name in passes + STAGES:
            yield command, name, name not in ("load", "import", "emit")
        return
    for name in passes:
        yield ["graphc-opt", source, "--cpu"], name, True
    for name in sorted(own_passes() - set(passes)):
        yield ["graphc-opt", source, f"--{name}"], name, True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=["graphc", "graphc-opt"])
    parser.add_argument("source")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)

    def check(case):
        (command, name, has_ir), how = case
        folder = arguments.folder / f"{how}-{name}"
        return [f"{how} at {name}: {text}"
                for text in problems(command, how, name, has_ir, folder)]

    todo = [(case, how) for case in cases(arguments.tool, arguments.source)
            for how in ("fail", "crash")]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        found = [text for some in pool.map(check, todo) for text in some]
    print("\n".join(found))
    print(f"{len(todo)} runs, {len(found)} problems")
    return 1 if found else 0


sys.exit(main())
