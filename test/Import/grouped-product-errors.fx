# RUN: not graphc %s --emit=graph 2>&1 | FileCheck %s

# All that is refused is told at once.
# CHECK-DAG: 'biased': {{.*}}_grouped_mm with a bias
# CHECK-DAG: 'widened': {{.*}}_grouped_mm with a result of another type than self
# CHECK-DAG: 'no_ends': {{.*}}_grouped_mm takes offsets unless both operands have three dimensions

class grouped(torch.nn.Module):
    def forward(self, x: "bf16[18, 64]", w: "bf16[4, 64, 32]", ends: "i32[4]", b: "bf16[4, 32]"):
        biased = torch.ops.aten._grouped_mm.default(x, w, ends, b)
        widened = torch.ops.aten._grouped_mm.default(x, w, ends, None, torch.float32)
        no_ends = torch.ops.aten._grouped_mm.default(x, w)
        return (biased, widened, no_ends)
