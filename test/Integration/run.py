#!/usr/bin/env python3
"""Compiles saved programs, runs them and compares numbers.

  run.py --bin build/bin [--only REGEX] [--threads 1,2] [--fixtures FOLDER] [-v]
  run.py --bin build/bin --emulator build/lib/libgraphc-gpu-emulator.so ...
  run.py --bin build/bin --extern ...

A fixture is a folder with a saved program, `inputs` and `expected` as described
in Inputs/README.md. Every set of inputs and every number of threads is a test.
Files in `broken` must be refused with the error of `broken/errors.json`.

With --save the compiled modules are kept in a folder, with --modules those of a
folder are run and nothing is compiled: so that what was compiled for a GPU runs
where there is one, with graphc-run alone.

With an emulator of a GPU, programs are compiled for one and run there; texts and
broken files, which end before that, are left out. With --extern, modules take
their weights from a file that graphc wrote.

Integers, booleans and strings must be equal. A float agrees when its distance
to the float64 result is at most twice that of eager PyTorch plus the tolerance
of its type. Only Python's standard library is used.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import tensors

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = ("model.pt2", "args.pkl", "fx_graph_runnable.py",
           "fx_graph_readable.py", "repro.py")
# Archives of several programs: which one the expected values are of.
MODELS = {"pt2_two_models": "first"}
# Texts that say less than their fixture holds: how far they get, with which
# exit status, and what is said about it. One lacks the branches of a cond, one
# the values of its constants, one the strides of its inputs.
INCOMPLETE = {
    "text_cond/fx_graph_runnable.py": ("compile", 1, "error[fx-subgraph]"),
    "text_constant/fx_graph_readable.py":
        ("compile", 0, "the values of '_tensor_constant0' are not in the text"),
    "text_strided/fx_graph_readable.py": ("run", 1, "stride of dimension 1"),
}
SECONDS = 300


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True,
                          text=True, errors="replace", timeout=SECONDS,
                          stdin=subprocess.DEVNULL, **options)


def why_failed(step, result):
    """None for success, else a line for the log."""
    if result.returncode == 0:
        return None
    lines = result.stderr.strip().splitlines() or [""]
    return f"{step}: exit {result.returncode}: {lines[-1][:160]}"


def check_stop(step, result, expected):
    """The same for a step that is expected to end in its own way."""
    _, status, text = expected
    if result.returncode != status:
        return f"{step}: exit {result.returncode}, expected {status}"
    return None if text in result.stderr else f"{step}: no word of {text!r}"


def compare(got_folder, case, suffix=""):
    want = tensors.read(case / f"expected{suffix}")
    exact_folder = case / f"expected_f64{suffix}"
    exact = tensors.read(exact_folder) if exact_folder.is_dir() else want
    got = tensors.read(got_folder)
    if len(got) != len(want):
        return f"{len(got)} outputs for {len(want)}"
    for index, values in enumerate(zip(got, want, exact)):
        if why := tensors.difference(*values):
            return f"output{suffix} {index}: {why}"
    return None


def run_set(binaries, library, inputs, threads, scratch, expected, emulator,
            weights):
    """One run of a compiled program on one set of inputs."""
    out = scratch / f"out-{inputs.name}-{threads}"
    result = run([binaries / "graphc-run", library, "--inputs",
                  inputs / "inputs", "--outputs", out, "--threads", threads,
                  *(["--driver", emulator] if emulator else []),
                  *(["--weights", weights] if weights else [])])
    if expected:
        return check_stop("run", result, expected)
    if why := why_failed("run", result):
        return why
    try:
        why = compare(out, inputs)
        if not why and (inputs / "expected_mutated").is_dir():
            why = compare(out / "mutated", inputs, "_mutated")
        return why
    except (OSError, KeyError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def run_case(binaries, case, source, threads, emulator, extern, save,
             modules):
    """All tests of one saved program: [(name, why it failed or None)]."""
    sets = [case] + sorted(case.glob("other_*"))
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        library = (save or scratch) / (
            f"{case.name}-{pathlib.Path(source).stem}.so")
        command = [binaries / "graphc", case / source, "-o", library,
                   "--dump-dir="]
        if emulator:
            command += ["--target=nvptx:sm_90a", "--emulate-gpu"]
        weights = scratch / "model.safetensors" if extern else None
        if extern:
            command += ["--weights=extern", f"--write-weights={weights}"]
        if case.name in MODELS:
            command.append(f"--model={MODELS[case.name]}")
        expected = INCOMPLETE.get(f"{case.name}/{source}")
        stops = expected and expected[0] == "compile"
        if modules:
            library = modules / library.name
            command = ["test", "-e", library]
        try:
            result = run(command)
            compiled = check_stop("compile", result, expected) if stops \
                else why_failed("compile", result)
        except subprocess.TimeoutExpired:
            compiled = f"compile: more than {SECONDS} s"
        results = []
        for inputs in sets:
            for count in threads:
                name = f"{case.name}/{source} {inputs.name} threads {count}"
                try:
                    why = compiled
                    if not why and not stops:
                        why = run_set(binaries, library, inputs, count, scratch,
                                      expected, emulator, weights)
                except subprocess.TimeoutExpired:
                    why = f"run: more than {SECONDS} s"
                results.append((name, why))
        return results


def run_measured(command, folder):
    """Exit status, stderr, seconds and the most memory it held, in MiB."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, cwd=folder, stderr=errors,
                                   stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        text = errors.read().decode(errors="replace")
    seconds = time.monotonic() - start
    return process.returncode, text, seconds, usage.ru_maxrss / 1024


