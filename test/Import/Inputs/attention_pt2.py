"""Makes a program of one attention out of another archive.

  attention_pt2.py FROM TO STRIDES

The query is [2, 3, 5, 4] with heads and rows swapped in memory; STRIDES is what
the archive records of the result.
"""

import json
import sys

from pt2_model import ints, rewrite, tensor

source, target, strides = sys.argv[1:]


def change(graph):
    for name in ("x", "mul", "add"):
        graph["tensor_values"][name]["sizes"] = ints((2, 3, 5, 4))
        graph["tensor_values"][name]["strides"] = ints((60, 4, 12, 1))
    graph["tensor_values"]["mul"]["strides"] = ints(json.loads(strides))
    graph["tensor_values"]["add"]["strides"] = ints(json.loads(strides))
    attention, addition = graph["nodes"]
    attention["target"] = \
        "torch.ops.aten.scaled_dot_product_attention.default"
    attention["inputs"] = [
        {"name": name, "arg": tensor("x"), "kind": 1}
        for name in ("query", "key", "value")]
    addition["inputs"][1]["arg"] = tensor("mul")


rewrite(source, target, change)
