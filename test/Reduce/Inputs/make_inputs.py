#!/usr/bin/env python3
"""Archives that fail before there is IR: make_inputs.py FIXTURES FOLDER."""

import json
import pathlib
import sys
import zipfile


def main():
    fixtures, folder = map(pathlib.Path, sys.argv[1:])
    with zipfile.ZipFile(fixtures / "pt2_mlp/model.pt2") as old, \
            zipfile.ZipFile(folder / "eigh.pt2", "w") as new:
        for record in old.infolist():
            data = old.read(record)
            if record.filename.endswith("models/model.json"):
                document = json.loads(data)
                nodes = document["graph_module"]["graph"]["nodes"]
                nodes[2]["target"] = "torch.ops.aten.no_such_op.default"
                data = json.dumps(document)
            new.writestr(record.filename, data)


main()
