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

# Stages at which there is no MLIR, not yet or no more.
WITHOUT_IR = ["load", "import", "emit"]
ALWAYS = ["README.txt", "replay.sh", "command.txt", "versions.txt",
          "diagnostics.txt", "stack.txt"]


def run(*command):
    return subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, timeout=60)


def stages(source, folder):
    """The stages that a compilation of `source` goes through, in order: the
    outermost rows of the time report."""
    report = run("graphc", source, "-o", folder / "timed.o", "--time").stderr
    rows = re.findall(r"^ *[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+  (\S+)$", report, re.M)
    assert {"load", "emit"} < set(rows), report
    (folder / "timed.o").unlink()
    (folder / "timed.h").unlink()
    return [name for name in rows if name not in ("Rest", "Total")]


def own_passes():
    """Passes that no other project registers."""
    # Pipelines are listed after all passes.
    listed = [re.match(r" +--((?:graph|graphc|kernel|convert-graph)-[\w-]+) +-",
                       line)
              for line in run("graphc-opt", "--help").stdout.split(
                  "Pass Pipelines:")[0].split("\n")
              if not line.startswith(" " * 8)]
    return {match[1] for match in listed if match}


def says(how, kind, name, text):
    """The message of a failure, wherever else it names files and lines."""
    if how == "fail":
        return f"{kind} '{name}' failed as asked" in text
    return re.search(f"{kind} '{name}'.* crashed \\(SIGSEGV\\)", text)


def problems(arguments, how, kind, name, folder):
    """What is wrong with the failure `how` of the stage or pass `name`."""
    output = folder / "out.o"
    dumps = folder / "dumps"
    folder.mkdir()
    first = run(*arguments, "-o", output, f"--{how}-at-pass={name}",
                f"--dump-dir={dumps}")
    if first.returncode != 1:
        yield f"exit status {first.returncode}: {first.stderr}"
    if not says(how, kind, name, first.stderr):
        yield f"said {first.stderr}"
    left = sorted(path.name for path in folder.iterdir())
    if left != ["dumps"]:
        yield f"left {left}"
        return
    kept = list(dumps.iterdir())
    if len(kept) != 1:
        yield f"left {len(kept)} directories"
        return
    expected = ALWAYS + ([] if name in WITHOUT_IR else ["before.mlir"])
    missing = [file for file in expected if not (kept[0] / file).exists()]
    if missing:
        yield f"no {missing}"
    readme = (kept[0] / "README.txt").read_text()
    if not says(how, kind, name, readme):
        yield f"README.txt says {readme}"
    again = run("sh", kept[0] / "replay.sh")
    if again.returncode != 1 or not says(how, kind, name, again.stderr):
        yield f"the replay ends with {again.returncode}: {again.stderr}"
    if sorted(path.name for path in folder.iterdir()) != ["dumps"] or len(
            list(dumps.iterdir())) != 1:
        yield "the replay leaves something"


def cases(tool, source, folder):
    """Commands, each with a stage or pass of it that may fail."""
    passes = run("graphc", "--list-passes").stdout.split()
    if tool == "graphc":
        for name in stages(source, folder):
            yield ["graphc", source], "stage", name
        for name in passes:
            yield ["graphc", source], "pass", name
        return
    for name in passes:
        yield ["graphc-opt", source, "--cpu"], "pass", name
    for name in sorted(own_passes() - set(passes)):
        yield ["graphc-opt", source, f"--{name}"], "pass", name


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
        (command, kind, name), how = case
        folder = arguments.folder / f"{how}-{kind}-{name}"
        return [f"{how} at {kind} {name}: {text}"
                for text in problems(command, how, kind, name, folder)]

    todo = [(case, how) for case in cases(arguments.tool, arguments.source,
                                          arguments.folder)
            for how in ("fail", "crash")]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        found = [text for some in pool.map(check, todo) for text in some]
    print("\n".join(found))
    print(f"{len(todo)} runs, {len(found)} problems")
    return 1 if found else 0


sys.exit(main())
