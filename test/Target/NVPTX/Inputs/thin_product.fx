def forward(self, x: "bf16[1, 512]", w: "bf16[512, 512]"):
    t: "bf16[512, 512]" = torch.ops.aten.permute.default(w, [1, 0])
    y: "bf16[1, 512]" = torch.ops.aten.mm.default(x, t)
    return (y,)