def run_broken(binaries, path, expected):
    """A broken file: its class of error, what the message names, one second,
    200 MiB, no signal, nothing written."""
    name = f"broken/{path.name}"
    with tempfile.TemporaryDirectory() as folder:
        status, text, seconds, memory = run_measured(
            [binaries / "graphc", path, "--emit=graph"], folder)
        left = sorted(entry.name for entry in pathlib.Path(folder).iterdir())
    found = re.search(r"error\[([a-z0-9-]+)\]", text)
    found = found.group(1) if found else "none"
    problems = []
    if status not in (0, 1, 3):
        problems.append(f"exit {status}")
    if found not in [expected["class"], *expected["also"]]:
        problems.append(f"class {found} for {expected['class']}")
    if expected["class"] != "none":
        if status == 0:
            problems.append("accepted")
        problems += [f"no word of {word!r}" for word in
                     expected["message_names"] if word not in text]
    if seconds > 2:  # One, on a machine that does nothing else.
        problems.append(f"{seconds:.1f} s")
    if memory > 200:
        problems.append(f"{memory:.0f} MiB")
    if left:
        problems.append(f"wrote {left}")
    return [(name, "; ".join(problems) or None)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--fixtures", type=pathlib.Path,
                        default=HERE / "Inputs")
    parser.add_argument("--emulator", type=pathlib.Path)
    parser.add_argument("--extern", action="store_true")
    parser.add_argument("--save", type=pathlib.Path)
    parser.add_argument("--modules", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    binaries = arguments.bin.resolve()

    is_device = arguments.emulator or arguments.modules
    work = []
    for case in sorted(arguments.fixtures.iterdir()):
        if not case.is_dir() or case.name == "broken" or (
                is_device and case.name.startswith("text_")):
            continue
        work += [(run_case, binaries, case, source,
                  arguments.threads.split(","), arguments.emulator,
                  arguments.extern, arguments.save, arguments.modules)
                 for source in SOURCES if (case / source).exists()
                 and re.search(arguments.only, f"{case.name}/{source}")]
    broken = arguments.fixtures / "broken"
    if (broken / "errors.json").exists() and not (is_device or
                                                  arguments.extern):
        work += [(run_broken, binaries, broken / entry["file"], entry)
                 for entry in json.loads((broken / "errors.json").read_text())
                 if re.search(arguments.only, f"broken/{entry['file']}")]

    passed, failed = 0, []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for results in pool.map(lambda item: item[0](*item[1:]), work):
            for name, why in results:
                passed += not why
                if why:
                    failed.append(name)
                if why or arguments.v:
                    print(f"{name}: {why or 'ok'}", flush=True)
    print(f"{passed} of {passed + len(failed)} runs agree")
    if arguments.report:
        arguments.report.write_text(json.dumps({"passed": passed,
                                                "failed": failed}))
    return 1 if failed or not passed else 0


sys.exit(main())
