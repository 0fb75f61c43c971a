"""Makes a program of a layer norm with weights in f32, and of its gradients,
out of another archive.

  layer_norm_pt2.py FROM TO DTYPE

The input is in f16; DTYPE is what the archive records of the statistics.
"""

import copy
import sys

from pt2_model import ints, rewrite, tensor

source, target, dtype = sys.argv[1:]
HALF = 6


def node(target, inputs, outputs):
    return {"target": f"torch.ops.aten.{target}.default", "name": outputs[0],
            "inputs": [{"name": name, "arg": argument, "kind": 1}
                       for name, argument in inputs.items()],
            "outputs": [tensor(name) for name in outputs], "metadata": {},
            "is_hop_single_tensor_return": None}


def change(graph):
    values = graph["tensor_values"]
    for name, kind, sizes in (
            ("x", HALF, (2, 3)), ("y", HALF, (2, 3)), ("add", HALF, (2, 3)),
            ("mean", int(dtype), (2, 1)), ("rstd", int(dtype), (2, 1)),
            ("dw", 7, (3,)), ("db", 7, (3,))):
        values[name] = copy.deepcopy(values["x"])
        values[name] |= {"dtype": kind, "sizes": ints(sizes),
                         "strides": ints((sizes[-1], 1)[-len(sizes):])}
    shape = {"as_ints": [3]}
    weights = {"weight": tensor("p_v"), "bias": tensor("p_v")}
    graph["nodes"] = [
        node("native_layer_norm",
             {"input": tensor("x"), "normalized_shape": shape, **weights,
              "eps": {"as_float": 1e-5}}, ("y", "mean", "rstd")),
        node("native_layer_norm_backward",
             {"grad_out": tensor("y"), "input": tensor("x"),
              "normalized_shape": shape, "mean": tensor("mean"),
              "rstd": tensor("rstd"), **weights,
              "output_mask": {"as_bools": [True] * 3}}, ("add", "dw", "db"))]


rewrite(source, target, change)
