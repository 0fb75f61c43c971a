class <lambda>(torch.nn.Module):
    def forward(self, x0: "f32[128, 256, 1024]", x1: "f32[8, 21, 512, 384]", x2: "f32[16, 1000, 1024]", x3: "bf16[16, 512, 1024]", x4: "f64[16, 512, 1024]"):
        a = torch.ops.aten._softmax.default(x0, 1, False)
        b = torch.ops.aten._log_softmax.default(x1, 1, False)
        c = torch.ops.aten._softmax.default(x2, 1, False)
        d = torch.ops.aten._softmax.default(x3, 1, False)
        e = torch.ops.aten._softmax.default(x4, 1, False)
        return (a, b, c, d, e)
