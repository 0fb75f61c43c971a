"""Writes the inputs of model.fx.

  inputs.py FOLDER ELEMENT

ELEMENT is x[1, 2]; everything else is an ordinary number.
"""

import json
import pathlib
import struct
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir()
x = [1.5, 2, 2.5, 3, 3.5, float(sys.argv[2])]
w = [0.5 * i - 3.5 for i in range(9)]
(folder / "x.bin").write_bytes(struct.pack("6f", *x))
(folder / "w.bin").write_bytes(struct.pack("9f", *w))
(folder / "manifest.json").write_text(json.dumps([
    {"file": "x.bin", "dtype": "float32", "shape": [2, 3], "stride": [3, 1]},
    {"file": "w.bin", "dtype": "float32", "shape": [3, 3], "stride": [3, 1]}]))
