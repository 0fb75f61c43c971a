#!/usr/bin/env python3
"""Writes a program of products of different sizes, no two kernels alike.

  many_kernels.py COUNT                  the program, as FX text
  many_kernels.py COUNT --inputs FOLDER  random inputs
"""

import json
import pathlib
import random
import struct
import sys

count = int(sys.argv[1])
SHAPES = {"x": [64, 128]}
SHAPES |= {f"w{i}": [128, 64 + 8 * i] for i in range(count)}


def write_program():
    arguments = ", ".join(f'{name}: "bf16[{shape[0]}, {shape[1]}]"'
                          for name, shape in SHAPES.items())
    print("class Many(torch.nn.Module):")
    print(f"    def forward(self, {arguments}):")
    for i in range(count):
        print(f"        p{i} = torch.ops.aten.mm.default(x, w{i})")
    print(f"        return ({', '.join(f'p{i}' for i in range(count))},)")


def write_inputs(folder):
    folder.mkdir(parents=True)
    entries = []
    for i, shape in enumerate(SHAPES.values()):
        data = b"".join(struct.pack("<f", random.choice((-1, 1)))[2:]
                        for _ in range(shape[0] * shape[1]))
        (folder / f"{i:03}.bin").write_bytes(data)
        entries.append({"file": f"{i:03}.bin", "dtype": "bfloat16",
                        "shape": shape, "stride": [shape[1], 1]})
    (folder / "manifest.json").write_text(json.dumps(entries))


if len(sys.argv) > 2:
    write_inputs(pathlib.Path(sys.argv[3]))
else:
    write_program()
