# RUN: not graphc %s --emit=graph 2>&1 | FileCheck %s

# CHECK: error[op-argument]: {{.*}}: line 9 'softmax': aten.softmax.int: dimension 3 is out of range for 2 dimensions
# CHECK-NEXT: note: schema: aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor

class arguments(torch.nn.Module):
    def forward(self, x: "f32[4, 4]"):
        neg = torch.ops.aten.neg.default(x)
        softmax = torch.ops.aten.softmax.int(neg, 3)
        return (softmax,)
