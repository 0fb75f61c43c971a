"""Concatenations of more parts than insertions are analysed; see numerics.py."""

import sys

from numerics import Case, Tensor, main, whole_numbers

COUNT = 90
ATEN = "torch.ops.aten."


def part(i):
    """A node over x0 and what it makes of a row of that."""
    return [(f"{ATEN}mul.Tensor(x0, {i})", lambda row: [i * x for x in row]),
            (f"{ATEN}relu.default(x0)", lambda row: [max(x, 0) for x in row]),
            (f"{ATEN}slice.Tensor(x0, 1, 0, 5)", lambda row: row[:5])][i % 3]


x = whole_numbers((8, 6))
parts = [part(i) for i in range(COUNT)]
joined = [[value for _, apply in parts for value in apply(list(row))]
          for row in x.rows()]
whole = Tensor([8, len(joined[0])], [value for row in joined for value in row])
twice = Tensor(whole.shape, [2 * value for value in whole.values])
lines = [f"a{i} = {node}" for i, (node, _) in enumerate(parts)]
lines.append(f"c = {ATEN}cat.default("
             f"[{', '.join(f'a{i}' for i in range(COUNT))}], 1)")

CASES = {
    # Both a result and what is computed of it: not written over.
    "read": Case([x], [*lines, f"d = {ATEN}mul.Tensor(c, 2.0)",
                       "return (c, d)"], [whole, twice]),
    # Computed in the place of what it is of, where that can be had.
    "written": Case([x], [*lines, f"d = {ATEN}add_.Tensor(c, c)",
                          "return (d,)"], [twice]),
    # Parts are results, too.
    "parts": Case([x], [*lines, "return (c, a3, a4)"],
                  [whole, Tensor(x.shape, [3 * value for value in x.values]),
                   Tensor(x.shape, [max(value, 0) for value in x.values])]),
}
for case in CASES.values():
    case.tests_cpu = True

if __name__ == "__main__":
    sys.exit(main(CASES))
