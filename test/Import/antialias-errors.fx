# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class antialias_errors(torch.nn.Module):
    def forward(self, x: "u8[1, 3, 8, 6]"):
        # CHECK: interpolation of uint8
        a = torch.ops.aten._upsample_bicubic2d_aa.default(x, [4, 6], False)
        return (a,)
