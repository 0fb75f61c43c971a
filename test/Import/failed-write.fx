# RUN: sh -c 'graphc %s --emit=graph --dump-dir=; test $? = 3' 2>&1 | FileCheck %s --implicit-check-not='error['

# What cannot be written through leaves the tensor as it was: nothing else is
# reported of it.
class failed_write(torch.nn.Module):
    def forward(self, x: "f32[4, 6]"):
        clone = torch.ops.aten.clone.default(x)
        unfold = torch.ops.aten.unfold.default(clone, 1, 3, 1)
        # CHECK: error[unsupported-op]: {{.*}} 'neg_'{{.*}}: a write to such a view
        neg_ = torch.ops.aten.neg_.default(unfold)
        diagonal = torch.ops.aten.diagonal.default(clone)
        fill_ = torch.ops.aten.fill_.Scalar(diagonal, 1)
        return (clone, diagonal)
