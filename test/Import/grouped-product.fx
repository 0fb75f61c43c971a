# RUN: graphc %s --emit=graph | FileCheck %s

# CHECK: graph.grouped_matmul {{.*}} -> !graph.tensor<18x32xbf16>
# CHECK: graph.grouped_matmul {{.*}} -> !graph.tensor<20x32xbf16>
# Nothing is in groups that data make.
# CHECK: graph.matmul {{.*}} -> !graph.tensor<4x64x64xbf16>
class grouped(torch.nn.Module):
    def forward(self, x: "bf16[18, 64]", y: "bf16[20, 64]", w: "bf16[4, 64, 32]", v: "bf16[4, 32, 64]", ends: "i32[4]"):
        a = torch.ops.aten._grouped_mm.default(x, w, ends)
        b = torch.ops.transformers.grouped_mm_fallback.default(y, w, ends)
        c = torch.ops.aten._grouped_mm.default(w, v)
        return (a, b, c)
