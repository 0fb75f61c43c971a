# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class counting_errors(torch.nn.Module):
    def forward(self, repeats: "i64[3]"):
        # CHECK: repeat_interleave without output_size
        a = torch.ops.aten.repeat_interleave.Tensor(repeats)
        return (a,)
