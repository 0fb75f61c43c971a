# RUN: graphc %s --emit=graph | FileCheck %s
# RUN: sed 's/\[2, 1\])/[2, -1])/' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=CUT
# RUN: sed 's/\[2, 1\])/[2, 2])/' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=SIZE

# CUT: error[unsupported-op]: {{.*}} 'mirrored': aten.reflection_pad1d_backward.default: gradients of padding that may cut off
# SIZE: error[shape-mismatch]: {{.*}} 'mirrored': aten.reflection_pad1d_backward.default: the gradient is not of the padded size

class gradients(torch.nn.Module):
    def forward(self, grad: "f32[2, 3, 8]", x: "f32[2, 3, 5]", n: "Sym(s0)", wide: "f32[2, s0 + 4]", y: "f32[2, s0]"):
        # Both borders, turned round, are added to what they mirror.
        # CHECK-COUNT-2: graph.flip
        # CHECK-NOT: graph.flip
        mirrored: "f32[2, 3, 5]" = torch.ops.aten.reflection_pad1d_backward.default(grad, x, [2, 1])
        # Here to the last element: there is nothing before the first.
        # CHECK: graph.reduce sum
        # CHECK-NOT: graph.reduce
        # CHECK: return
        repeated: "f32[2, s0]" = torch.ops.aten.replication_pad1d_backward.default(wide, y, [0, 4])
        return (mirrored, repeated)
