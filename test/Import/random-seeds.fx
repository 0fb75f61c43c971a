# RUN: graphc %s --emit=graph | FileCheck %s

class seeds(torch.nn.Module):
    # What brings its own seed needs no state.
    # CHECK-NOT: random_state
    def forward(self, seeds: "i64[2]"):
        inductor_lookup_seed = torch.ops.prims.inductor_lookup_seed.default(seeds, 1)
        # Inductor's code takes the lower half of the seed.
        # CHECK: %[[SEED:.*]] = graph.bitwise_and
        # CHECK: graph.philox %[[SEED]], %{{.*}} [4, 5] half 0
        # CHECK-NOT: graph.philox
        # CHECK: return
        inductor_random = torch.ops.prims.inductor_random.default([4, 5], inductor_lookup_seed, 'rand')
        return (inductor_random,)
