#!/usr/bin/env python3
"""Compares operators with eager PyTorch on the samples of its own tests.

  run.py --bin build/bin [--emulator LIBRARY] [--only REGEX] [--sample REGEX] [--samples 6]
         [--others 2] [--keep FOLDER]
         [--dtypes f32,bf16,...] [--decompose] [--report FILE] [-v]

All samples of an operator make one program, which is exported, compiled with
graphc --threads=1 and run. A program that fails is cut in halves until the
sample that is to blame stands alone; samples of operators that graphc says it
lacks leave it at once. Refusing an operator by name (exit 3) is
allowed; a wrong number, a crash or any other error is not, and fails the run.

The last table counts per overload: passed, refused, wrong, crashed.
"""

import argparse
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

import torch

import samples
import tensor_files
from commands import Commands, add_arguments

SECONDS = 120


class Batch:
    """Samples of one operator on their way through the compiler."""

    def __init__(self, members, decompose):
        self.members, self.decompose = members, decompose

    def split(self):
        half = len(self.members) // 2
        return [Batch(part, self.decompose)
                for part in (self.members[:half], self.members[half:])]

    def without(self, samples):
        rest = [member for member in self.members if member not in samples]
        return [Batch(rest, self.decompose)] if rest else []


def export(batch, path):
    """Writes the exported program; the nodes that make its results."""
    program = samples.Program(batch.members)
    tensors = tuple(samples.copy(t) for s in batch.members for t in s.tensors)
    exported = torch.export.export(program, tensors, strict=False)
    if batch.decompose:
        exported = exported.run_decompositions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(exported, path)
    results = len(exported.graph_signature.user_outputs)
    output = next(n for n in exported.graph.nodes if n.op == "output")
    return output.args[0][len(output.args[0]) - results:]


def find_targets(node):
    """Names of all operators that a value is computed with."""
    seen, targets, work = set(), set(), [node]
    while work:
        current = work.pop()
        if not isinstance(current, torch.fx.Node) or current in seen:
            continue
        seen.add(current)
        if current.op == "call_function":
            target = current.target
            if isinstance(target, torch._ops.OpOverload):
                targets.add(str(target))
        work += current.all_input_nodes
    return targets


def find_missing(message):
    """Operators that graphc says it lacks altogether."""
    return set(re.findall(r"operator (\S+) is not supported", message) +
               re.findall(r"note: (\S+): \d+ uses?,", message))


def lay_out(want, node):
    """In the strides that the export records, where eager's are others."""
    recorded = node.meta["val"]
    # Symbols of sizes that depend on data are what these are in the end.
    found = {size.node.expr: number for size, number
             in zip(recorded.shape, want.shape) if not isinstance(size, int)}
    strides = tuple(stride if isinstance(stride, int)
                    else int(stride.node.expr.subs(found))
                    for stride in recorded.stride())
    if want.stride() == strides or 0 in strides:
        return want
    return torch.empty_strided(want.shape, strides,
                               dtype=want.dtype).copy_(want)


def fails_in_torch(program, batch):
    """Whether the export promises what its own inputs do not keep."""
    tensors = [samples.copy(t) for s in batch.members for t in s.tensors]
    try:
        torch.export.load(program).module()(*tensors)
    except Exception:
        return True
    return False


