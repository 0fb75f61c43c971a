class <lambda>(torch.nn.Module):
    def forward(self, x: "bf16[512, 8192][8192, 1]", w: "bf16[512, 8192][8192, 1]", b: "bf16[512][1]"):
        t: "bf16[8192, 512][1, 8192]" = torch.ops.aten.permute.default(w, [1, 0])
        m: "bf16[512, 512][512, 1]" = torch.ops.aten.addmm.default(b, x, t)
        y: "bf16[512, 512][512, 1]" = torch.ops.aten.relu.default(m)
        return (y,)
