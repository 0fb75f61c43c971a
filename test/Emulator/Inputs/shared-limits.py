"""Writes an input of so many bytes: FOLDER BYTES."""

import json
import pathlib
import sys

folder, size = pathlib.Path(sys.argv[1]), int(sys.argv[2])
(folder / "0.bin").write_bytes(bytes(size))
(folder / "manifest.json").write_text(json.dumps(
    [{"file": "0.bin", "dtype": "int8", "shape": [size], "stride": [1]}]))
