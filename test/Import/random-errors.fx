# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class wrong(torch.nn.Module):
    def forward(self, x: "f32[4]", i: "i64[4]", w: "f32[2, 2, 2]"):
        # CHECK-DAG: error[op-argument]: {{.*}}'randint': {{.*}}: draws from an empty range
        randint = torch.ops.aten.randint.low(3, 3, [4])
        # CHECK-DAG: error[op-argument]: {{.*}}'bernoulli': {{.*}}: a probability is from 0 to 1
        bernoulli = torch.ops.aten.bernoulli.p(x, 1.5)
        # CHECK-DAG: error[op-argument]: {{.*}}'uniform': {{.*}}: draws from an empty range
        uniform = torch.ops.aten.uniform.default(x, 2.0, 1.0)
        # CHECK-DAG: error[op-argument]: {{.*}}'normal': {{.*}}: 'std' is out of range
        normal = torch.ops.aten.normal_functional.default(x, 0.0, -1.0)
        # CHECK-DAG: error[unsupported-dtype]: {{.*}}'randn_like': {{.*}}: draws floats of 16 to 64 bits only
        randn_like = torch.ops.aten.randn_like.default(i)
        # CHECK-DAG: error[unsupported-dtype]: {{.*}}'dropout': {{.*}}: drops elements of floats only
        dropout = torch.ops.aten.dropout.default(i, 0.5, True)
        # CHECK-DAG: error[shape-mismatch]: {{.*}}'feature_dropout': {{.*}}: features take at least 2 dimensions
        feature_dropout = torch.ops.aten.feature_dropout.default(x, 0.5, True)
        # CHECK-DAG: error[shape-mismatch]: {{.*}}'multinomial': {{.*}}: takes weights of 1 or 2 dimensions
        multinomial = torch.ops.aten.multinomial.default(w, 1)
        # CHECK-DAG: error[unsupported-op]: {{.*}}'random': {{.*}}: a range of 2^63 integers or more
        random = torch.ops.aten.random.from(i, -2, None)
        # CHECK-DAG: error[unsupported-op]: {{.*}}'inductor_random': {{.*}}: the mode 'cauchy'
        inductor_random = torch.ops.prims.inductor_random.default([4], i, 'cauchy')
        # CHECK-DAG: error[op-argument]: {{.*}}'wide': {{.*}}: draws from a range beyond its dtype's
        wide = torch.ops.aten.uniform.default(x, -3e38, 3e38)
        # CHECK-DAG: error[op-argument]: {{.*}}'log_normal': {{.*}}: 'std' is out of range
        log_normal = torch.ops.aten.log_normal.default(x, 0.0, 0.0)
        # CHECK-DAG: error[op-argument]: {{.*}}'normal_of_tensor': {{.*}}: 'std' is out of range
        normal_of_tensor = torch.ops.aten.normal.Tensor_float(x, -1.0)
        return (randint,)
