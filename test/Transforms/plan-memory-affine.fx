# RUN: graphc %s --emit=buffers | FileCheck %s

class padded(torch.nn.Module):
    # The size of what is padded is a sum, as an affine map says it.
    def forward(self, n: "Sym(s0)", x: "f32[s0, 2]"):
        # CHECK: kernel.arena_size = #graph.expr<{{.*}}s0
        # CHECK: memref.view {{.*}} : memref<?xi8> to memref<?x2xf32>
        # CHECK-NOT: memref.alloc
        relu = torch.ops.aten.relu.default(x)
        pad = torch.ops.aten.constant_pad_nd.default(relu, [0, 0, 1, 2])
        return (pad,)
