# RUN: graphc %s --emit=graph | FileCheck %s

class linear_algebra(torch.nn.Module):
    def forward(self, a: "f32[2, 3, 3]", b: "f32[2, 3]", tall: "f32[4, 2]"):
        # The matrix and the order of its rows go along in a loop over columns.
        # CHECK: graph.while {{.*}} cond
        # CHECK: body
        # CHECK: graph.arg_reduce max
        # Two loops solve by the factors; the columns of the result lie together.
        # CHECK: graph.while
        # CHECK: graph.while
        # CHECK: graph.contiguous {{.*}} -> !graph.tensor<2x3x3xf32, strides = [9, 1, 3]>
        # CHECK: graph.assert_tensor {{.*}}, "linalg: the matrix is singular"
        inverse: "f32[2, 3, 3][9, 1, 3]" = torch.ops.aten.linalg_inv.default(a)
        # CHECK: graph.while
        # CHECK: graph.reduce prod
        # CHECK: graph.reduce prod
        det: "f32[2][1]" = torch.ops.aten.linalg_det.default(a)
        # CHECK: graph.while
        # CHECK: graph.while
        # CHECK: graph.while
        # CHECK-NOT: graph.assert_tensor
        solve = torch.ops.aten.linalg_solve_ex.default(a, b)
        x: "f32[2, 3][1, 2]" = solve[0]
        # CHECK: graph.sqrt
        # CHECK: graph.assert_tensor {{.*}}, "linalg.cholesky: the matrix is not positive-definite"
        cholesky: "f32[2, 3, 3][9, 1, 3]" = torch.ops.aten.linalg_cholesky.default(a)
        # CHECK: graph.while
        # CHECK: graph.copysign
        qr = torch.ops.aten.linalg_qr.default(tall)
        q: "f32[4, 2][1, 4]" = qr[0]
        r: "f32[2, 2][1, 2]" = qr[1]
        # CHECK: graph.reduce sum %{{.+}} dims [0] keepdim
        # CHECK: graph.reduce max %{{.+}} dims [1] keepdim
        norm: "f32[][]" = torch.ops.aten.linalg_norm.default(tall, 1)
        return (inverse, det, x, cholesky, q, r, norm)
