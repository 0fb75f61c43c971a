"""Makes a program of one dropout, in inference, out of another archive.

  dropout_pt2.py FROM TO STRIDES

The input is [2, 3, 5] with a gap behind each line; STRIDES is what the archive
records of the result.
"""

import json
import sys

from pt2_model import ints, rewrite, tensor

source, target, strides = sys.argv[1:]


def change(graph):
    for name in ("x", "mul", "add"):
        graph["tensor_values"][name]["sizes"] = ints((2, 3, 5))
    graph["tensor_values"]["x"]["strides"] = ints((18, 6, 1))
    for name in ("mul", "add"):
        graph["tensor_values"][name]["strides"] = ints(json.loads(strides))
    dropout, addition = graph["nodes"]
    dropout["target"] = "torch.ops.aten.dropout.default"
    arguments = {"input": tensor("x"), "p": {"as_float": 0.5},
                 "train": {"as_bool": False}}
    dropout["inputs"] = [{"name": name, "arg": argument, "kind": 1}
                         for name, argument in arguments.items()]
    addition["inputs"][1]["arg"] = tensor("mul")


rewrite(source, target, change)
