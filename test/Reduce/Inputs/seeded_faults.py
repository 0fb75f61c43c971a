#!/usr/bin/env python3
"""Reduces the failure of every seeded fault and checks what is left of it.

    seeded_faults.py FIXTURES SCRATCH_FOLDER KIND...

The kinds are those of `graphc-opt --seed-fault=help`. A wrong number has to stay
one of the same pass, with the same kind of difference.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Programs with the pattern of a fault; pt2_mlp for those that are not here.
PROGRAM_OF = {
    "import-square": "pt2_llama",
    "import-shared-constant": "pt2_tied",
    "index-scaled": "pt2_cnn",
    "linalg-pad": "pt2_cnn",
    "graph-used-cast": "pt2_bf16",
    "graph-symbolic-size": "pt2_dynamic_batch",
    "graph-chained-add": "pt2_llama",
    "graph-wide-reduction": "pt2_llama",
    "graph-diamond": "diamond",
    "buffers-two-tensors": "args_mlp",
}


# In one of these every pattern of a wrong number is.
NUMERIC_PROGRAMS = ["pt2_mlp", "args_train_backward", "args_attention",
                    "args_special_values", "pt2_input_mutation_inplace",
                    "pt2_cnn", "pt2_llama", "args_mlp", "pt2_int_ops"]


def run(*command, **environment):
    return subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          env=dict(os.environ, **environment))


def program_of(name, fixtures):
    for path in (fixtures / name / "model.pt2", fixtures / name / "args.pkl",
                 HERE / f"{name}.mlir"):
        if path.exists():
            return path
    raise FileNotFoundError(name)


# graphc says the code of an error, graphc-opt does not.
ERROR = r"error(?:\[[a-z-]+\])?: "


def first_error(text):
    """The message without its place and the types in it."""
    match = re.search(ERROR + "(.*)", text)
    message = match.group(1) if match else text
    message = re.sub(r"^.*?('[a-z_.]+' op )", r"\1", message)
    return re.sub(r"operands of.*", "", message).strip()


def failure(text):
    for line in text.splitlines():
        if re.search(ERROR, line):
            return first_error(line)
    return "nothing"


def wrong_number(report):
    """Which pass is wrong, and how."""
    try:
        found = json.loads(report.read_text())
    except FileNotFoundError:
        return None
    return (found["pass"], found["difference"]) if found["difference"] else None


def reduce_wrong_number(fault, fixtures, scratch):
    """The problems, and the number of ops that are left."""
    folder = scratch / fault
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report, again = folder / "before.json", folder / "after.json"
    for name in NUMERIC_PROGRAMS:
        program = program_of(name, fixtures)
        run("graphc", program, "-o", folder / "out.o", "--target=x86-64-v4",
            "--check-passes", f"--seed-fault={fault}",
            f"--dump-dir={folder / 'dumps'}", GRAPHC_FAILURE_REPORT=str(report))
        if wrong_number(report):
            break
        report.unlink(missing_ok=True)
        shutil.rmtree(folder / "dumps", ignore_errors=True)
    else:
        return ["in none of the programs"], None
    dump, = (folder / "dumps").iterdir()
    reduced = run("graphc-reduce", dump, "-o", folder / "result", "--jobs=1",
                  "--time-limit=60")
    if reduced.returncode:
        return [f"graphc-reduce: {reduced.returncode} {reduced.stderr}"], None
    problems = []
    run("sh", folder / "result/replay.sh", GRAPHC_FAILURE_REPORT=str(again))
    if wrong_number(report) != wrong_number(again):
        problems.append(f"was {wrong_number(report)}, "
                        f"is {wrong_number(again)}")
    return problems, ops_left(reduced)


def ops_left(reduced):
    return int(re.search(r"(\d+) ops?, \d+ compilations",
                         reduced.stdout).group(1))


def reduce(fault, fixtures, scratch):
    """The problems, and the number of ops that are left."""
    folder = scratch / fault
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    program = program_of(PROGRAM_OF.get(fault, "pt2_mlp"), fixtures)
    original = run("graphc", program, "-o", folder / "out.o", "--threads=1",
                   f"--seed-fault={fault}", f"--dump-dir={folder / 'dumps'}")
    if original.returncode != 1:
        return [f"status {original.returncode} with {program}"], None
    dump, = (folder / "dumps").iterdir()
    out = folder / "reduced.mlir"
    reduced = run("graphc-reduce", dump, "-o", out, "--jobs=1",
                  "--time-limit=60")
    if reduced.returncode:
        return [f"graphc-reduce: {reduced.returncode} {reduced.stderr}"], None
    problems = []
    # The command in the result's second line is the way to see it again.
    words = out.read_text().splitlines()[1].split("Again: ")[1]
    again = subprocess.run(["sh", "-c", words.replace("/dev/null",
                                                      str(folder / "x.o"))],
                           cwd=folder, text=True, capture_output=True)
    before, after = failure(original.stderr), failure(again.stderr)
    # Stages and functions have other names when a pass runs alone.
    before = re.sub(r" on [a-z.]+( @\w+)*", "", before)
    after = re.sub(r" on [a-z.]+( @\w+)*", "", after)
    if before != after or again.returncode != 1:
        problems.append(f"failed as '{before}', now as '{after}'")
    return problems, ops_left(reduced)


def main():
    fixtures, scratch = map(pathlib.Path, sys.argv[1:3])
    kinds = sys.argv[3:]
    listed = run("graphc-opt", "--seed-fault=help").stdout.splitlines()
    faults = {line.split()[0]: line.split()[1] for line in listed
              if line.split()[1] in kinds}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(
            lambda fault: (reduce_wrong_number if faults[fault] == "wrong-number"
                           else reduce)(fault, fixtures, scratch), faults))
    for fault, (problems, ops) in zip(faults, results):
        print(f"{fault}: {ops} ops")
        for problem in problems:
            print(f"  PROBLEM: {problem}")
    counts = [ops for _, ops in results if ops is not None]
    print(f"faults: {len(faults)}, "
          f"problems: {sum(len(problems) for problems, _ in results)}, "
          f"median ops: {statistics.median_high(counts)}, "
          f"most: {max(counts)}")


main()
