"""Lets every pass, stage and step of a compilation fail in every way.

  failure_walk.py graphc PROGRAM FOLDER [--full] [--jobs N]
  failure_walk.py graphc-opt MODULE FOLDER [--full] [--jobs N]

The tools are those of a package that is installed into FOLDER, with the folder
of the build hidden where that can be. Every run must end with status 1, say in
its last line where it left exactly one directory that is complete, and whose
replay, run as README.txt says, ends with the same status and message.

All places fail and crash. They hang and run out of memory with --full, else
only some do, as does the same in other forms of output. The last line counts
the runs.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ALWAYS = ["README.txt", "replay.sh", "command.txt", "versions.txt", "diagnostics.txt",
          "stack.txt"]
# Stages without MLIR, not yet or no more, with what they start from.
STARTS = {"load": [], "import": ["program.txt"], "emit": ["before.ll", "after.ll"]}
STEPS = {"export": "translate", "optimize": "translate", "complete": "emit",
         "codegen": "emit", "link": "emit", "header": "emit", "weights": "emit"}
# Forms of output beside the object, and the steps that only they have.
FORMS = [("llvm", []), ("asm", []), ("so", ["link"]), ("obj", ["weights"])]
SAYS = {"fail": "{} failed as asked", "crash": r"{}.* crashed \(SIGSEGV\)",
        "hang": "{}.* ran into the time limit", "exhaust": "{}.* ran out of memory"}

environment = dict(os.environ)


def run(*command, cwd=None):
    return subprocess.run([str(word) for word in command], text=True, cwd=cwd,
                          capture_output=True, timeout=120, env=environment)


def hide_build(build):
    """Starts this script again where nothing is seen of the build's tools."""
    if os.environ.get("BUILD_IS_HIDDEN"):
        return
    script = ' && '.join(f'mount -t tmpfs none "{build / name}"' for name in ("bin", "lib"))
    for unshare in (["unshare", "-m"], ["unshare", "-rm"]):
        if run(*unshare, "sh", "-c", script).returncode == 0:
            os.execvpe("unshare", [*unshare, "sh", "-c", script + ' && exec "$@"', "sh",
                                   sys.executable, *sys.argv],
                       os.environ | {"BUILD_IS_HIDDEN": "1"})


