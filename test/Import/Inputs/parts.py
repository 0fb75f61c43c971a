"""Inputs and results of parts.fx.

  parts.py inputs FOLDER FIRST SECOND
  parts.py check FOLDER FIRST SECOND

FIRST and SECOND are the sizes of the parts of nine rows.
"""

import json
import pathlib
import struct
import sys

step, folder = sys.argv[1], pathlib.Path(sys.argv[2])
first, second = map(int, sys.argv[3:])
xs = [float(i - 20) for i in range(45)]


def pack(numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


if step == "inputs":
    folder.mkdir(parents=True)
    (folder / "000.bin").write_bytes(pack(xs))
    (folder / "001.bin").write_bytes(struct.pack("<2q", first, second))
    (folder / "manifest.json").write_text(json.dumps([
        {"file": "000.bin", "dtype": "float32", "shape": [9, 5],
         "stride": [5, 1]},
        {"file": "001.bin", "dtype": "int64", "shape": [2], "stride": [1]}]))
else:
    relu = [max(x, 0.0) for x in xs[5 * first:5 * (first + second)]]
    add = [abs(x) + x for x in xs]
    results = [(folder / f"00{i}.bin").read_bytes() for i in range(2)]
    print("right" if results == [pack(relu), pack(add)] else "wrong")
