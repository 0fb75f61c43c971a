# RUN: graphc %s --emit=graph | FileCheck %s

class complex(torch.nn.Module):
    # Rotary embeddings as they are often written.
    def forward(self, q: "f32[2, 8][8, 1]", c: "c64[2, 4][4, 1]"):
        # CHECK: %[[PAIRS:.*]] = graph.reshape %{{.*}} [2, 4, 2]
        reshape = torch.ops.aten.reshape.default(q, [2, 4, 2])
        # CHECK: %[[NUMBER:.*]] = graph.complex {{.*}}-> !graph.tensor<2x4xcomplex<f32>>
        view_as_complex = torch.ops.aten.view_as_complex.default(reshape)
        # CHECK: %[[TURNED:.*]] = graph.mul {{.*}}-> !graph.tensor<2x4xcomplex<f32>>
        mul = torch.ops.aten.mul.Tensor(view_as_complex, c)
        # CHECK: %[[IMAG:.*]] = graph.imag %[[TURNED]]
        # CHECK: graph.cat {{.*}}-> !graph.tensor<2x4x2xf32>
        view_as_real = torch.ops.aten.view_as_real.default(mul)
        # A part lies at every other float.
        # CHECK: graph.contiguous %[[IMAG]] {{.*}}-> !graph.tensor<2x4xf32, strides = [8, 2]>
        imag = torch.ops.aten.imag.default(mul)
        # A conjugate lies where the number did.
        # CHECK: graph.contiguous {{.*}}-> !graph.tensor<2x2xcomplex<f32>, strides = [4, 1]>
        part = torch.ops.aten.slice.Tensor(mul, 1, 0, 2)
        conj = torch.ops.aten._conj.default(part)
        # Nothing is left to be conjugated.
        # CHECK: return {{.*}}, {{.*}}, {{.*}}, %[[TURNED]] : {{.*}}, !graph.tensor<2x4xcomplex<f32>>
        resolve_conj = torch.ops.aten.resolve_conj.default(mul)
        return (view_as_real, imag, conj, resolve_conj)
