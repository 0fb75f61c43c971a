# RUN: graphc %s --emit=graph | FileCheck %s

# Writes through parts, pairs and conjugates reach the numbers they look at.
class complex_views(torch.nn.Module):
    def forward(self, x: "f32[4][1]", c: "c64[4][1]"):
        # CHECK: %[[IMAG:.*]] = graph.imag
        # CHECK: %[[ANGLE:.*]] = graph.atan2 %[[IMAG]]
        angle = torch.ops.aten.angle.default(c)
        number = torch.ops.aten.clone.default(c)
        # CHECK: graph.mul
        # CHECK: graph.complex %{{.*}}, %[[IMAG]]
        real = torch.ops.aten.real.default(number)
        mul_ = torch.ops.aten.mul_.Tensor(real, x)
        # CHECK: graph.slice_scatter
        # CHECK: %[[WRITTEN:.*]] = graph.complex
        pairs = torch.ops.aten.view_as_real.default(number)
        part = torch.ops.aten.select.int(pairs, 1, 1)
        copy_ = torch.ops.aten.copy_.default(part, x)
        # CHECK: graph.imag %[[WRITTEN]]
        # CHECK: graph.add
        # CHECK: graph.neg
        # CHECK: %[[NUMBER:.*]] = graph.complex
        # CHECK: return %[[ANGLE]], %[[NUMBER]]
        conj = torch.ops.aten._conj.default(number)
        add_ = torch.ops.aten.add_.Tensor(conj, x)
        return (angle, number)
