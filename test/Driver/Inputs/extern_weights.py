"""Modules that take their weights from a file.

  extern_weights.py MODEL_PT2 CALL WORK [options of graphc ...] [-- options of
                    graphc-run ...]

The original tensors, written by graphc, give what the compiled ones give, bit
by bit. Weights of a model that was changed give what compiling that one gives;
the program is compiled once, from an archive whose weights were taken out.
CALL is a folder with `inputs`. Only Python's standard library is used: the
safetensors files are read and written here by the format's description.
"""

import json
import pathlib
import shutil
import struct
import subprocess
import sys
import zipfile


def run(*command):
    result = subprocess.run([str(word) for word in command],
                            capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr}")
    return result.stdout


def read_safetensors(path):
    """{name: (dtype, shape, bytes)}, with the checks of the reference reader:
    values lie one behind the other, without gaps."""
    data = path.read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    values = data[8 + length:]
    header.pop("__metadata__", None)
    tensors, end = {}, 0
    for name, entry in sorted(header.items(),
                              key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        assert begin == end, (name, begin, end)
        tensors[name] = (entry["dtype"], entry["shape"], values[begin:stop])
        end = stop
    assert end == len(values)
    return tensors


def write_safetensors(path, tensors, padding=""):
    header, values = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(values), len(values) + len(data)]}
        values += data
    text = (json.dumps(header) + padding).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + values)


def rewrite(model, path, change):
    """A copy of an archive with other bytes in its weights; None: without."""
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if "/data/weights/weight_" in entry.filename:
                data = change(data)
            if data is not None:
                new.writestr(entry.filename, data)


def move(data):
    """Other values of float32. What cannot be such stays."""
    if len(data) % 4:
        return data
    count = len(data) // 4
    values = struct.unpack(f"<{count}f", data)
    if not all(value == 0 or 1e-9 < abs(value) < 1e9 for value in values):
        return data
    return struct.pack(f"<{count}f", *(value * 0.5 + 0.0625 for value in values))


def contents(folder):
    return {path.relative_to(folder): path.read_bytes()
            for path in sorted(folder.rglob("*.bin"))}


def main():
    model, call, work = map(pathlib.Path, sys.argv[1:4])
    options, run_options = sys.argv[4:], []
    if "--" in options:
        at = options.index("--")
        options, run_options = options[:at], options[at + 1:]
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)

    def outputs(library, *more):
        run("graphc-run", library, "--inputs", call / "inputs", "--outputs",
            work / "out", *run_options, *more)
        result = contents(work / "out")
        shutil.rmtree(work / "out")
        return result

    without, changed = work / "without.pt2", work / "changed.pt2"
    rewrite(model, without, lambda data: None)
    rewrite(model, changed, move)
    run("graphc", model, "-o", work / "embedded.so", *options)
    run("graphc", changed, "-o", work / "changed.so", *options)
    run("graphc", without, "--weights=extern", "-o", work / "extern.so",
        *options)
    for source, name in ((model, "first"), (changed, "second")):
        run("graphc", source, "--weights=extern", "--emit=graph", "-o",
            work / "unused.mlir",
            f"--write-weights={work / name}.safetensors")
    first, second = work / "first.safetensors", work / "second.safetensors"

    want, other = outputs(work / "embedded.so"), outputs(work / "changed.so")
    assert want != other
    assert outputs(work / "extern.so", "--weights", first) == want
    assert outputs(work / "extern.so", "--weights", second) == other

    # Other writers: another order, elements at any address, tensors that no
    # one wants, several files with an index.
    tensors = read_safetensors(first)
    shuffled = {"unused": ("BOOL", [3], b"\0\1\0")}
    shuffled.update(sorted(tensors.items(), reverse=True))
    for padding in ("", " ", "  "):
        write_safetensors(work / "other.safetensors", shuffled, padding)
        assert outputs(work / "extern.so", "--weights",
                       work / "other.safetensors") == want
    names, folder = list(tensors), work / "parts"
    folder.mkdir()
    mapping = {}
    for part, some in enumerate((names[::2], names[1::2])):
        file = f"model-{part}.safetensors"
        write_safetensors(folder / file, {name: tensors[name] for name in some})
        mapping.update({name: file for name in some})
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": mapping}))
    assert outputs(work / "extern.so", "--weights", folder) == want
    print("all agree")


main()
