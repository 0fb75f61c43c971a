# RUN: graphc %s --emit=graph | FileCheck %s

# Operators that are others in disguise.

class operators(torch.nn.Module):
    def forward(self, x: "f32[4, 6]", n: "i64[4, 6]", s: "f32[]", cube: "f32[2, 3, 4]", index: "i64[2]", two: "f32[2]"):
        # CHECK: graph.compare lt
        # CHECK: graph.isnan
        angle: "f32[4, 6]" = torch.ops.aten.angle.default(x)
        integral: "f32[4, 6]" = torch.ops.aten.angle.default(n)
        isreal: "b8[4, 6]" = torch.ops.aten.isreal.default(x)
        conj: "f32[4, 6]" = torch.ops.aten.conj_physical.default(x)
        diagflat: "f32[3, 3]" = torch.ops.aten.diagflat.default(two, -1)
        # The second half first.
        # CHECK: graph.slice %arg0 dim 0 from 2 to 4
        # CHECK: graph.slice {{.*}} dim 1 from 3 to 6
        shifted = torch.ops.aten.fft_fftshift.default(x)
        back = torch.ops.aten.fft_ifftshift.default(shifted, [1])
        columns = torch.ops.aten.hsplit.array(x, [1, 5])
        middle: "f32[4, 4]" = columns[1]
        planes = torch.ops.aten.dsplit.int(cube, 2)
        plane: "f32[2, 3, 2][12, 4, 1]" = planes[1]
        lifted = torch.ops.aten.atleast_2d.Sequence([s, x])
        scalar: "f32[1, 1]" = lifted[0]
        # CHECK: graph.shift_left
        shift: "i64[4, 6]" = torch.ops.aten.bitwise_left_shift.Scalar_Tensor(3, n)
        # CHECK: graph.scatter
        reduced: "f32[]" = torch.ops.aten.index_reduce.default(s, 0, index, two, 'mean')
        return (angle, integral, isreal, conj, diagflat, back, middle, plane, scalar, shift, reduced)
