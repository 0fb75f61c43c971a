# RUN: graphc %s --emit=graph | FileCheck %s

class puts(torch.nn.Module):
    # Indices and values have one length, which the program does not say: the
    # result has the shape of what is written into.
    def forward(self, n: "Sym(s0)", m: "Sym(s1)", k: "Sym(s2)", x: "f32[9, 5]", i: "i64[s0]", j: "i64[s1]", v: "f32[s2]", row: "f32[1]"):
        # CHECK-DAG: graph.assert eq({{.*}}), "an index has a size of s1 for s0"
        # CHECK-DAG: %[[J:.*]] = graph.slice %{{.*}} dim 0 from 0 to s0 {{.*}}xi64>
        # CHECK-DAG: graph.assert eq({{.*}}), "what is put has a size of s2 for s0"
        # CHECK-DAG: %[[V:.*]] = graph.slice %{{.*}} dim 0 from 0 to s0 {{.*}}xf32>
        # CHECK: graph.index_put %[[V]] into %{{.*}}[%{{.*}}, %[[J]]]
        both = torch.ops.aten.index_put.default(x, [i, j], v, True)
        # What broadcasts stays.
        # CHECK-NOT: graph.assert
        # CHECK: graph.index_put %{{.*}} into %{{.*}}[%{{.*}}]
        spread = torch.ops.aten.index_put.default(both, [i], row, True)
        return (spread,)
