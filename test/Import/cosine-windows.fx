# RUN: graphc %s --emit=graph | FileCheck %s

class cosine_windows(torch.nn.Module):
    def forward(self, x: "f32[4]"):
        # CHECK-DAG: graph.constant dense<[8.000000e-02, 0.76999998, 0.76999998, 8.000000e-02]
        # CHECK-DAG: graph.constant dense<[8.000000e-02, 5.400000e-01, 1.000000e+00, 5.400000e-01]
        hamming: "f32[4][1]" = torch.ops.aten.hamming_window.periodic(4, False)
        periodic: "f32[4][1]" = torch.ops.aten.hamming_window.default(4)
        a: "f32[4][1]" = torch.ops.aten.mul.Tensor(x, hamming)
        b: "f32[4][1]" = torch.ops.aten.mul.Tensor(a, periodic)
        return (b,)
