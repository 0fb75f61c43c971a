"""Makes a program of one batch norm out of another archive.

  batch_norm_pt2.py FROM TO STRIDES

The input is [2, 3, 5] with channels and places swapped in memory; STRIDES is
what the archive records of the result.
"""

import json
import sys

from pt2_model import ints, rewrite, tensor

source, target, strides = sys.argv[1:]


def change(graph):
    for name in ("x", "mul", "add"):
        graph["tensor_values"][name]["sizes"] = ints((2, 3, 5))
        graph["tensor_values"][name]["strides"] = ints((15, 1, 3))
    for name in ("mul", "add"):
        graph["tensor_values"][name]["strides"] = ints(json.loads(strides))
    norm, addition = graph["nodes"]
    norm["target"] = "torch.ops.aten.batch_norm.default"
    none = {"as_none": True}
    arguments = {"input": tensor("x"), "weight": none, "bias": none,
                 "running_mean": none, "running_var": none,
                 "training": {"as_bool": True},
                 "momentum": {"as_float": 0.1}, "eps": {"as_float": 1e-5},
                 "cudnn_enabled": {"as_bool": False}}
    norm["inputs"] = [{"name": name, "arg": argument, "kind": 1}
                      for name, argument in arguments.items()]
    addition["inputs"][1]["arg"] = tensor("mul")


rewrite(source, target, change)
