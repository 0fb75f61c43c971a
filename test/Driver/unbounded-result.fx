# Where a result goes has to be known before the run: a bound, or no module.
#
# RUN: not graphc %s -o %t.so --dump-dir= 2>&1 | FileCheck %s
# RUN: sed -e 's/# bound//' %s > %t.fx
# RUN: graphc %t.fx -o %t.so
class GraphModule(torch.nn.Module):
    def forward(self, numbers: "i64[20][1]"):
        counts: "i64[u0][1]" = torch.ops.aten.bincount.default(numbers)
        size: "Sym(u0)" = torch.ops.aten.sym_size.int(counts, 0)
        # bound is_small: "Sym(u0 <= 100)" = size <= 100
        # bound check = torch.ops.aten._assert_scalar.default(is_small, "few numbers")
        # CHECK: error[unsupported-size]: {{.*}}unbounded-result.fx: result 'counts' has the size u0, which is data and has no upper bound
        return (counts,)
