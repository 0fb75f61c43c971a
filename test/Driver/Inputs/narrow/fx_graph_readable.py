class <lambda>(torch.nn.Module):
    def forward(self, x: "f8e4m3fnuz[64, 128][128, 1]", w: "f8e4m3fnuz[96, 128][128, 1]", a: "f32[][]", b: "f32[][]"):
        t: "f8e4m3fnuz[128, 96][1, 128]" = torch.ops.aten.permute.default(w, [1, 0])
        y: "bf16[64, 96][96, 1]" = torch.ops.aten._scaled_mm.default(x, t, a, b, None, None, torch.bfloat16)
        return (y,)
