#!/usr/bin/env python3
"""Runs every check of the project; the last line is `N passed, N failed`.

A step returns how many of its tests passed and the names of those that failed.
Only Python's standard library is used.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
ASAN = ROOT / "build-asan"


def run(command, **options):
    return subprocess.run([str(word) for word in command], cwd=ROOT, **options)


def output_of(command):
    return run(command, capture_output=True, text=True).stdout


def sources(*patterns):
    """Files under version control, or of the tree when there is none."""
    listed = output_of(["git", "ls-files", "--", *patterns]).split()
    if not listed:
        listed = [path.relative_to(ROOT).as_posix() for pattern in patterns
                  for path in ROOT.rglob(pattern)
                  if not path.relative_to(ROOT).parts[0].startswith("build")]
    return [name for name in listed if (ROOT / name).exists()]


def one(name, problems):
    """The result of a step that is a single test."""
    for problem in problems:
        print(f"  {problem}")
    return (0, [name]) if problems else (1, [])


def check_arrow():
    """Dependencies point one way; see docs/Architecture.md."""
    rules = [
        (("dialects",), re.compile(r'#include "graphc/')),
        (("lib/Loader", "lib/Runtime", "include/graphc/Loader",
          "include/graphc/Runtime"),
         re.compile(r'#include ["<](llvm|mlir|llvm-c|mlir-c|dialects)/')),
    ]
    passed, failed = 0, []
    for folders, pattern in rules:
        problems = []
        for name in sources("*.h", "*.cpp", "*.c", "*.td"):
            if not name.startswith(tuple(folder + "/" for folder in folders)):
                continue
            text = (ROOT / name).read_text(errors="replace")
            problems += [f"{name}:{number}: {line}" for number, line in
                         enumerate(text.splitlines(), 1) if pattern.search(line)]
        more = one(f"arrow of {folders[0]}", problems)
        passed, failed = passed + more[0], failed + more[1]
    return passed, failed


def check_format():
    files = sources("*.cpp", "*.h", "*.c")
    result = run(["clang-format-22", "--dry-run", "-Werror", *files],
                 capture_output=True, text=True)
    passed, failed = one("clang-format", sorted({
        line.split(":")[0] + ": run make format"
        for line in result.stderr.splitlines() if ": error: " in line}))
    texts = [name for name in sources("*.*", "Makefile") if "/Inputs/" not in name]
    more = one("text", output_of([".ci/check_text.py", *texts]).splitlines())
    return passed + more[0], failed + more[1]


def build(jobs):
    if not (BUILD / "build.ninja").exists():
        if run(["cmake", "--preset", "release"]).returncode:
            return 0, ["configure"]
    status = run(["cmake", "--build", "build", f"-j{jobs}", "--",
                  "graphc-tools", "graphc-unit-tests"]).returncode
    return (0, ["build"]) if status else (1, [])


def lit(jobs):
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "lit.json"
        run(["/usr/lib/llvm-22/bin/lit", "-sv", f"-j{jobs}", "-o", report,
             BUILD / "test", BUILD / "test" / "Unit"])
        if not report.exists():
            return 0, ["lit"]
        tests = json.loads(report.read_text())["tests"]
    bad = ("FAIL", "XPASS", "UNRESOLVED", "TIMEOUT")
    return (sum(test["code"] in ("PASS", "FLAKYPASS") for test in tests),
            [test["name"] for test in tests if test["code"] in bad])


def sanitized_units(jobs):
    """Loader and Runtime, which have no LLVM, under ASan and UBSan."""
    if not (ASAN / "build.ninja").exists():
        if run(["cmake", "--preset", "asan"], stdout=subprocess.DEVNULL,
               stderr=subprocess.DEVNULL).returncode:
            return 0, ["configure asan"]
    if run(["cmake", "--build", ASAN, f"-j{jobs}", "--",
            "graphc-plain-unit-tests"]).returncode:
        return 0, ["build asan"]
    passed, failed = 0, []
    for binary in sorted(ASAN.glob("test/Unit/**/*Tests")):
        if not os.access(binary, os.X_OK) or binary.is_dir():
            continue
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "tests.json"
            status = run([binary, f"--gtest_output=json:{report}",
                          "--gtest_brief=1"],
                         env=os.environ | {"UBSAN_OPTIONS":
                                           "halt_on_error=1"}).returncode
            suites = (json.loads(report.read_text())["testsuites"]
                      if report.exists() else [])
        tests = [(f"asan {suite['name']}.{test['name']}", "failures" in test)
                 for suite in suites for test in suite["testsuite"]]
        bad = [name for name, is_bad in tests if is_bad]
        if status and not bad:
            bad = [f"asan {binary.name}"]
        passed, failed = passed + len(tests) - len(bad), failed + bad
    return passed, failed


def integration(jobs, *options):
    script = ROOT / "test" / "Integration" / "run.py"
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "integration.json"
        run([sys.executable, script, "--bin", BUILD / "bin", "--report", report,
             "--jobs", jobs, *options])
        if not report.exists():
            return 0, ["integration"]
        result = json.loads(report.read_text())
    return result["passed"], result["failed"]


def report():
    """The page about a compilation, in a browser."""
    result = run([sys.executable, "test/Report/browser_test.py", "--bin",
                  BUILD / "bin"], capture_output=True, text=True)
    print(result.stdout + result.stderr, end="")
    lines = result.stdout.splitlines()
    passed = sum(line.startswith("passed: ") for line in lines)
    failed = ["report " + line[8:] for line in lines
              if line.startswith("failed: ")]
    return passed, failed or (["report"] if result.returncode else [])


def demo():
    result = run(["examples/digits/demo.sh", "build"], capture_output=True,
                 text=True)
    return one("demo", [] if result.returncode == 0
               else (result.stdout + result.stderr).splitlines()[-5:])


def docs(jobs):
    result = run(["cmake", "--build", "build", f"-j{jobs}", "--", "mlir-doc"],
                 capture_output=True, text=True)
    return one("mlir-doc", result.stdout.splitlines()[-5:]
               if result.returncode else [])


def package():
    """Another project finds the installed package and compiles a model."""
    result = run(["test/Driver/Inputs/package/check.sh", BUILD],
                 capture_output=True, text=True)
    return one("find_package", (result.stdout + result.stderr).splitlines()[-8:]
               if result.returncode else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", default=str(os.cpu_count()))
    parser.add_argument("--only", help="names of steps, comma-separated")
    jobs = (arguments := parser.parse_args()).jobs
    steps = [
        ("arrow", check_arrow), ("format", check_format),
        ("build", lambda: build(jobs)), ("lit", lambda: lit(jobs)),
        ("docs", lambda: docs(jobs)),
        ("sanitizers", lambda: sanitized_units(jobs)), ("demo", demo),
        ("package", package), ("report", report),
        ("integration", lambda: integration(jobs)),
        ("extern", lambda: integration(jobs, "--threads", "1", "--extern",
                                       "--only", "^pt2_")),
        ("gpu", lambda: integration(jobs, "--threads", "1", "--emulator", BUILD
                                    / "lib" / "libgraphc-gpu-emulator.so")),
    ]
    passed, failed = 0, []
    for name, step in steps:
        if arguments.only and name not in arguments.only.split(","):
            continue
        print(f"== {name}", flush=True)
        start = time.monotonic()
        good, bad = step()
        print(f"   {good} passed, {len(bad)} failed "
              f"({time.monotonic() - start:.0f} s)", flush=True)
        passed, failed = passed + good, failed + bad
        if name == "build" and bad:
            break
    for name in failed:
        print(f"FAILED: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
