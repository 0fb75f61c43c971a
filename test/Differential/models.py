#!/usr/bin/env python3
"""Compiles whole models, runs them and compares with eager PyTorch and float64.

  models.py --bin build/bin [--emulator LIBRARY] [--list published,kinds]
            [--only REGEX] [--dtypes f32,bf16] [--forms pt2,pkl]
            [--cache FOLDER] [--threads N]

Every model is saved once, by save_model.py, and kept in the cache. A line per
model, type and form says how long graphc took (seconds, in brackets of CPU
time), its peak memory and limit in MiB, and the error against float64 as a
multiple of eager's: by root mean square / by largest element, of the worst
output. Needs torch, transformers and numpy.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import numpy

from commands import Commands, add_arguments

HERE = pathlib.Path(__file__).resolve().parent
COMPILE_SECONDS = 20
LIMIT = {"f32": 2, "bf16": 3}
EPSILON = {"float32": 2.0 ** -24, "bfloat16": 2.0 ** -9, "float16": 2.0 ** -11,
           "float64": 2.0 ** -53}
LISTS = ("published", "kinds")


class Failed(Exception):
    pass


def run(command, seconds=600):
    """(seconds, CPU seconds, MiB) of a command that must succeed."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([str(word) for word in command], stdout=log,
                                   stderr=log, stdin=subprocess.DEVNULL)
        try:
            while True:
                done, status, usage = os.wait4(process.pid, os.WNOHANG)
                if done:
                    break
                if time.monotonic() - start > seconds:
                    process.kill()
                    os.wait4(process.pid, 0)
                    raise Failed(f"more than {seconds} s")
                time.sleep(0.02)
        finally:
            process.returncode = 0
        code = os.waitstatus_to_exitcode(status)
        if code:
            log.seek(0)
            text = log.read().decode(errors="replace").strip().splitlines()
            lines = [line for line in text if "rror" in line] or text or [""]
            notes = [line.strip() for line in text if "  note:" in line]
            raise Failed(f"exit {code}: " +
                         "; ".join(lines[:1] + notes[:3])[:400])
    return (time.monotonic() - start, usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024)


def read(folder):
    """The tensors of a folder: float ones as float64."""
    values = []
    for entry in json.loads((folder / "manifest.json").read_text()):
        if "file" not in entry:
            values.append((entry["kind"], entry["value"]))
            continue
        data = (folder / entry["file"]).read_bytes()
        dtype = entry["dtype"]
        if dtype == "bfloat16":
            wide = numpy.frombuffer(data, numpy.uint16).astype(numpy.uint32)
            flat = (wide << 16).view(numpy.float32)
        else:
            flat = numpy.frombuffer(data, dtype)
        if "float" in dtype:
            flat = flat.astype(numpy.float64)
        if not flat.size:
            values.append((dtype, flat.reshape(entry["shape"])))
            continue
        strides = [stride * flat.itemsize for stride in entry["stride"]]
        values.append((dtype, numpy.lib.stride_tricks.as_strided(
            flat, entry["shape"], strides)))
    return values


def compare(got, base):
    """The worst ratio of errors, by root mean square and by largest element."""
    folders = [got, base.with_name(base.name + "-expected"),
               base.with_name(base.name + "-expected_f64")]
    every = [read(folder) for folder in folders]
    if len(every[0]) != len(every[1]):
        raise Failed(f"{len(every[0])} outputs for {len(every[1])}")
    worst = (0.0, 0.0)
    for index, ((dtype, ours), (wanted, eager), (_, exact)) in \
            enumerate(zip(*every)):
        if not isinstance(ours, numpy.ndarray):
            continue
        if dtype != wanted or ours.shape != eager.shape:
            raise Failed(f"output {index}: {dtype} {ours.shape} for "
                         f"{wanted} {eager.shape}")
        if "float" not in dtype:
            if (ours != eager).any():
                raise Failed(f"output {index}: integers differ")
            continue
        if not ours.size:
            continue
        known = numpy.isfinite(exact)
        if (~numpy.isfinite(ours[known])).any():
            raise Failed(f"output {index}: not finite")
        ours, eager, exact = ours[known], eager[known], exact[known]
        floor = EPSILON[dtype]
        ratio = tuple(
            norm(ours - exact) / (norm(eager - exact) + floor * norm(exact)
                                  + 1e-300)
            for norm in (lambda x: numpy.sqrt(numpy.mean(x * x)),
                         lambda x: numpy.abs(x).max()))
        worst = max(worst, ratio)
        if index == 0 and "minilm" in base.name:
            cosine = (ours * eager).sum() / numpy.sqrt(
                (ours * ours).sum() * (eager * eager).sum())
            if cosine < (0.99999 if dtype == "float32" else 0.999):
                raise Failed(f"cosine {cosine:.7f}")
    return worst


