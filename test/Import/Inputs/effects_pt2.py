"""Calls the operator of a node after a token, as what has effects is called.

  effects_pt2.py FROM TO NODE OPERATOR
"""

import sys

import pt2_model

source, target, name, operator = sys.argv[1:]


def change(graph):
    node = next(n for n in graph["nodes"] if n["name"] == name)
    node["target"] = "torch.ops.higher_order.with_effects"
    node["inputs"] = [{"name": "", "arg": {"as_tensor": {"name": "x"}},
                       "kind": 1},
                      {"name": "", "arg": {"as_operator": operator},
                       "kind": 1}] + [dict(argument, name="")
                                      for argument in node["inputs"]]
    node["outputs"].insert(0, {"as_tensor": {"name": "token"}})
    graph["tensor_values"]["token"] = graph["tensor_values"][name]


pt2_model.rewrite(source, target, change)
