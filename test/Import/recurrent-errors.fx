# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class recurrent_errors(torch.nn.Module):
    def forward(self, x: "f32[5, 2, 4]", h: "f32[1, 2, 3]", w: "f32[3, 4]", u: "f32[3, 3]"):
        # CHECK: too few weights
        a = torch.ops.aten.rnn_tanh.input(x, h, [w], False, 1, 0.0, False, False, False)
        return (a,)
