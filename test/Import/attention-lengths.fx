# RUN: graphc %s --emit=graph | FileCheck %s

class attention(torch.nn.Module):
    # The two lengths are one, which the program does not say.
    def forward(self, n: "Sym(s0)", m: "Sym(s1)", q: "f32[1, 2, 1, 8]", k: "f32[1, 2, s0, 8]", v: "f32[1, 2, s1, 8]"):
        # CHECK: graph.assert eq({{.*}}), "attention has s0 keys and s1 values"
        # CHECK: %[[V:.*]] = graph.slice %{{.*}} dim 2 from 0 to s0
        # CHECK: graph.attention %{{.*}}, %{{.*}}, %[[V]]
        attention = torch.ops.aten.scaled_dot_product_attention.default(q, k, v)
        return (attention,)
