# RUN: graphc %s --emit=graph | FileCheck %s

class fourier(torch.nn.Module):
    def forward(self, x: "f32[2, 12]", long: "f32[2, 48]", half: "c64[2, 4]", signal: "f32[2, 40]", window: "f32[8]"):
        # One product of a small size, of which the first half is kept.
        # CHECK: graph.matmul %arg0, {{.*}}!graph.tensor<12x24xf32>) -> !graph.tensor<2x24xf32>
        # CHECK: graph.complex {{.*}} -> !graph.tensor<2x7xcomplex<f32>>
        rfft: "c64[2, 7][7, 1]" = torch.ops.aten.fft_rfft.default(x)
        # A large one in two steps: 24 and 2, with a product by roots between.
        # CHECK: graph.matmul {{.*}} -> !graph.tensor<4x48xf32>
        # CHECK: graph.mul
        # CHECK: graph.matmul {{.*}} -> !graph.tensor<48x4xf32>
        # CHECK: graph.complex {{.*}} -> !graph.tensor<2x48xcomplex<f32>>
        fft: "c64[2, 48][48, 1]" = torch.ops.aten.fft_fft.default(long)
        # The half that is not there mirrors the one that is.
        # CHECK: graph.flip
        # CHECK: graph.flip
        # CHECK: graph.matmul {{.*}} -> !graph.tensor<2x14xf32>
        irfft: "f32[2, 7][7, 1]" = torch.ops.aten._fft_c2r.default(half, [1], 2, 7)
        # Dimensions that are not transformed lie outside.
        # CHECK: graph.complex {{.*}} -> !graph.tensor<2x12xcomplex<f32>, strides = [1, 2]>
        along: "c64[2, 12][1, 2]" = torch.ops.aten._fft_r2c.default(x, [0], 1, True)
        # CHECK: graph.as_strided %arg3
        # CHECK: graph.mul {{.*}}, %arg4
        # CHECK: graph.permute {{.*}} -> !graph.tensor<2x5x9xcomplex<f32>, strides = [45, 1, 5]>
        stft: "c64[2, 5, 9][45, 1, 5]" = torch.ops.aten.stft.default(signal, 8, 4, 8, window, False, True, True)
        # CHECK: graph.index_put {{.*}} accumulate
        # CHECK: graph.assert_tensor {{.*}}, "windows of istft leave a gap
        istft: "f32[2, 32][32, 1]" = torch.ops.aten.istft.default(stft, 8, 4, 8, window)
        return (rfft, fft, irfft, along, stft, istft)
