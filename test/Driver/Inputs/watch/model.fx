class model(torch.nn.Module):
    def forward(self, x: "f32[2, 3]", w: "f32[3, 3]"):
        # File: model.py:5 in forward, code: y = x - 1
        sub = torch.ops.aten.sub.Tensor(x, 1.0)
        # File: model.py:6 in forward, code: y = y.log()
        log = torch.ops.aten.log.default(sub)
        # File: model.py:7 in forward, code: y = y * 2
        mul = torch.ops.aten.mul.Tensor(log, 2.0)
        # File: model.py:8 in forward, code: y = y @ w
        mm = torch.ops.aten.mm.default(mul, w)
        # File: model.py:9 in forward, code: return y.relu()
        relu = torch.ops.aten.relu.default(mm)
        return (relu,)
