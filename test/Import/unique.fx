# RUN: graphc %s --emit=graph | FileCheck %s

class unique(torch.nn.Module):
    def forward(self, x: "f32[3, 4]", rows: "i64[5, 2]", flags: "b8[2, 7]"):
        # CHECK: %[[SORTED:.+]], %[[ORDER:.+]] = graph.sort {{.*}} dim 0 {stable} : (!graph.tensor<12xf32>)
        # CHECK: %[[OTHER:.+]] = graph.gather %[[SORTED]]
        # CHECK: %[[NEW:.+]] = graph.compare ne %[[SORTED]], %[[OTHER]]
        # CHECK: %[[BEGINS:.+]] = graph.bitwise_or {{.*}}%[[NEW]]{{[ ,]}}
        # CHECK: %[[PLACES:.+]] = graph.nonzero %[[BEGINS]] symbol "u0"
        # CHECK: %[[RUNS:.+]] = graph.scan sum
        # CHECK: graph.scatter none {{.*}}[%[[ORDER]]] dim 0
        # CHECK: graph.cat {{.*}} -> !graph.tensor<(u0 + 1)xi64>
        # CHECK: graph.index %[[SORTED]]{{.*}} -> !graph.tensor<(u0)xf32>
        unique = torch.ops.aten._unique2.default(x, True, True, True)
        values: "f32[u0][1]" = unique[0]
        inverse: "i64[3, 4][4, 1]" = unique[1]
        counts: "i64[u0][1]" = unique[2]
        # Slices are sorted by all columns, from the last one.
        # CHECK: graph.while
        # CHECK: graph.sort
        # CHECK: graph.nonzero {{.*}} symbol "u1"
        slices = torch.ops.aten.unique_dim.default(rows, 0)
        distinct: "i64[u1, 2][2, 1]" = slices[0]
        # Runs are not sorted.
        # CHECK-NOT: graph.sort
        # CHECK: graph.nonzero {{.*}} symbol "u2"
        runs = torch.ops.aten.unique_consecutive.default(rows)
        first: "i64[u2][1]" = runs[0]
        # CHECK: graph.sort {{.*}} dim 1 {stable} : (!graph.tensor<2x7xi8>)
        # CHECK: graph.arg_reduce max {{.*}} dim 1 keepdim
        mode = torch.ops.aten.mode.default(flags, 1)
        often: "b8[2][1]" = mode[0]
        return (values, inverse, counts, distinct, first, often)
