# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class bits_errors(torch.nn.Module):
    def forward(self, x: "f32[4]"):
        # CHECK: a view of float32 as int16
        a = torch.ops.aten.view.dtype(x, torch.int16)
        return (a,)
