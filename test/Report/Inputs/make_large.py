"""Writes a module of about 2,000 operations in the modules of 24 layers.

    make_large.py LAYERS > large.mlir
"""

import sys

TYPE = "!graph.tensor<16x16xf32>"
BLOCKS = {"attention.query": 20, "attention.output": 20, "feed.inner": 20,
          "feed.outer": 20}


def main(layers):
    print(f"func.func @main(%arg0: {TYPE}) -> {TYPE} {{")
    last, number, skip = "%arg0", 0, "%arg0"
    for layer in range(layers):
        for block, count in BLOCKS.items():
            start = last
            for i in range(count):
                op, other = ("tanh", None) if i % 2 else ("add", skip)
                place = (f'loc("{op}_{number}"(fused<"encoder.layer.{layer}.{block}">'
                         f'["model.py":{10 + i}:0]))')
                if i == 7:
                    op, other = "matmul", skip
                operands = last if other is None else f"{last}, {other}"
                types = ", ".join([TYPE] * (1 if other is None else 2))
                print(f"  %{number} = graph.{op} {operands} : ({types}) -> {TYPE} {place}")
                last = f"%{number}"
                number += 1
            skip = start
    print(f"  return {last} : {TYPE}\n}}")


main(int(sys.argv[1]))
