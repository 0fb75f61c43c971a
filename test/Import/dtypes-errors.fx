# RUN: sh -c 'graphc %s --emit=graph --dump-dir=; test $? = 3' 2>&1 | FileCheck %s
# RUN: sed s/relu/acos/g %s > %t.fx
# RUN: sh -c 'graphc %t.fx --emit=graph --dump-dir=; test $? = 3' 2>&1 | FileCheck %s --check-prefix=ACOS

# A dtype that an operator is not built for has a name and a status of its own.

# CHECK: error[unsupported-dtype]: {{.*}}dtypes-errors.fx: line 13 'relu' ({{.*}}model.py:7: y = x.relu()): aten.relu.default: is not supported for complex64
# CHECK: note: {{.*}}operand #0 must be
# ACOS: error[unsupported-dtype]: {{.*}}: line 13 'acos' ({{.*}}model.py:7: y = x.acos()): aten.acos.default: is not supported for complex64
class dtypes(torch.nn.Module):
    def forward(self, x: "c64[4]"):
        # File: /model.py:7 in forward, code: y = x.relu()
        relu = torch.ops.aten.relu.default(x)
        return (relu,)
