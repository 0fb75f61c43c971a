"""Rewrites what an archive records of one tensor.

  edit_pt2.py FROM TO TENSOR FIELD JSON
"""

import json
import sys

import pt2_model

source, target, tensor, field, value = sys.argv[1:]


def change(graph):
    graph["tensor_values"][tensor][field] = json.loads(value)


pt2_model.rewrite(source, target, change)
