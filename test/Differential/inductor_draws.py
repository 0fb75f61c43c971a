#!/usr/bin/env python3
"""Compares what programs draw from Inductor's seeds with Inductor's own code.

  inductor_draws.py --bin build/bin [--emulator LIBRARY]

Uniform numbers and integers have to be equal, normal ones up to the rounding of
the logarithm and the cosine. torch.compile needs a C++ compiler.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import torch._inductor.inductor_prims  # Defines its operators.

from commands import Commands, add_arguments

P = torch.ops.prims
DRAWS = [([7, 33], "rand"), ([40, 50], "randn"), ([3, 5, 2, 9], "rand"),
         ([1001], "randn"), ([300], (-5, 1000)), ([4, 77], (0, 2 ** 31 + 11)),
         ([300], (-5, 2 ** 63 - 8))]


def draw(seeds):
    results = []
    for index, (size, what) in enumerate(DRAWS):
        seed = P.inductor_lookup_seed(seeds, index)
        results.append(P.inductor_random(size, seed, what)
                       if isinstance(what, str) else
                       P.inductor_randint(*what, size, seed))
    return tuple(results)


def text():
    lines = []
    for index, (size, what) in enumerate(DRAWS):
        lines.append(f"s{index} = torch.ops.prims.inductor_lookup_seed.default("
                     f"seeds, {index})")
        lines.append(
            f"r{index} = torch.ops.prims.inductor_random.default("
            f"{size}, s{index}, {what!r})" if isinstance(what, str) else
            f"r{index} = torch.ops.prims.inductor_randint.default("
            f"{what[0]}, {what[1]}, {size}, s{index})")
    results = ", ".join(f"r{index}" for index in range(len(DRAWS)))
    return "\n".join([
        "class draws(torch.nn.Module):",
        f'    def forward(self, seeds: "i64[{len(DRAWS)}]"):',
        *(f"        {line}" for line in [*lines, f"return ({results},)"]), ""])


def run(commands, seeds, folder):
    inputs, outputs = folder / "inputs", folder / "outputs"
    inputs.mkdir()
    (folder / "draws.py").write_text(text())
    (inputs / "0.bin").write_bytes(seeds.numpy().tobytes())
    (inputs / "manifest.json").write_text(json.dumps(
        [{"file": "0.bin", "dtype": "int64", "shape": list(seeds.shape),
          "stride": [1]}]))
    subprocess.run(commands.graphc(folder / "draws.py", "-o",
                                   folder / "draws.so"), check=True)
    subprocess.run(commands.graphc_run(folder / "draws.so", "--inputs", inputs,
                                       "--outputs", outputs), check=True)
    entries = json.loads((outputs / "manifest.json").read_text())
    return [(outputs / entry["file"]).read_bytes() for entry in entries]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    commands = Commands(parser.parse_args())
    torch.manual_seed(0)
    seeds = torch.randint(-2 ** 63, 2 ** 63 - 1, [len(DRAWS)])
    wants = torch.compile(draw)(seeds)
    with tempfile.TemporaryDirectory() as name:
        gots = run(commands, seeds, pathlib.Path(name))
    wrong = 0
    for (size, what), data, want in zip(DRAWS, gots, wants):
        got = torch.frombuffer(bytearray(data), dtype=want.dtype).reshape(size)
        near = 2e-6 if what == "randn" else 0
        error = (got.double() - want.double()).abs().max().item()
        right = torch.equal(got, want) or error <= near
        print(f"{what} {size}: {'ok' if right else 'wrong'}, {error:.3g}")
        wrong += not right
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
