"""Programs of every function on one type, as FX text."""

UNARY = """exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh
cosh tanh asinh acosh atanh erf erfc erfinv lgamma digamma rsqrt sqrt sigmoid
floor ceil trunc round reciprocal""".split()
BINARY = ["pow.Tensor_Tensor", "atan2.default", "fmod.Tensor",
          "remainder.Tensor", "add.Tensor"]
NAMES = [call.split(".")[0] for call in UNARY + BINARY]


def write_program(path, dtype, size=37):
    lines = ["class GraphModule(torch.nn.Module):",
             f'    def forward(self, x: "{dtype}[{size}]", '
             f'y: "{dtype}[{size}]"):']
    calls = [f"{name}.default(x)" for name in UNARY]
    calls += [f"{name}(x, y)" for name in BINARY]
    for name, call in zip(NAMES, calls):
        lines.append(f'        r_{name}: "{dtype}[{size}]" = '
                     f"torch.ops.aten.{call}")
    lines.append(f"        return ({', '.join('r_' + n for n in NAMES)})")
    path.write_text("\n".join(lines) + "\n")


def write_moves(path, dtype):
    """Products, rows and elements that are picked, put and masked."""
    path.write_text(f"""class GraphModule(torch.nn.Module):
    def forward(self, x: "{dtype}[5, 37]", y: "{dtype}[37, 11]", index: "i64[3]", rows: "{dtype}[3, 37]", mask: "b8[5, 37]"):
        product = torch.ops.aten.mm.default(x, y)
        added = torch.ops.aten.index_add.default(x, 0, index, rows)
        filled = torch.ops.aten.index_fill.int_Scalar(x, 0, index, 2)
        picked = torch.ops.aten.index_select.default(x, 1, index)
        masked = torch.ops.aten.where.self(mask, x, added)
        padded = torch.ops.aten.constant_pad_nd.default(x, [1, 2, 3, 1], 1.5)
        turned = torch.ops.aten.flip.default(x, [1])
        joined = torch.ops.aten.cat.default([x, rows])
        ordered = torch.ops.aten.sort.default(x)
        first = torch.ops.aten.max.dim(x, 0)
        row = ordered[0]
        greatest = first[0]
        pooled = torch.ops.aten.max_pool1d.default(x, [3], [2])
        turned_over = torch.ops.aten.t.default(x)
        transposed = torch.ops.aten.clone.default(turned_over, memory_format=torch.contiguous_format)
        return (product, added, filled, picked, masked, padded, turned, joined, row, greatest, pooled, transposed)
""")
