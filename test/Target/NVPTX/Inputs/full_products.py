class <lambda>(torch.nn.Module):
    def forward(self, x: "f32[4608, 2048][2048, 1]", w: "f32[4608, 2048][2048, 1]", b: "f32[4608][1]", o: "f32[1500, 1000][1000, 1]", q: "f32[1000, 1804][1804, 1]", s: "f32[512, 768][768, 1]", r: "f32[768, 768][768, 1]", i: "f32[64, 28, 28, 128][100352, 3584, 128, 1]", k: "f32[128, 128, 3, 3][1152, 9, 3, 1]", j: "f32[64, 3, 224, 224][150528, 50176, 224, 1]", l: "f32[64, 3, 7, 7][147, 49, 7, 1]"):
        t: "f32[2048, 4608][1, 2048]" = torch.ops.aten.permute.default(w, [1, 0])
        m: "f32[4608, 4608][4608, 1]" = torch.ops.aten.addmm.default(b, x, t)
        y: "f32[4608, 4608][4608, 1]" = torch.ops.aten.gelu.default(m, approximate = 'tanh')
        n: "f32[1500, 1804][1804, 1]" = torch.ops.aten.mm.default(o, q)
        u: "f32[768, 768][1, 768]" = torch.ops.aten.permute.default(r, [1, 0])
        v: "f32[512, 768][768, 1]" = torch.ops.aten.mm.default(s, u)
        p: "f32[64, 128, 28, 28][100352, 1, 3584, 128]" = torch.ops.aten.permute.default(i, [0, 3, 1, 2])
        c: "f32[64, 128, 28, 28][100352, 1, 3584, 128]" = torch.ops.aten.convolution.default(p, k, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1)
        d: "f32[64, 64, 112, 112][802816, 12544, 112, 1]" = torch.ops.aten.convolution.default(j, l, None, [2, 2], [3, 3], [1, 1], False, [0, 0], 1)
        return (y, n, v, c, d)
