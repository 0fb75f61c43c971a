"""Runs a module with accesses where its second input says: memory.py RUNNER
EMULATOR MODULE FOLDER."""

import array
import json
import os
import pathlib
import subprocess
import sys

runner, emulator, module, folder = sys.argv[1:]


def run(what, where, distance=0, order="forward"):
    place = pathlib.Path(folder) / what.replace(" ", "-")
    (place / "inputs").mkdir(parents=True)
    values = [array.array("f", range(64)), array.array("q", [*where, distance])]
    entries = []
    for i, (value, dtype) in enumerate(zip(values, ("float32", "int64"))):
        (place / f"inputs/{i}.bin").write_bytes(value.tobytes())
        entries.append({"file": f"{i}.bin", "dtype": dtype,
                        "shape": [len(value)], "stride": [1]})
    (place / "inputs/manifest.json").write_text(json.dumps(entries))
    ran = subprocess.run(
        [runner, module, "--driver", emulator, "--inputs", place / "inputs",
         "--outputs", place / "outputs"], capture_output=True, text=True,
        env={**os.environ, "GRAPHC_EMULATOR_ORDER": order})
    print(f"{what}:", ran.returncode, ran.stderr.strip().replace("\n", "; "))
    if not ran.returncode:
        entry, = json.loads((place / "outputs/manifest.json").read_text())
        data = array.array("f", (place / "outputs" / entry["file"]).read_bytes())
        print("right:", list(data) == [
            30 if i == where[2] else i for i in reversed(range(64))])


run("aligned", [4, 0, 63, 2])
run("reversed", [4, 0, 63, 2], order="reverse")
run("too early", [4, 0, 63, 2], distance=1)
run("too early reversed", [4, 0, 63, 2], distance=1, order="reverse")
run("given", [2, 0, 63, 2])
run("shared", [4, 2, 63, 2])
run("less", [4, 1, 63, 2])
run("behind shared", [4, 0, 64, 2])
run("before shared", [4, 0, -1, 2])
run("behind given", [4, 0, 63, 1024])
