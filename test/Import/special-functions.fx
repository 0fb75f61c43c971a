# RUN: graphc %s --emit=graph | FileCheck %s

# Special functions that are made of others.
class special(torch.nn.Module):
    def forward(self, x: "f32[4]", y: "f64[4]", h: "f16[4]", i: "i32[4]"):
        # CHECK: %[[STEPS:.*]] = graph.constant dense<49> : tensor<i64>
        # By two series of |x|, in f32 for f16; integers become floats first.
        # CHECK: graph.cast {{.*}} -> !graph.tensor<4xf32>
        # CHECK: graph.exp
        # CHECK: graph.cast {{.*}} -> !graph.tensor<4xf16>
        i0 = torch.ops.aten.i0.default(h)
        # CHECK: graph.cast {{.*}} -> !graph.tensor<4xf32>
        i1e = torch.ops.aten.special_i1e.default(i)
        # CHECK: graph.exp
        # CHECK: graph.erfc
        erfcx = torch.ops.aten.special_erfcx.default(x)
        # CHECK: graph.log1p
        log_ndtr = torch.ops.aten.special_log_ndtr.default(x)
        # CHECK: graph.digamma {{.*}}<4xf64>
        digamma = torch.ops.aten.polygamma.default(0, y)
        # Reflected below 1/2.
        # CHECK: graph.sin
        trigamma = torch.ops.aten.polygamma.default(1, x)
        # CHECK-COUNT-3: graph.lgamma
        mvlgamma = torch.ops.aten.mvlgamma.default(x, 3)
        # CHECK: graph.bitcast {{.*}} -> !graph.tensor<4xi64>
        # CHECK: graph.bitcast {{.*}} -> !graph.tensor<4xf64>
        frexp = torch.ops.aten.frexp.Tensor(y)
        mantissa = frexp[0]
        # Steps enough for neighbours among Fibonacci's numbers: %[[STEPS]].
        # CHECK: graph.while
        # CHECK: graph.compare lt %{{.*}}, %[[STEPS]]
        # CHECK: graph.fmod
        gcd = torch.ops.aten.gcd.default(i, i)
        return (i0, i1e, erfcx, log_ndtr, digamma, trigamma, mvlgamma, mantissa, gcd)
