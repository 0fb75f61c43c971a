"""How to make each error: files in a folder, and a command line."""

import json
import pathlib
import shutil
import subprocess
import zipfile

sources = pathlib.Path()  # Set by who imports this.

BROKEN = {
    "input-empty": "empty.pkl",
    "input-kind": "not_a_zip.pt2",
    "input-count": "input_count.pkl",
    "limit": "json_deep.pt2",
    "zip-truncated": "truncated.pt2",
    "zip-range": "size_claim.pt2",
    "zip-name": "traversal.pt2",
    "zip-duplicate": "duplicate.pt2",
    "zip-method": "bomb.pt2",
    "zip-crc": "crc.pt2",
    "byteorder": "big_endian.pt2",
    "version": "archive_version.pt2",
    "missing-record": "no_weight.pt2",
    "json-syntax": "json_syntax.pt2",
    "json-type": "json_type.pt2",
    "json-union": "two_tags.pt2",
    "unknown-tag": "unknown_tag.pt2",
    "bad-dtype": "dtype.pt2",
    "bad-shape": "negative_size.pkl",
    "bad-expression": "expression.pt2",
    "signature": "signature_length.pt2",
    "graph-name": "undefined_value.pt2",
    "weight-length": "weight_odd.pt2",
    "weight-range": "weight_short.pt2",
    "pickled-weight": "use_pickle.pt2",
    "pickle-truncated": "truncated.pkl",
    "pickle-opcode": "bad_opcode.pkl",
    "pickle-protocol": "protocol9.pkl",
    "pickle-stack": "stack_underflow.pkl",
    "pickle-memo": "memo_missing.pkl",
    "pickle-cycle": "cyclic_modules.pkl",
    "pickle-global": "os_system_input.pkl",
    "fx-syntax": "call.py",
    "fx-name": "undefined_name.pkl",
    "fx-attribute": "missing_attribute.pkl",
    "fx-subgraph": "subgraph_lost.py",
    "unknown-op": "unknown_op.pt2",
}

# The body of a graph over x.
TEXTS = {
    "fx-type": ("f32[2]", "y = x * 2"),
    "fx-level": ("f32[2]", "y = x.view(2)"),
    "fx-number": ("f32[2]", "y = torch.ops.aten.add.Tensor(x, 9223372036854775808)"),
    "symbol-unbound": ("f32[s0**2]", "y = torch.ops.aten.neg.default(x)"),
    "unsupported-tensor": ("DTensor(f32[2], S(0))", "y = torch.ops.aten.neg.default(x)"),
    "unsupported-op": ("f32[2, 2]", "y = torch.ops.aten.linalg_eigh.default(x)"),
    "unsupported-dtype": ("c64[4]", "y = torch.ops.aten.relu.default(x)"),
    "op-argument": ("f32[2, 3]", "y = torch.ops.aten.softmax.int(x, 3)"),
    "shape-mismatch": ("f32[2, 3]", "y = torch.ops.aten.mm.default(x, x)"),
}

# Options beside those that all have.
OPTIONS = {"unsupported-target": ["--target=z80"], "asked-failure": ["--fail-at-pass=cse"],
           "crash": ["--crash-at-pass=cse"],
           "out-of-memory": ["--exhaust-at-pass=cse"],
           "reference-run": ["--reference-values=.", "--check-inputs=none"],
           "stopped": ["--hang-at-pass=cse", "--time-limit=0.5"], "fatal": ["--target=x86-64"]}


def write_text(place, annotation, line):
    (place / "model.fx").write_text(f'''class model(torch.nn.Module):
    def forward(self, x: "{annotation}"):
        # File: model.py:7 in forward, code: y = self.f(x)
        {line}
        return (y,)
''')
    return "model.fx"


def write_archive(place, change=None, rename=None):
    """The archive of pt2_mlp with another program, or other records."""
    source = sources / "test/Integration/Inputs/pt2_mlp/model.pt2"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(place / "model.pt2", "w") as new:
        for record in old.infolist():
            data = old.read(record)
            if change and record.filename.endswith(change[0]):
                text = change[1](data.decode())
                data = text.encode()
            for name in (rename or (lambda n: [n]))(record.filename):
                new.writestr(name, data)
    return "model.pt2"


def edit(change):
    def apply(text):
        document = json.loads(text)
        change(document["graph_module"]["graph"]["nodes"])
        return json.dumps(document)
    return ("models/model.json", apply)


def lose_target(nodes):
    del nodes[0]["target"]


def add_layout(nodes):
    nodes[0]["inputs"][0]["arg"] = {"as_layout": 0}


def custom_input(nodes):
    nodes[0]["inputs"][0]["arg"] = {
        "as_custom_obj": {"name": "obj", "class_fqn": "__torch__.Queue"}}


def two_models(name):
    if name.endswith("models/model.json"):
        return [name.replace("model.json", "one.json"), name.replace("model.json", "two.json")]
    return [name]


def split_archive(place):
    """An archive that says it continues on another disk."""
    write_archive(place)
    path = place / "model.pt2"
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\5\6")
    data[end + 4:end + 6] = b"\1\0"
    path.write_bytes(data)
    return "model.pt2"


def swap_pickle(place):
    """Saved arguments whose graph has numbers for its code."""
    source = sources / "test/Integration/Inputs/broken/ok_minimal.pkl"
    data = source.read_bytes()
    at = data.index(b"_code")
    start = at + 5
    while data[start:start + 1] not in (b"X", b"\x8c"):
        start += 1
    length = (int.from_bytes(data[start + 1:start + 5], "little") + 5
              if data[start:start + 1] == b"X" else data[start + 1] + 2)
    (place / "model.pkl").write_bytes(data[:start] + b"K\1" + data[start + length:])
    return "model.pkl"


