# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class fourier_errors(torch.nn.Module):
    def forward(self, x: "f32[2, 2062]"):
        # CHECK: a Fourier transform of size 1031, which has a prime factor above 1024
        a = torch.ops.aten.fft_fft.default(x)
        return (a,)
