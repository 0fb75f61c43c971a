# RUN: graphc %s --emit=graph | FileCheck %s

class indexing(torch.nn.Module):
    def forward(self, x: "f32[4, 8]", places: "i64[4, 2]"):
        # Along a dimension any index is taken modulo its size.
        # CHECK: %[[SIZE:.*]] = graph.{{constant dense<8>|size_to_tensor 8}}
        # CHECK: %[[WRAPPED:.*]] = graph.remainder %{{.*}}, %[[SIZE]]
        # CHECK: graph.gather %{{.*}}[%[[WRAPPED]]] dim 1
        along = torch.ops.aten.take_along_dim.default(x, places, 1)
        # Without one it is not, and may fail.
        # CHECK-NOT: graph.remainder
        # CHECK: graph.gather {{.*}} dim 0
        flat = torch.ops.aten.take_along_dim.default(x, places)
        return (along, flat)
