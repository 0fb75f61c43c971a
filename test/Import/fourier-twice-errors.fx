# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class fourier_twice_errors(torch.nn.Module):
    def forward(self, x: "f32[2, 12]"):
        # CHECK: dimensions of a transform must be unique
        a = torch.ops.aten._fft_r2c.default(x, [1, -1], 0, True)
        return (a,)
