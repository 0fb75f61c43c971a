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
