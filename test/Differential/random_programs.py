#!/usr/bin/env python3
"""Compares random programs with eager PyTorch.

  random_programs.py --bin build/bin [--emulator LIBRARY] [--seeds 0:100] [--steps 12]
                     [--dtypes f32,bf16,f16] [--decompose] [--dynamic]
                     [--keep FOLDER]

A seed makes one program: some parameters and inputs, then steps that each
apply an operator, view, concatenation or mutation to what is there, in a
random order, on small tensors of odd sizes. What operators do one by one is
run.py's matter; here it is what the compiler makes of them together. The
program is exported, compiled for several threads and run; each output must be
as near to float64 as eager's is, within a factor and the rounding of its type.
With --dynamic, the first size of inputs is a symbol, and the program runs at
several sizes; programs that torch.export takes for static are skipped.
A program that fails is printed; with --keep its files stay. Needs torch.
"""

import argparse
import collections
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import warnings

import torch

import tensor_files
from commands import Commands, add_arguments

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
EPSILON = {torch.float32: 2.0 ** -24, torch.bfloat16: 2.0 ** -9,
           torch.float16: 2.0 ** -11}
SIZES = (1, 2, 3, 4, 5, 7, 8, 16, 17, 33)
MOST = 40000
# A size that nothing else has stands for the symbol.
SYMBOL, OTHERS = 13, (14, 31, 1)
# A run at size 1, of which tracing does not think, may be refused.
GUARDS = ("do not satisfy", "that tracing kept")

UNARY = ("torch.relu({x})", "torch.sigmoid({x})", "torch.tanh({x})",
         "F.gelu({x})", "F.silu({x})", "torch.sin({x})", "-{x}", "{x}.abs()",
         "({x}.abs() + 1).sqrt()", "({x}.abs() + 1).log()",
         "torch.exp(-{x}.abs())", "{x} * {x}", "{x}.clamp(-0.5, 0.75)",
         "{x} + 1", "1 - {x}", "{x}.tril() if {x}.dim() > 1 else {x}",
         "F.leaky_relu({x}, 0.1)", "F.hardswish({x})",
         "torch.rsqrt({x}.abs() + 1)", "{x}.round()")
BINARY = ("{x} + {y}", "{x} - {y}", "{x} * {y}", "{x} / ({y}.abs() + 1)",
          "torch.maximum({x}, {y})", "torch.where({x} > 0, {y}, {x})",
          "torch.where({m}, {x}, {y})", "torch.lerp({x}, {y}, 0.25)")
ROWS = ("torch.softmax({x}, {d})", "torch.log_softmax({x}, {d})",
        "{x}.sum({d})", "{x}.mean({d}, keepdim=True)", "{x}.amax({d})",
        "{x}.amin({d}, keepdim=True)", "{x}.var({d}, unbiased=False)",
        "torch.logsumexp({x}, {d})", "torch.cumsum({x}, {d})",
        "{x} - {x}.mean({d}, keepdim=True)", "F.normalize({x}, dim={d})",
        "F.layer_norm({x}, {x}.shape[-1:])",
        "{x} * torch.rsqrt({x}.pow(2).mean(-1, keepdim=True) + 1e-5)",
        "{x}.sort({d}).values", "torch.sum({x})")
VIEWS = ("{x}.transpose({d}, {e})", "{x}.unsqueeze({d})", "{x}.squeeze({d})",
         "{x}.flip({d})", "{x}.roll(1, {d})", "{x}.contiguous()",
         "{x}.narrow({d}, {a}, {n})", "{x}.select({d}, {a})",
         "torch.movedim({x}, {d}, {e})", "{x}.flatten()",
         "{x}.reshape(-1, {x}.shape[-1])", "{x}.chunk(2, {d})[0]",
         "{x}.chunk(2, {d})[-1]", "{x}.expand(2, *{x}.shape)",
         "{x}.repeat_interleave(2, {d})", "{x}[..., ::2]",
         "{x}.unfold({d}, {n}, 1)", "{x}.diagonal(0, {d}, {e})",
         "F.pad({x}, (1, 2))", "F.pad({x}, (0, 0, 1, 0))", "{x}.clone()")
JOINS = ("torch.cat([{x}, {y}], {d})", "torch.cat([{x}, {x} + 1, {y}], {d})",
         "torch.stack([{x}, {y}], {d})")
