"""Rewrites what an archive records of one tensor.

  edit_pt2.py FROM TO TENSOR FIELD JSON
"""

import json
import sys
import zipfile

source, target, tensor, field, value = sys.argv[1:]
with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
    for record in old.infolist():
        data = old.read(record)
        if record.filename.endswith("models/model.json"):
            model = json.loads(data)
            graph = model["graph_module"]["graph"]
            graph["tensor_values"][tensor][field] = json.loads(value)
            data = json.dumps(model)
        new.writestr(record, data)
