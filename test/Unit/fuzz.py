#!/usr/bin/env python3
"""Runs every libFuzzer target for a while on a corpus that is kept.

  fuzz.py [--seconds 60] [--jobs 2] [--only File,Zip]

Builds with the preset fuzz. The corpus is build-fuzz/corpus/<target>; it starts
from the fixtures. Inputs that crash a target, leak, or cost more than
Fuzz/Fuzz.cpp allows are left in build-fuzz/found. The last line is
`N passed, N failed`.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build-fuzz"
INPUTS = ROOT / "test" / "Integration" / "Inputs"
EXPRESSIONS = ["2*s0 + 1", "Mul(Integer(2), Symbol('s17', integer=True))",
               "Max(1, s0//2)", "(s0 > 1) & (s1 < 2)", "s0 % 4", "-oo",
               "OpaqueUnaryFn_sqrt(ToFloat(Symbol('s0')))", "s0**2",
               "Mod(s0*s1, 8)", "FloorDiv(Add(Symbol('s0'), Integer(1)), 2)"]


def add(target, name, data):
    folder = BUILD / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    if len(data) < 1 << 18 and not (folder / name).exists():
        (folder / name).write_bytes(data)


def seed_archive(path, name):
    """The archive, its JSON and the streams of torch.save in it."""
    add("Zip", name, path.read_bytes())
    try:
        archive = zipfile.ZipFile(path)
        for record in archive.namelist():
            data = archive.read(record)
            if record.endswith(".json"):
                add("Json", f"{name}-{record.replace('/', '-')}", data)
            if data[:2] == b"PK":
                add("TorchSave", f"{name}-{record.replace('/', '-')}", data)
                add("Zip", f"{name}-{record.replace('/', '-')}", data)
    except Exception:  # Broken on purpose, in one way or another.
        pass


def seed():
    for path in sorted(INPUTS.rglob("*")):
        if path.suffix not in (".pt2", ".pkl", ".py"):
            continue
        name = "-".join(path.relative_to(INPUTS).parts)
        add("File", name, path.read_bytes())
        if path.suffix == ".pt2":
            seed_archive(path, name)
        elif path.suffix == ".pkl":
            add("Pickle", name, path.read_bytes())
        else:
            add("FxText", name, path.read_bytes())
    for number, text in enumerate(EXPRESSIONS):
        add("SymExpr", str(number), text.encode())
    for target in ("Json", "TorchSave"):
        (BUILD / "corpus" / target).mkdir(parents=True, exist_ok=True)


def fuzz(target, seconds):
    found = BUILD / "found" / target
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir(parents=True)
    with open(found / "log.txt", "wb") as log:
        status = subprocess.run(
            [BUILD / "test" / "Unit" / "Loader" / "Fuzz" / f"Graphc{target}Fuzz",
             f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
             "-malloc_limit_mb=200", f"-artifact_prefix={found}/",
             BUILD / "corpus" / target],
            env=os.environ | {"UBSAN_OPTIONS": "halt_on_error=1"},
            stdout=log, stderr=log).returncode
    lines = (found / "log.txt").read_text(errors="replace").splitlines()
    runs = [line for line in lines if line.startswith("Done ")]
    return status == 0, runs[-1] if runs else f"see {found}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only")
    given = parser.parse_args()
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", BUILD, f"-j{given.jobs}", "--",
                    "graphc-fuzz-targets"], cwd=ROOT, check=True)
    seed()
    targets = (given.only.split(",") if given.only else
               ["File", "FxText", "Json", "Pickle", "SymExpr", "TorchSave",
                "Zip"])
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = list(pool.map(lambda name: fuzz(name, given.seconds),
                                targets))
    for name, (good, text) in zip(targets, results):
        print(f"{'ok  ' if good else 'FAIL'} {name}: {text}")
    failed = sum(not good for good, _ in results)
    print(f"{len(targets) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
