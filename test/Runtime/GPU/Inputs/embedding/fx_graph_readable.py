class <lambda>(torch.nn.Module):
    def forward(self, table: "f32[5, 4]", indices: "i64[3]"):
        embedding: "f32[3, 4]" = torch.ops.aten.embedding.default(table, indices)
        mul: "f32[3, 4]" = torch.ops.aten.mul.Tensor(embedding, 2)
        return (mul,)
