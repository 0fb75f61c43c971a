# RUN: graphc %s --emit=buffers | FileCheck %s

class padded(torch.nn.Module):
    # The size of the padded copy is asked of the input, and planned by what the
    # signature promises of it.
    def forward(self, n: "Sym(s0)", x: "f32[s0, 2, 4, 4]"):
        # CHECK: kernel.arena_size = #graph.expr<{{.*}}s0
        # CHECK: memref.dim
        # CHECK: memref.view {{.*}} : memref<?xi8> to memref<?x2x6x6xf32>
        # CHECK-NOT: memref.alloc
        pad = torch.ops.aten.constant_pad_nd.default(x, [1, 1, 1, 1])
        convolution = torch.ops.aten.cumsum.default(pad, 2)
        return (convolution,)