def install(folder):
    """Installs the build that PATH has and uses nothing else from here on."""
    if not os.environ.get("BUILD_IS_HIDDEN"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        build = pathlib.Path(shutil.which("graphc")).resolve().parent.parent
        subprocess.run(["cmake", "--install", build, "--prefix", folder / "prefix"],
                       check=True, stdout=subprocess.DEVNULL)
        hide_build(build)
    environment["PATH"] = f"{folder / 'prefix/bin'}:/usr/bin:/bin"


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
    # One runs on what only passes of its target make.
    return {match[1] for match in listed if match} - {"graphc-nvptx-lower-device"}


def expected_files(kind, name, arguments):
    """What a failure there leaves; after.mlir for every end."""
    stage = STEPS.get(name, name)
    if kind != "pass" and stage in STARTS:
        return ALWAYS + STARTS[stage]
    return ALWAYS + ["before.mlir", "after.mlir", "pipeline-before.txt"] + (
        ["pipeline.txt"] if kind == "pass" else []) + (
        ["program.txt", "weights.txt"] if arguments[0] == "graphc" else
        ["program.mlir", "weights.txt"])


def check_folder(kept, kind, name, message, arguments):
    """What is wrong with the directory of a failure."""
    missing = [file for file in expected_files(kind, name, arguments)
               if not (kept / file).exists()]
    if missing:
        yield f"no {missing}"
    readme = (kept / "README.txt").read_text()
    if not re.search(message, readme):
        yield f"README.txt says {readme}"
    unnamed = [path.name for path in kept.iterdir()
               if path.name != "README.txt" and f"  {path.name}" not in readme]
    if unnamed:
        yield f"README.txt does not name {unnamed}"
    if not re.search(r"^#0 ", (kept / "stack.txt").read_text(), re.M) and "crash" in message:
        yield "no stack"
    # The replay reads before.mlir; what was asked to fail changed nothing.
    for file in ("function.mlir", "after.mlir") if "crash" in message else ("function.mlir",):
        if not (kept / file).exists():
            continue
        parsed = run("graphc-opt", kept / file, "-o", "/dev/null")
        if parsed.returncode:
            yield f"{file} does not parse: {parsed.stderr}"
    is_nested = re.search(r"^On: +func\.func", readme, re.M)
    if is_nested and not (kept / "function.mlir").exists():
        yield "no function.mlir"


def problems(arguments, how, kind, name, folder, form):
    """What is wrong with the failure `how` of the stage or pass `name`."""
    message = SAYS[how].format(f"{kind} '{name}'")
    output = folder / ("out." + {"obj": "o", "asm": "s", "llvm": "ll"}.get(form, form))
    dumps = folder / "dumps"
    folder.mkdir()
    first = run(*arguments, "-o", output, f"--{how}-at-pass={name}",
                f"--dump-dir={dumps}", *(["--time-limit=15"] if how == "hang" else []))
    if first.returncode != 1:
        yield f"exit status {first.returncode}: {first.stderr}"
    if not re.search(message, first.stderr):
        yield f"said {first.stderr}"
    left = sorted(path.name for path in folder.iterdir())
    if left != ["dumps"]:
        yield f"left {left}"
        return
    kept = list(dumps.iterdir())
    if len(kept) != 1:
        yield f"left {len(kept)} directories"
        return
    last = first.stderr.rstrip().split("\n")[-1]
    if not last.startswith("graphc: note: the failure is kept in ") or str(kept[0]) not in last:
        yield f"the last line is {last}"
    yield from check_folder(kept[0], kind, name, message, arguments)
    command = re.search(r"^Do it again: +(.*)$", (kept[0] / "README.txt").read_text(), re.M)[1]
    # Elsewhere, too: nothing of the first folder is needed.
    moved = folder.parent / (folder.name + "-moved")
    shutil.move(kept[0], moved)
    again = run("sh", "-c", command, cwd=moved)
    if again.returncode != 1 or not re.search(message, again.stderr):
        yield f"the replay ends with {again.returncode}: {again.stderr}"
    if list(folder.rglob("*")) != [dumps]:
        yield "the replay leaves something"
    shutil.rmtree(moved)


def places(tool, source, folder):
    """Commands, each with a form of output and a stage, step or pass of it."""
    passes = run("graphc", "--list-passes").stdout.split()
    if tool == "graphc":
        for name in stages(source, folder):
            yield ["graphc", source], "obj", "stage", name
        for name in passes:
            yield ["graphc", source], "obj", "pass", name
        for name in ("export", "optimize", "complete", "codegen", "header"):
            yield ["graphc", source], "obj", "step", name
        for form, steps in FORMS:
            command = ["graphc", source, f"--emit={form}", "--weights=file"]
            yield command, form, "stage", "emit"
            for name in steps:
                yield command, form, "step", name
        return
    for name in passes:
        yield ["graphc-opt", source, "--cpu"], "mlir", "pass", name
    for name in sorted(own_passes() - set(passes)):
        yield ["graphc-opt", source, f"--{name}"], "mlir", "pass", name


def cases(arguments):
    """Places with ways to fail: all of the cheap ones, or a sample."""
    for index, place in enumerate(places(arguments.tool, arguments.source, arguments.folder)):
        is_step = place[2] != "pass"
        for how in SAYS:
            every = {"fail": 1, "crash": 1, "exhaust": 3 if is_step else 12,
                     "hang": 9 if is_step else 24}[how]
            if arguments.full or index % every == 0:
                yield place, how


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=["graphc", "graphc-opt"])
    parser.add_argument("source")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    install(arguments.folder)

    def check(case):
        (command, form, kind, name), how = case
        folder = pathlib.Path(tempfile.mkdtemp(dir=arguments.folder)) / f"{how}-{name}"
        found = [f"{how} at {kind} {name} of {form}: {text}"
                 for text in problems(command, how, kind, name, folder, form)]
        if not found:
            shutil.rmtree(folder.parent)
        return found

    todo = list(cases(arguments))
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        found = [text for some in pool.map(check, todo) for text in some]
    shutil.rmtree(arguments.folder / "prefix")
    print("\n".join(found))
    print(f"build {'hidden' if os.environ.get('BUILD_IS_HIDDEN') else 'not hidden'}")
    print(f"{len(todo)} runs, {len(found)} problems")
    return 1 if found else 0


sys.exit(main())
