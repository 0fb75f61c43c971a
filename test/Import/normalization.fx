# RUN: graphc %s --emit=graph | FileCheck %s

class normalization(torch.nn.Module):
    def forward(self, x: "bf16[2, 5, 3]", half: "bf16[5]", single: "f32[5]", long: "bf16[1, 5, 1]"):
        train = torch.ops.aten.native_batch_norm.default(x, half, half, None, None, True, 0.1, 1e-05)
        train_0 = train[0]
        train_1 = train[1]
        train_2 = train[2]
        mixed = torch.ops.aten.native_batch_norm.default(x, single, single, None, None, True, 0.1, 1e-05)
        mixed_1 = mixed[1]
        mixed_2 = mixed[2]
        infer = torch.ops.aten._native_batch_norm_legit_no_training.default(x, half, half, half, half, 0.1, 1e-05)
        infer_1 = infer[1]
        infer_2 = infer[2]
        # Rows of 16 bits are normalised in float32, and so is what is added.
        # CHECK: graph.rms_norm {{.*}}eps = 1.1920928955078125E-7{{.*}} -> !graph.tensor<2x5x3xbf16>
        root = torch.ops.aten.rms_norm.default(x, [3])
        # The factor of a short row is not rounded.
        # CHECK: graph.div {{.*}} -> !graph.tensor<1x5x1xf32>
        # CHECK-NEXT: graph.mul {{.*}} -> !graph.tensor<2x5x3xf32>
        # CHECK-NEXT: graph.cast {{.*}} to bf16
        weight = torch.ops.aten._weight_norm.default(x, long, 1)
        # Statistics of a batch are in its own type, and in float32 beside
        # weights in float32.
        # CHECK: return %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : !graph.tensor<2x5x3xbf16>, !graph.tensor<5xbf16>, !graph.tensor<5xbf16>, !graph.tensor<5xf32>, !graph.tensor<5xf32>, !graph.tensor<0xbf16>, !graph.tensor<0xbf16>
        return (train_0, train_1, train_2, mixed_1, mixed_2, infer_1, infer_2, root, weight)
