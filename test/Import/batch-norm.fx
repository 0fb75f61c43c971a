# RUN: graphc %s --emit=graph | FileCheck %s

# Statistics of a batch are of the input's type, moved ones as wide as they are
# computed: that is what exported programs say.

class batch_norm(torch.nn.Module):
    def forward(self, x: "bf16[2, 3, 4]", mean: "bf16[3]", var: "bf16[3]"):
        norm = torch.ops.aten._native_batch_norm_legit_functional.default(x, None, None, mean, var, True, 0.1, 1e-05)
        out = norm[0]
        save_mean = norm[1]
        save_rstd = norm[2]
        next_mean = norm[3]
        next_var = norm[4]
        still = torch.ops.aten._native_batch_norm_legit_no_training.default(x, None, None, mean, var, 0.1, 1e-05)
        nothing = still[1]
        # CHECK: return {{.*}} : !graph.tensor<2x3x4xbf16>, !graph.tensor<3xbf16>, !graph.tensor<3xbf16>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<0xbf16>
        return (out, save_mean, save_rstd, next_mean, next_var, nothing)
