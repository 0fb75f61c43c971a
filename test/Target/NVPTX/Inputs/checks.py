"""Checks inside branches and loops end a run, on the CPU and on an emulated
GPU; see numerics.py."""

import sys

from numerics import CODES, OpenCase, Tensor, main, whole_numbers


def write_graphs(graphs, types, indent):
    lines = []
    for name, (picked, nodes, *inner) in graphs.items():
        arguments = ", ".join(f'x{i}: "{types[i]}"' for i in picked)
        lines += ["", f"{indent}class {name}(torch.nn.Module):",
                  f"{indent}    def forward(self, {arguments}):",
                  *(f"{indent}        {node}" for node in nodes)]
        lines += write_graphs(inner[0] if inner else {}, types, indent + "    ")
    return lines


class Program:
    """A call of a higher-order operator: the line that calls it and its graphs,
    each which inputs it takes, its nodes and what graphs it has itself. Sizes of
    the inputs may be open."""

    def __init__(self, dims, call, graphs):
        self.dims, self.call, self.graphs = dims, call, graphs

    def text(self, dtypes):
        sizes = {size for dims in self.dims for size in dims
                 if isinstance(size, str)}
        types = [f'{CODES[dtype][0]}[{", ".join(map(str, dims))}]'
                 for dims, dtype in zip(self.dims, dtypes)]
        numbers = [f'{size}: "Sym({size})"' for size in sorted(sizes)]
        inputs = [f'x{i}: "{type_}"' for i, type_ in enumerate(types)]
        lines = ["class <lambda>(torch.nn.Module):",
                 f"    def forward(self, {', '.join(numbers + inputs)}):"]
        lines += [f"        {name} = self.{name}" for name in self.graphs]
        lines += [f"        out = torch.ops.higher_order.{self.call}",
                  "        a = out[0]", "        return (a,)"]
        lines += write_graphs(self.graphs, types, "    ")
        return "\n".join(lines) + "\n"


class CheckCase(OpenCase):
    """`runs` are inputs and what is expected, on both targets."""

    tests_cpu = True

    def __init__(self, program, runs):
        super().__init__(program.dims, [], runs, chips="sm_90a,sm_80")
        self.program = program

    def text(self):
        return self.program.text([tensor.dtype for tensor in self.inputs])


def flag(value):
    return Tensor([], [value], "bool")


def number(value):
    return Tensor([], [value], "int64")


def indices(*values):
    return Tensor([len(values)], list(values), "int64")


def rows(table, picked):
    width = table.shape[1]
    return Tensor([len(picked), width],
                  [table.rows()[row][i] for row in picked
                   for i in range(width)])


RANGE = "index out of range"
table = whole_numbers((5, 4))
none = Tensor([0, 4], [])
ones = Tensor([3, 4], [1.0] * 12)
ONES = ["a = torch.ops.aten.full.default([3, 4], 1.0, dtype=torch.float32)",
        "return (a,)"]
PICK = ["a = torch.ops.aten.embedding.default(x1, x2)", "return (a,)"]
OPEN = [[], ["s0", 4], [3]]
COND = "cond(x0, yes, no, (x1, x2))"

# Both branches of both kinds; tables without rows.
taken = Program(OPEN, COND, {"yes": ((1, 2), PICK), "no": ((1, 2), ONES)})
other = Program(OPEN, COND, {"yes": ((1, 2), ONES), "no": ((1, 2), PICK)})
put = Program([[], [5], [3]], COND, {
    "yes": ((1, 2), ["v = torch.ops.aten._to_copy.default(x2, "
                     "dtype=torch.float32)",
                     "a = torch.ops.aten.index_put.default(x1, [x2], v)",
                     "return (a,)"]),
    "no": ((1, 2), ["a = torch.ops.aten.neg.default(x1)", "return (a,)"])})
line = whole_numbers((5,))

# i = x1[i] until that is 7: an index that is clamped would never get there.
chase = Program([[], [3]], "while_loop(more, step, (x0,), (x1,))", {
    "more": ((0, 1), ["a = torch.ops.aten.ne.Scalar(x0, 7)", "return a"]),
    "step": ((0, 1), ["i = torch.ops.aten.reshape.default(x0, [1])",
                      "g = torch.ops.aten.index.Tensor(x1, [i])",
                      "a = torch.ops.aten.reshape.default(g, [])",
                      "return (a,)"])})
# The same in the condition.
POSITIVE = ["p = torch.ops.aten.ge.Scalar(x0, 0)",
            "e = torch.ops.aten._assert_async.msg(p, 'it is negative')"]
counting = Program([[], []], "while_loop(more, step, (x0,), (x1,))", {
    "more": ((0, 1), [*POSITIVE, "a = torch.ops.aten.ne.Tensor(x0, x1)",
                      "return a"]),
    "step": ((0, 1), ["a = torch.ops.aten.sub.Tensor(x0, 1)",
                      "return (a,)"])})
# A branch in a loop.
FOLLOW = chase.graphs["step"]
nested = Program([[], [3]], "while_loop(more, step, (x0,), (x1,))", {
    "more": chase.graphs["more"],
    "step": ((0, 1), ["p = torch.ops.aten.lt.Scalar(x0, 2)",
                      "small = self.small", "large = self.large",
                      "c = torch.ops.higher_order.cond(p, small, large, "
                      "(x0, x1))", "a = c[0]", "return (a,)"],
             {"small": ((0, 1), ["a = torch.ops.aten.add.Tensor(x0, 1)",
                                 "return (a,)"]), "large": FOLLOW})})

CASES = {
    "then": CheckCase(taken, [
        ([flag(1), table, indices(4, 0, 0)], [rows(table, [4, 0, 0])]),
        ([flag(1), table, indices(1, 5, 0)], RANGE),
        ([flag(1), table, indices(4, 0, -5)], RANGE),
        ([flag(0), table, indices(1, 5, 0)], [ones]),
        ([flag(1), none, indices(0, 0, 0)], RANGE),
        ([flag(0), none, indices(0, 0, 0)], [ones])]),
    "else": CheckCase(other, [
        ([flag(0), table, indices(4, 0, 0)], [rows(table, [4, 0, 0])]),
        ([flag(0), table, indices(1, -1, 0)], RANGE),
        ([flag(1), table, indices(1, -1, 0)], [ones]),
        ([flag(0), none, indices(0, 0, 0)], RANGE)]),
    "put": CheckCase(put, [
        ([flag(1), line, indices(3, 0, 2)],
         [Tensor([5], [0, line.values[1], 2, 3, line.values[4]])]),
        ([flag(1), line, indices(3, 5, 2)], RANGE)]),
    "chase": CheckCase(chase, [
        ([number(0), indices(1, 2, 7)], [number(7)]),
        ([number(0), indices(1, 2, 9)], RANGE)]),
    "condition": CheckCase(counting, [
        ([number(9), number(2)], [number(2)]),
        ([number(2), number(9)], "it is negative")]),
    "nested": CheckCase(nested, [
        ([number(0), indices(0, 0, 7)], [number(7)]),
        ([number(0), indices(0, 0, 9)], RANGE)]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
