class <lambda>(torch.nn.Module):
    def forward(self, x: "bf16[4096, 2048][2048, 1]", w: "bf16[4096, 2048][2048, 1]", b: "bf16[4096][1]"):
        t: "bf16[2048, 4096][1, 2048]" = torch.ops.aten.permute.default(w, [1, 0])
        m: "bf16[4096, 4096][4096, 1]" = torch.ops.aten.addmm.default(b, x, t)
        y: "bf16[4096, 4096][4096, 1]" = torch.ops.aten.gelu.default(m, approximate = 'tanh')
        return (y,)
