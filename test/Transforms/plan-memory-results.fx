# RUN: graphc %s --emit=buffers | FileCheck %s

class rolled(torch.nn.Module):
    # What is padded is a result, whose size is asked of the caller's memory and
    # planned by what the signature promises of it.
    def forward(self, n: "Sym(s0)", x: "f32[s0, 2]"):
        # CHECK: kernel.arena_size = #graph.expr<{{.*}}s0
        # CHECK: memref.dim %arg2
        # CHECK: memref.view {{.*}} : memref<?xi8> to memref<?x2xf32>
        # CHECK-NOT: memref.alloc
        roll = torch.ops.aten.roll.default(x, [1], [0])
        pad = torch.ops.aten.constant_pad_nd.default(roll, [0, 0, 1, 0])
        sine = torch.ops.aten.sin.default(pad)
        return (roll, sine)