def weight_bytes(source, base):
    """Of an archive its size; saved arguments carry no weights."""
    if source.suffix == ".pt2":
        return source.stat().st_size
    return 0


class Case:
    def __init__(self, options, module, name, dtype, form):
        self.options, self.module = options, module
        self.commands = Commands(options)
        self.name, self.dtype, self.form = name, dtype, form
        self.source = options.cache / f"{name}-{dtype}.{form}"
        self.base = options.cache / (f"{name}-{dtype}" +
                                     ("-pkl" if form == "pkl" else ""))

    def save(self):
        """Makes what the cache lacks; a mark says that nothing is missing."""
        mark = self.base.with_name(self.base.name + "-expected_f64")
        if not (mark / "manifest.json").exists():
            run([sys.executable, HERE / "save_model.py", self.module, self.name,
                 self.dtype, self.form, self.options.cache])

    def sets(self):
        yield self.base
        for count in range(100):
            other = self.base.with_name(f"{self.base.name}-other_{count}")
            if not other.with_name(other.name + "-inputs").is_dir():
                return
            yield other

    def check(self, scratch):
        library = scratch / "model.so"
        seconds, busy, memory = run(self.commands.graphc(
            self.source, "-o", library, "--dump-dir="))
        limit = 300 + 3 * weight_bytes(self.source, self.base) / 2 ** 20
        text = (f"compile {seconds:5.1f} s ({busy:5.1f})  "
                f"peak {memory:4.0f} of {limit:4.0f} MiB")
        worst = (0.0, 0.0)
        for base in self.sets():
            run(self.commands.graphc_run(
                library, "--inputs", base.with_name(base.name + "-inputs"),
                "--outputs", scratch / "out", "--threads",
                self.options.threads))
            worst = max(worst, compare(scratch / "out", base))
            shutil.rmtree(scratch / "out")
        text += f"  error {worst[0]:.2f} / {worst[1]:.2f}"
        problems = []
        if busy > COMPILE_SECONDS:
            problems.append("slow")
        if memory > limit:
            problems.append("memory")
        if not worst[0] <= LIMIT[self.dtype]:
            problems.append("inaccurate")
        return text, problems

    def run(self):
        label = f"{self.name} {self.dtype} {self.form}"
        folder = pathlib.Path(tempfile.mkdtemp(prefix="models-"))
        try:
            self.save()
            text, problems = self.check(folder)
        except Failed as error:
            text, problems = str(error), ["failed"]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(f"{label:28} {', '.join(problems) or 'ok':10} {text}", flush=True)
        return not problems


def names_of(module):
    command = [sys.executable, "-c",
               f"import {module}; print(*{module}.MODELS)"]
    return subprocess.run(command, cwd=HERE, check=True, capture_output=True,
                          text=True).stdout.split()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    parser.add_argument("--list", default=",".join(LISTS))
    parser.add_argument("--only", default="")
    parser.add_argument("--dtypes", default="f32,bf16")
    parser.add_argument("--forms", default="pt2,pkl")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--cache", type=pathlib.Path,
                        default=pathlib.Path(tempfile.gettempdir()) / "models")
    options = parser.parse_args()

    passed = failed = 0
    for module in options.list.split(","):
        for name in names_of(module):
            for form in options.forms.split(","):
                for dtype in options.dtypes.split(","):
                    case = Case(options, module, name, dtype, form)
                    if re.search(options.only, f"{name} {dtype} {form}"):
                        good = case.run()
                        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
