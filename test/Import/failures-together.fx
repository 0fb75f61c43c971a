# RUN: sh -c 'graphc %s --emit=graph --dump-dir=; test $? = 1' 2>&1 | FileCheck %s --implicit-check-not='error['

# All nodes that cannot be imported are told of, but not what needs their results.
class model(torch.nn.Module):
    def forward(self, x: "f32[4, 4]", c: "c64[4]"):
        # CHECK: error[unsupported-dtype]: {{.*}} 'a'{{.*}}: aten.relu.default: is not supported for complex64
        a = torch.ops.aten.relu.default(c)
        needs_a = torch.ops.aten.softmax.int(a, 7)
        # CHECK: error[unsupported-dtype]: {{.*}} 'b'{{.*}}: aten.cummax.default
        b = torch.ops.aten.cummax.default(c, 0)
        getitem = b[0]
        needs_b = torch.ops.aten.relu.default(getitem)
        # CHECK: error[op-argument]: {{.*}} 'd'{{.*}}: dimension 3 is out of range
        d = torch.ops.aten.softmax.int(x, 3)
        # CHECK: error[shape-mismatch]: {{.*}} 'e'{{.*}}: aten.mm.default
        e = torch.ops.aten.mm.default(x, c)
        listed = torch.ops.aten.cat.default([x, e, d])
        fine = torch.ops.aten.relu.default(x)
        return (needs_a, needs_b, listed, fine)