def run_batch(commands, batch, behind, outputs, folder):
    """[(sample, outcome, why)]; of some samples only, or of none, when the
    batch has to be split."""

    def verdict(outcome, why):
        return [(batch.members[0], outcome, why)] \
            if len(batch.members) == 1 else []

    program, library = folder / "model.pt2", folder / "model.so"
    compiled = subprocess.run(
        commands.graphc(program, "-o", library, "--threads=1", "--dump-dir="),
        capture_output=True, text=True, errors="replace",
        timeout=SECONDS)
    lines = compiled.stderr.strip().splitlines() or [""]
    if compiled.returncode == 3:
        missing = find_missing(compiled.stderr)
        return [(sample, "refused", f"no {lacks.pop()}") for sample, targets
                in zip(batch.members, behind)
                if (lacks := targets & missing)] or verdict("refused", lines[0])
    if compiled.returncode:
        return verdict("crashed", f"exit {compiled.returncode}: {lines[0]}")

    tensor_files.write([t for s in batch.members for t in s.tensors],
                       folder / "inputs")
    ran = subprocess.run(
        commands.graphc_run(library, "--inputs", folder / "inputs",
                            "--outputs", folder / "outputs"),
        capture_output=True, text=True, errors="replace", timeout=SECONDS)
    if ran.returncode == 1 and len(batch.members) == 1 \
            and fails_in_torch(program, batch):
        return verdict("unexported", "the exported program fails in torch, too")
    if ran.returncode:
        lines = ran.stderr.strip().splitlines() or [""]
        return verdict("crashed", f"run: exit {ran.returncode}: {lines[0]}")
    got = tensor_files.read(folder / "outputs")
    got = got[len(got) - len(outputs):]  # Mutations come first.
    verdicts, place = [], 0
    for sample in batch.members:
        want = sample.expected()
        values, nodes = ((items[place:place + len(want)])
                         for items in (got, outputs))
        place += len(want)
        # Some decompositions of torch make another result than the operator.
        if any(tensor.dim() != node.meta["val"].dim()
               for tensor, node in zip(want, nodes)):
            verdicts.append((sample, "unexported", "another result in torch"))
            continue
        want = [lay_out(*pair) for pair in zip(want, nodes)]
        verdicts.append((sample, *judge(sample, values, want,
                                        bool(commands.emulator))))
    return verdicts


def pick_same(sample, got, want):
    """Whether other indices pick the same elements: torch leaves open in which
    order equal ones come."""
    x = sample.tensors[0]
    if sample.op.name not in samples.UNSTABLE or got.shape != want.shape \
            or want.dtype != torch.int64 or got.dtype != want.dtype:
        return False
    if x.dim() == got.dim() + 1:  # One index along a dimension that is gone.
        return any(pick_same_along(x, dim, got.unsqueeze(dim),
                                   want.unsqueeze(dim))
                   for dim in range(x.dim()))
    return x.dim() == got.dim() and any(pick_same_along(x, dim, got, want)
                                        for dim in range(x.dim()))


def pick_same_along(x, dim, got, want):
    others = [size for i, size in enumerate(x.shape) if i != dim]
    if others != [size for i, size in enumerate(got.shape) if i != dim] \
            or not got.numel() or int(got.min()) < 0 \
            or max(int(got.max()), int(want.max())) >= x.shape[dim]:
        return False
    return torch.equal(torch.gather(x, dim, got), torch.gather(x, dim, want)) \
        and torch.equal(got.sort(dim)[0].diff(dim=dim) > 0,
                        want.sort(dim)[0].diff(dim=dim) > 0)


def differ_in_distribution(sample, got, want):
    """What the test of Kolmogorov and Smirnov says of two tensors of random
    numbers, at a level that chance does not reach; the rest must be equal."""
    why = tensor_files.differ(torch.zeros_like(got), torch.zeros_like(want),
                              None, False)
    if why or not got.numel():
        return why
    a, b = (t.double().flatten().sort().values for t in (got, want))
    every = torch.cat([a, b])
    distance = max(((torch.searchsorted(a, every, right=right)
                     - torch.searchsorted(b, every, right=right)).abs().max())
                   for right in (False, True)) / a.numel()
    if distance > 3 * (2 / sample.count_draws(got)) ** 0.5:
        return f"distributions differ by {distance}"
    return None


def judge(sample, got, want, on_gpu):
    if sample.is_random():
        whys = [differ_in_distribution(sample, *pair)
                for pair in zip(got, want)]
        why = next(filter(None, whys), None)
        return ("wrong", why) if why else ("passed", "")
    if sample.op.name in samples.UNDEFINED:
        got, want = [g.new_zeros(0) for g in got], [w.new_zeros(0)
                                                    for w in want]
    signed = isinstance(sample.op, (samples.UnaryUfuncInfo,
                                    samples.BinaryUfuncInfo)) \
        and sample.op.name not in samples.EITHER_ZERO \
        and not (on_gpu and sample.op.name in samples.ORDERED_ZERO)
    exact = None
    for index, (g, w) in enumerate(zip(got, want)):
        why = tensor_files.differ(g, w, None, signed)
        if why and g.shape == w.shape and pick_same(sample, g, w):
            continue
        if why:
            exact = exact or sample.exact() or want
            why = tensor_files.differ(g, w, exact[index], signed)
        if why:
            return "wrong", f"result {index}: {why}"
    return "passed", ""


