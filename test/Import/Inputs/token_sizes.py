"""Inputs and results of token_sizes.pt2, what torch.export makes of

  def forward(self, x, y):
      z = x.reshape(-1, 2) + y.reshape(-1, 1)
      return z, z.reshape(*y.shape, 2)

with `Dim.AUTO` for both sizes of y and the first two of x, [.., .., 2]: the
products of these are equal by a guard.

  token_sizes.py inputs FOLDER A B C D
  token_sizes.py check FOLDER A B C D

A B are the sizes of x, C D those of y.
"""

import json
import pathlib
import struct
import sys

step, folder = sys.argv[1], pathlib.Path(sys.argv[2])
a, b, c, d = map(int, sys.argv[3:])
xs = [float(i * 7 % 13) for i in range(a * b * 2)]
ys = [float(i * 5 % 11) for i in range(c * d)]


def pack(numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


if step == "inputs":
    folder.mkdir(parents=True)
    (folder / "000.bin").write_bytes(pack(xs))
    (folder / "001.bin").write_bytes(pack(ys))
    (folder / "manifest.json").write_text(json.dumps([
        {"file": "000.bin", "dtype": "float32", "shape": [a, b, 2],
         "stride": [b * 2, 2, 1]},
        {"file": "001.bin", "dtype": "float32", "shape": [c, d],
         "stride": [d, 1]}]))
else:
    expected = pack([x + ys[i // 2] for i, x in enumerate(xs)])
    entries = json.loads((folder / "manifest.json").read_text())
    right = [entry["shape"] for entry in entries] == [[c * d, 2], [c, d, 2]] \
        and all((folder / entry["file"]).read_bytes() == expected
                for entry in entries)
    print("right" if right else "wrong")
