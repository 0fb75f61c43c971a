# RUN: sh -c 'graphc %s --emit=graph --dump-dir=; test $? = 3' 2>&1 | FileCheck %s

# A dtype that an operator is not built for has a name and a status of its own.

# CHECK: error[unsupported-dtype]: {{.*}}dtypes-errors.fx: line 10 'erfinv' ({{.*}}model.py:7: y = x.erfinv()): aten.erfinv.default: is not supported for complex64
# CHECK: note: {{.*}}operand #0 must be
class dtypes(torch.nn.Module):
    def forward(self, x: "c64[4]"):
        # File: /model.py:7 in forward, code: y = x.erfinv()
        erfinv = torch.ops.aten.erfinv.default(x)
        return (erfinv,)