ARCHIVES = {
    "json-missing": dict(change=edit(lose_target)),
    "bad-enum": dict(change=edit(add_layout)),
    "json-duplicate": dict(change=("models/model.json",
                                   lambda text: text.replace("{", '{"a": 1, "a": 2, ', 1))),
    "unsupported-input": dict(change=edit(custom_input)),
    "model-choice": dict(rename=two_models),
    "missing-weight": dict(change=("model_weights_config.json",
                                   lambda text: text.replace('"a.weight"', '"a.weigth"'))),
}


def write_inputs(place, shape, missing=False):
    """A folder of one float32 tensor of zeros."""
    folder = place / "in"
    folder.mkdir()
    if not missing:
        size = 4
        for dim in shape:
            size *= dim
        (folder / "000.bin").write_bytes(bytes(size))
    (folder / "manifest.json").write_text(json.dumps(
        [{"file": "000.bin", "dtype": "float32", "shape": shape}]))


def compile_c(place, *arguments):
    subprocess.run(["clang-22", "-shared", "-fPIC", "-o", "model.so", *map(str, arguments)],
                   cwd=place, check=True)


def compile_model(place, name, *options):
    subprocess.run(["graphc", name, "-o", "model.so", "--dump-dir=", *options], cwd=place,
                   check=True)


def make_run(code, place):
    """A compiled module in `place`, and how graphc-run complains of it."""
    command = ["graphc-run", "model.so", "--inputs", "in"]
    if code == "module-version":
        (place / "old.c").write_text("const long graphc_module[64] = {0};\n")
        compile_c(place, "old.c")
    elif code == "run-check":
        # The module of a program by hand, whose check its second number breaks.
        runtime = sources / "lib/Runtime"
        hand = sources / "test/Driver/Inputs/run"
        compile_c(place, "-std=c99", f"-I{sources}/include", hand / "model.c",
                  *sorted(runtime.glob("*.c")))
        shutil.copytree(hand / "inputs", place / "in")
        manifest = place / "in/manifest.json"
        manifest.write_text(manifest.read_text().replace("0.5", "-0.5"))
    elif code == "run-memory":
        name = write_text(place, "f32[s0]", """a = torch.ops.aten.unsqueeze.default(x, 1)
        b = torch.ops.aten.unsqueeze.default(a, 2)
        c = torch.ops.aten.add.Tensor(a, x)
        y = torch.ops.aten.add.Tensor(b, c)""")
        compile_model(place, name)
        write_inputs(place, [100000])
    elif code != "module-open":
        options = {"run-weights": ["--weights=file"],
                   "run-driver": ["--target=nvptx:sm_80"]}.get(code, [])
        compile_model(place, write_archive(place), *options)
        write_inputs(place, [5, 12] if code != "run-argument" else [5, 13],
                     missing=code == "tensor-file")
    if code == "run-weights":
        (place / "model.safetensors").unlink()
    if code == "run-driver":
        command += ["--driver", "libnone.so.1"]
    return command


def make(code, place):
    """The command line that makes the error, run in `place`."""
    if code.startswith("run-") or code in ("tensor-file", "module-open", "module-version"):
        return make_run(code, place)
    if code == "reduce":
        return ["graphc-reduce", "none.mlir"]
    options = ["-o", "model.o", "--dump-dir="] + OPTIONS.get(code, [])
    if code == "usage":
        return ["graphc", "model.pt2"]
    if code == "input-open":
        return ["graphc", "none.pt2"] + options
    if code == "missing-tool":
        # Nothing is on PATH but graphc.
        name = write_archive(place)
        return ["/usr/bin/env", "PATH=", shutil.which("graphc"), name, "--emit=graph",
                "--format=svg", "--dump-dir="]
    if code == "link":
        # No OpenMP for another processor is installed.
        write_archive(place)
        return ["graphc", "model.pt2", "-o", "model.so", "--target=aarch64-linux-gnu",
                "--dump-dir="]
    if code == "profile-form":
        write_archive(place)
        (place / "profile.json").write_text("[]")
        return ["graphc", "model.pt2", "-o", "model.o", "--dump-dir=", "--report=report",
                "--report-profile=profile.json"]
    if code == "device-assembler":
        write_archive(place)
        (place / "bin").mkdir()
        assembler = place / "bin" / "ptxas"
        assembler.write_text("#!/bin/sh\necho 'ptxas fatal: no such chip'; exit 1\n")
        assembler.chmod(0o755)
        return ["env", f"CUDA_HOME={place}", "graphc", "model.pt2", "-o", "model.o",
                "--target=nvptx:sm_90a", "--dump-dir="]
    if code == "output-write":
        write_archive(place)
        return ["graphc", "model.pt2", "-o", "none/model.o", "--dump-dir="]
    if code in BROKEN:
        name = BROKEN[code]
        shutil.copy(sources / "test/Integration/Inputs/broken" / name, place / name)
    elif code in TEXTS:
        name = write_text(place, *TEXTS[code])
    elif code in ARCHIVES:
        name = write_archive(place, **ARCHIVES[code])
    elif code == "zip-format":
        name = split_archive(place)
    elif code == "pickle-type":
        name = swap_pickle(place)
    elif (module := sources / "test/Errors/Inputs/modules" / f"{code}.mlir").exists():
        name = module.name
        shutil.copy(module, place / name)
        first = module.read_text().split("\n", 1)[0]
        if first.startswith("// options: "):
            options += first.split()[2:]
    else:
        name = write_archive(place)
    return ["graphc", name] + options
