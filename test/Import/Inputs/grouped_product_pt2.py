"""Makes a program of a product with itself, a batch of groups, out of another
archive.

  grouped_product_pt2.py FROM TO STRIDES

The input is [2, 3, 3]; STRIDES is what the archive records of the result.
"""

import json
import sys

from pt2_model import ints, rewrite, tensor

source, target, strides = sys.argv[1:]


def change(graph):
    for name in ("x", "mul", "add"):
        graph["tensor_values"][name]["sizes"] = ints((2, 3, 3))
        graph["tensor_values"][name]["strides"] = ints((9, 3, 1))
    graph["tensor_values"]["mul"]["strides"] = ints(json.loads(strides))
    product, addition = graph["nodes"]
    product["target"] = "torch.ops.aten._grouped_mm.default"
    product["inputs"] = [{"name": name, "arg": tensor("x"), "kind": 1}
                         for name in ("self", "mat2")]
    addition["inputs"][0]["arg"] = tensor("x")
    addition["inputs"][1]["arg"] = tensor("mul")


rewrite(source, target, change)
