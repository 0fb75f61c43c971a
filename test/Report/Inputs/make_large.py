"""Writes a module of about 2,000 operations in the modules of 24 layers.

    make_large.py LAYERS > large.mlir
"""

import sys

TYPE = "!graph.tensor<16x16xf32>"
BLOCKS = {"attention.query": 20, "attention.output": 20, "feed.inner": 20,
          "feed.outer": 20}


def main(layers):
    print(f"func.func @main(%arg0: {TYPE}) -> {TYPE} {{")
    last, number, skip, branch = "%arg0", 0, "%arg0", None
    for layer in range(layers):
        for block, count in BLOCKS.items():
            for i in range(count):
                # Branches that start where the block does, and join the rest.
                op, other = ("add", branch) if i % 2 else ("tanh", None)
                place = (f'loc("{op}_{number}"(fused<"encoder.layer.{layer}.{block}">'
                         f'["model.py":{10 + i}:0]))')
                if i == 7:
                    op, other = "matmul", branch
                operands = skip if other is None else f"{last}, {other}"
                types = ", ".join([TYPE] * (1 if other is None else 2))
                print(f"  %{number} = graph.{op} {operands} : ({types}) -> {TYPE} {place}")
                if other is None:
                    branch = f"%{number}"
                else:
                    last = f"%{number}"
                number += 1
            skip = last
    print(f"  return {last} : {TYPE}\n}}")


main(int(sys.argv[1]))