PRODUCTS = ("{x} @ {y}", "{x} @ {y}.transpose(-1, -2)",
            "torch.einsum('...i,...j->...ij', {x}, {y})",
            "F.scaled_dot_product_attention({x}, {y}, {y})",
            "torch.softmax({x} @ {y}.transpose(-1, -2), -1) @ {y}")
LAYERS = ("F.linear({x}, {p})", "F.linear({x}, {p}, {b})",
          "F.conv1d({x}, {c1}, padding=1)", "F.conv2d({x}, {c2}, padding=1)",
          "F.max_pool2d({x}, 2)", "F.avg_pool2d({x}, 2)",
          "F.embedding({i}, {p})", "{x}.index_select({d}, {k})",
          "torch.gather({x}, {d}, {x}.argsort({d}))")
CHANGES = ("{x}.add_({y})", "{x}.mul_(0.5)", "{x}[..., :1] = 0.25",
           "{x}[{a}:{a}+{n}] += 1", "{x}.transpose(0, -1)[0].copy_({y})",
           "{x}.masked_fill_({x} > 0.5, 0.0)", "{x}[{k}] = {x}[0]")


class Program:
    """The text of one program, made while it runs."""

    def __init__(self, seed, steps, dynamic=False):
        self.random = random.Random(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.lines, self.parameters, self.inputs = [], {}, {}
        self.values, self.dynamic = {}, dynamic
        for i in range(self.random.randint(1, 3)):
            self.add_input(f"x{i}", self.shape())
        for _ in range(steps):
            for _ in range(20):
                if self.step():
                    break
        names = list(self.values)
        words = re.findall(r"\w+", " ".join(self.lines))
        unused = [name for name in names if words.count(name) == 1]
        self.results = sorted({names[-1], *unused[-6:], *self.random.sample(
            names, min(2, len(names)))})

    def shape(self):
        rank = self.random.choice((1, 2, 2, 3, 3, 4))
        sizes = [size for size in SIZES
                 if not self.dynamic or size < SYMBOL]
        while True:
            shape = [self.random.choice(sizes) for _ in range(rank)]
            if torch.Size(shape).numel() <= 4096:
                return shape

    def tensor(self, shape):
        return torch.randn(shape, generator=self.generator)

    def add_input(self, name, shape):
        if self.dynamic:
            shape = [SYMBOL, *shape[1:]]
        self.inputs[name] = self.values[name] = self.tensor(shape)
        if self.dynamic:
            return
        if self.random.random() < 0.3 and len(shape) > 1:
            self.inputs[name] = self.values[name] = \
                self.tensor(shape[::-1]).permute(
                    *reversed(range(len(shape))))

    def parameter(self, shape, kind="float"):
        name = f"self.p{len(self.parameters)}"
        value = self.tensor(shape) * 0.5 if kind == "float" else kind(shape)
        self.parameters[name] = value
        return name

    def matching(self, x, rule):
        """A value that fits beside x: there already, or a new parameter."""
        others = [name for name, value in self.values.items()
                  if name != x and rule(self.values[x], value)]
        if others and self.random.random() < 0.7:
            return self.random.choice(others)
        shape = list(self.values[x].shape)
        if self.random.random() < 0.3 and shape:
            shape[self.random.randrange(len(shape))] = 1
        shape = shape[self.random.choice((0, 0, 0, 1)):] if shape else shape
        return self.parameter(self.known(shape))

    def known(self, shape):
        """Sizes that depend on the symbol are for broadcasting."""
        return [1 if self.dynamic and size >= SYMBOL else size
                for size in shape]

    def step(self):
        kinds = ((UNARY, 4), (BINARY, 5), (ROWS, 3), (VIEWS, 6), (JOINS, 3),
                 (PRODUCTS, 2), (LAYERS, 2), (CHANGES, 2))
        templates = self.random.choices([k for k, _ in kinds],
                                        [w for _, w in kinds])[0]
        template = self.random.choice(templates)
        x = self.random.choice(list(self.values)[-6:])
        value = self.values[x]
        rank = value.dim()
        if not rank or value.numel() == 0:
            return False
        is_change = templates is CHANGES
        d = self.random.randrange(rank)
        size = value.shape[d if not is_change else 0]
        a = self.random.randrange(size)
        fields = {"x": x, "d": d, "e": self.random.randrange(rank), "a": a,
                  "n": self.random.randint(1, size - a)}
        if "{y}" in template:
            fields["y"] = self.matching(x, lambda s, o: self.fits(
                template, s, o))
        if "{m}" in template:
            fields["m"] = self.parameter(
                self.known(value.shape), lambda s: self.tensor(s) > 0)
        if "{p}" in template:
            fields["p"] = self.parameter(
                (self.random.choice(SIZES), value.shape[-1]))
            fields["b"] = self.parameter(
                self.parameters[fields["p"]].shape[:1])
        if "{i}" in template:
            rows = len(self.parameters[fields["p"]])
            fields["i"] = self.parameter((3, 5), lambda s: torch.randint(
                0, rows, s, generator=self.generator))
        if "{k}" in template:
            fields["k"] = self.parameter(
                (3,), lambda s: torch.randint(0, size, s,
                                              generator=self.generator))
        for field, extent in (("{c1}", 1), ("{c2}", 2)):
            if field in template and rank == extent + 2:
                fields[field[1:-1]] = self.parameter(
                    [self.random.choice(SIZES), value.shape[1]] + [3] * extent)
        try:
            return self.apply(template, fields, is_change)
        except (RuntimeError, IndexError, KeyError, ValueError, TypeError):
            return False

    def fits(self, template, x, other):
        if "cat" in template or "stack" in template:
            return x.shape == other.shape
        if "@" in template or "attention" in template:
            return x.dim() == other.dim() and x.dim() > 1
        try:
            shape = torch.broadcast_shapes(x.shape, other.shape)
        except RuntimeError:
            return False
        return torch.Size(shape).numel() <= MOST

    def apply(self, template, fields, is_change):
        name = f"v{len(self.lines)}"
        if is_change:
            # Only of a copy: inputs and other views are eager's business.
            lines = [f"{name} = {fields['x']}.clone()",
                     template.format(**fields | {"x": name})]
        else:
            lines = [f"{name} = {template.format(**fields)}"]
        scope = {"torch": torch, "F": torch.nn.functional,
                 "self": self.module({})} | dict(self.values)
        for line in lines:
            exec(line, scope)
        result = scope[name]
        if not isinstance(result, torch.Tensor) or \
                result.dtype != torch.float32 or result.dim() > 5 or \
                not 0 < result.numel() <= MOST or \
                not result.isfinite().all():
            return False
        top = result.abs().max().item()
        if top > 8:
            lines.append(f"{name} = {name} * {1 / top:.3}")
            exec(lines[-1], scope)
        self.lines += lines
        self.values[name] = scope[name]
        return True

    def text(self):
        body = "\n".join("        " + line for line in self.lines)
        return (f"class Model(torch.nn.Module):\n"
                f"    def forward(self, {', '.join(self.inputs)}):\n{body}\n"
                f"        return {', '.join(self.results)},\n")

    def module(self, scope):
        model = scope["Model"]() if scope else torch.nn.Module()
        for name, value in self.parameters.items():
            model.register_buffer(name[len("self."):], value)
        return model

    def build(self):
        scope = {"torch": torch, "F": torch.nn.functional}
        exec(self.text(), scope)
        return self.module(scope).eval()


def cast(value, dtype):
    return value.to(dtype) if value.is_floating_point() else value


def resized(program, size):
    """Inputs with another value of the symbol."""
    return [program.tensor([size, *value.shape[1:]])
            for value in program.inputs.values()]


def run_eager(program, inputs, dtype):
    model = program.build().to(dtype)
    with torch.no_grad():
        return [value.double() for value in
                model(*(cast(value, dtype) for value in inputs))]


def fails(program, inputs, dtype):
    """Eager does; an index that is too large for a size, for example."""
    try:
        run_eager(program, inputs, dtype)
    except (IndexError, RuntimeError):
        return True
    return False


def export(program, dtype, decompose, path):
    """Saves the program; why not, when its sizes cannot be symbolic."""
    inputs = tuple(cast(value, dtype) for value in program.inputs.values())
    symbol = torch.export.Dim("b", min=2)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exported = torch.export.export(
                program.build().to(dtype), inputs, strict=False,
                dynamic_shapes=({0: symbol},) * len(inputs)
                if program.dynamic else None)
        except Exception as error:
            if program.dynamic:
                return str(error).splitlines()[0]
            raise
        if decompose:
            exported = exported.run_decompositions()
        torch.export.save(exported, path)
    return None


class Refused(Exception):
    """Exit status 3."""


def run(*command):
    """What is wrong with a command of ours."""
    result = subprocess.run([str(word) for word in command],
                            capture_output=True, text=True, timeout=120)
    if result.returncode == 3:
        raise Refused(result.stderr.strip().splitlines()[0])
    return (f"exit {result.returncode}: {result.stderr.strip()}"
            if result.returncode else None)


def compare(program, inputs, dtype, commands, folder):
    """None, or what is wrong with a run."""
    tensor_files.write([cast(value, dtype) for value in inputs],
                       folder / "inputs")
    wrong = run(*commands.graphc_run(
        folder / "model.so", "--inputs", folder / "inputs", "--outputs",
        folder / "outputs", "--threads", "2"))
    if wrong:
        return wrong
    outputs = tensor_files.read(folder / "outputs")
    eager = run_eager(program, inputs, dtype)
    exact = run_eager(program, inputs, torch.float64)
    for name, ours, theirs, truth in zip(program.results, outputs, eager,
                                         exact, strict=True):
        if ours.shape != truth.shape:
            return f"{name} has shape {tuple(ours.shape)}"
        # Statistics of one number, for example.
        if not torch.equal(ours.isnan(), truth.isnan()):
            return f"{name} is NaN elsewhere"
        ours, theirs, truth = (value.nan_to_num()
                               for value in (ours, theirs, truth))
        scale = max(1.0, truth.abs().max().item())
        error = (ours.double() - truth).abs().max().item()
        theirs = (theirs - truth).abs().max().item()
        if not error <= 4 * theirs + 64 * EPSILON[dtype] * scale:
            return f"{name} is off by {error:.3g}, eager by {theirs:.3g}"
    return None


def check(program, dtype, decompose, commands, folder):
    """Outcome and what there is to say about it."""
    why = export(program, dtype, decompose, folder / "model.pt2")
    if why:
        return "skipped", why
    try:
        wrong = run(*commands.graphc(folder / "model.pt2", "-o",
                                     folder / "model.so",
                                     f"--dump-dir={folder / 'dumps'}"))
        if wrong:
            return "failed", wrong
        sets = [list(program.inputs.values())]
        if program.dynamic:
            sets += [resized(program, size) for size in OTHERS]
        for inputs in sets:
            is_one = inputs[0].shape[0] == 1
            if is_one and fails(program, inputs, dtype):
                continue
            wrong = compare(program, inputs, dtype, commands, folder)
            if wrong and is_one and any(guard in wrong for guard in GUARDS):
                continue
            if wrong:
                return "failed", f"at size {inputs[0].shape[0]}: {wrong}"
    except Refused as error:
        return "refused", str(error)
    except subprocess.TimeoutExpired as error:
        return "failed", str(error)
    return "passed", ""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--seeds", default="0:100")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--dtypes", default="f32,bf16")
    parser.add_argument("--decompose", action="store_true")
    parser.add_argument("--dynamic", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path)
    given = parser.parse_args()
    commands = Commands(given)
    first, _, end = given.seeds.partition(":")
    seeds = range(int(first), int(end or int(first) + 1))
    torch.set_num_threads(1)
    count = collections.Counter()
    for seed in seeds:
        program = Program(seed, given.steps, given.dynamic)
        for name in given.dtypes.split(","):
            with tempfile.TemporaryDirectory() as folder:
                if given.keep:
                    folder = given.keep / f"{seed}-{name}"
                    folder.mkdir(parents=True, exist_ok=True)
                outcome, why = check(program, DTYPES[name], given.decompose,
                                     commands,
                                     pathlib.Path(folder))
            count[outcome] += 1
            if outcome in ("refused", "failed"):
                print(f"seed {seed} {name} {outcome}: {why}", flush=True)
            if outcome == "failed":
                print(program.text(), flush=True)
    print(", ".join(f"{count[outcome]} {outcome}" for outcome in
                    ("passed", "skipped", "refused", "failed")))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
