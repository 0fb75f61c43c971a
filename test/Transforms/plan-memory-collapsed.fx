# RUN: graphc %s --emit=buffers | FileCheck %s

class flattened(torch.nn.Module):
    # What is padded is a view of the input in another shape.
    def forward(self, n: "Sym(s0)", x: "f32[s0, 2, 1]"):
        # CHECK: kernel.arena_size = #graph.expr<{{.*}}s0
        # CHECK: memref.collapse_shape
        # CHECK: memref.view {{.*}} : memref<?xi8> to memref<?xf32>
        # CHECK-NOT: memref.alloc
        flat = torch.ops.aten.view.default(x, [-1])
        pad = torch.ops.aten.constant_pad_nd.default(flat, [1, 2])
        cosine = torch.ops.aten.cumsum.default(pad, 0)
        return (cosine,)