def work_on(commands, batch, keep=None):
    """[(sample, targets, outcome, why)] of a batch, split as needed."""
    with tempfile.TemporaryDirectory() as name:
        verdicts = work_at(commands, batch, pathlib.Path(name))
        if keep:
            shutil.copytree(name, keep, dirs_exist_ok=True)
    done = [sample for sample, *_ in verdicts]
    parts = batch.without(done) if done else batch.split()
    return verdicts + [r for part in parts
                       for r in work_on(commands, part, keep)]


def work_at(commands, batch, folder):
    """The same in a folder for files; as run_batch, not always of all."""
    single = len(batch.members) == 1
    try:
        wants = [sample.expected() for sample in batch.members]
        outputs = export(batch, folder / "model.pt2")
    except Exception as error:  # torch.export cannot, so nobody will ask.
        text = str(error).strip() or type(error).__name__
        return [(batch.members[0], set(), "unexported", text[:120])] \
            if single else []
    place, behind = 0, []
    for want in wants:
        behind.append(set().union(*map(find_targets,
                                       outputs[place:place + len(want)])))
        place += len(want)
    try:
        verdicts = run_batch(commands, batch, behind, outputs, folder)
    except subprocess.TimeoutExpired:
        verdicts = [(batch.members[0], "crashed", "time-out")] \
            if single else []
    targets = dict(zip(batch.members, behind))
    return [(s, targets[s], o, w) for s, o, w in verdicts]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    parser.add_argument("--only", type=re.compile, default=re.compile(""))
    parser.add_argument("--sample", type=re.compile, default=re.compile(""))
    parser.add_argument("--samples", type=int, default=6)
    parser.add_argument("--others", type=int, default=2)
    parser.add_argument("--dtypes", default=",".join(samples.DTYPES))
    parser.add_argument("--decompose", action="store_true")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path,
                        help="leaves the last program and its tensors there")
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    commands = Commands(arguments)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    listed = set(subprocess.run([commands.binaries / "graphc", "--list-ops"], check=True,
                                capture_output=True, text=True).stdout.split())

    outcomes = collections.defaultdict(collections.Counter)
    lines = []
    for name, op in samples.find_ops(arguments.only):
        members = samples.make_samples(op, arguments.dtypes.split(","),
                                       arguments.samples, arguments.others)
        members = [m for m in members if arguments.sample.search(m.label)]
        if not members:
            continue
        counts = collections.Counter()
        for sample, targets, outcome, why in work_on(
                commands, Batch(members, arguments.decompose),
                arguments.keep):
            counts[outcome] += 1
            for target in targets:
                outcomes[target][outcome] += 1
            if outcome in ("wrong", "crashed") or arguments.v:
                lines.append(f"{name} {sample.label}: {outcome}: {why}")
                print(lines[-1], flush=True)
        print(f"{name}: " + ", ".join(f"{n} {o}" for o, n in counts.items()),
              flush=True)

    kinds = ("passed", "refused", "wrong", "crashed")
    print(f"\n{'overload':50}" + "".join(f"{kind:>9}" for kind in kinds))
    for target in sorted(outcomes):
        print(f"{target:50}" + "".join(f"{outcomes[target][kind]:9}"
                                       for kind in kinds))
    bad = [t for t in outcomes if outcomes[t]["wrong"] or outcomes[t]["crashed"]]
    good = [t for t in outcomes if set(outcomes[t]) == {"passed"}]
    untested = [t for t in listed if t.startswith(("aten.", "prims."))
                and t not in outcomes]
    print(f"{len(good)} overloads with all samples right, {len(bad)} with "
          f"wrong or crashed ones, {len(untested)} listed but without samples")
    if arguments.report:
        arguments.report.write_text(json.dumps(
            {"overloads": outcomes, "lines": lines, "untested": untested}))
    return 1 if bad or not good else 0


sys.exit(main())
