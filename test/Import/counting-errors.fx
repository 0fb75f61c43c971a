# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class counting_errors(torch.nn.Module):
    def forward(self, repeats: "i64[3]", x: "f32[3, 0]", flags: "b8[3]", half: "f16[3, 2]"):
        # CHECK: repeat_interleave without output_size
        a = torch.ops.aten.repeat_interleave.Tensor(repeats)
        # CHECK: mode of nothing
        b = torch.ops.aten.mode.default(x, 1)
        # CHECK: unique of slices without elements
        c = torch.ops.aten.unique_dim.default(x, 0)
        # CHECK: expected integers in 'self'
        d = torch.ops.aten.bincount.default(flags)
        # CHECK: 'minlength' is negative
        e = torch.ops.aten.bincount.default(repeats, None, -1)
        # CHECK: expected a weight for each number
        f = torch.ops.aten.bincount.default(repeats, half)
        # CHECK: a histogram of float16
        g = torch.ops.aten.histogram.bin_ct(half)
        # CHECK: expected bins and a range for each dimension
        h = torch.ops.aten.histogramdd.default(x, [2])
        # CHECK: the reduction 'any'
        i = torch.ops.aten.segment_reduce.default(half, 'any', lengths = repeats)
        # CHECK: segment_reduce by indices
        j = torch.ops.aten.segment_reduce.default(half, 'sum', indices = repeats)
        # CHECK: expected segments for each row along the axis
        k = torch.ops.aten.segment_reduce.default(half, 'sum', lengths = repeats, axis = 1)
        # CHECK: takes floats only
        l = torch.ops.aten.poisson.default(repeats)
        return (a, b, c, d, e, f, g, h, i, j, k, l)
