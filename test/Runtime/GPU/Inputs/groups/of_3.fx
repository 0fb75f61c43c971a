class <lambda>(torch.nn.Module):
    def forward(self, x: "f32[24, 8]", w: "f32[3, 8, 4]", ends: "i64[3]"):
        y: "f32[24, 4]" = torch.ops.transformers.grouped_mm_fallback.default(x, w, ends)
        return (y,)
