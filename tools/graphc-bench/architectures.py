"""Models of other families than those of models.py: each function returns a
model, how it is called, and inputs. Weights are random."""

import torch
import transformers
from torch import nn
from torch.nn import functional as F


def tokens(count, *shape):
    return torch.randint(0, count, shape)


def images(model, batch, size=224):
    return (model, lambda m, x: m(x).logits,
            (torch.randn(batch, 3, size, size),))


def t5():
    model = transformers.T5Model(transformers.T5Config())
    return (model, lambda m, source, target: m(
        input_ids=source, decoder_input_ids=target,
        use_cache=False).last_hidden_state,
            (tokens(30000, 8, 512), tokens(30000, 8, 128)))


def whisper():
    model = transformers.WhisperModel(transformers.WhisperConfig(
        d_model=768, encoder_layers=12, encoder_attention_heads=12,
        encoder_ffn_dim=3072, decoder_layers=1)).get_encoder()
    return (model, lambda m, x: m(x).last_hidden_state,
            (torch.randn(8, 80, 3000),))


def wav2vec():
    model = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config())
    return (model, lambda m, x: m(x).last_hidden_state,
            (torch.randn(8, 80000),))


def deberta():
    model = transformers.DebertaV2Model(transformers.DebertaV2Config(
        hidden_size=768, num_hidden_layers=6, num_attention_heads=12,
        intermediate_size=3072, relative_attention=True,
        pos_att_type=["p2c", "c2p"], position_buckets=256,
        share_att_key=True, norm_rel_ebd="layer_norm", vocab_size=30000))
    return (model, lambda m, t: m(t).last_hidden_state,
            (tokens(30000, 8, 256),))


def clip_text():
    model = transformers.CLIPTextModel(transformers.CLIPTextConfig())
    return (model, lambda m, t: m(t).last_hidden_state,
            (tokens(40000, 16, 77),))


def swin():
    return images(transformers.SwinForImageClassification(
        transformers.SwinConfig(num_labels=1000)), 64)


def segformer():
    return images(transformers.SegformerForSemanticSegmentation(
        transformers.SegformerConfig(num_labels=150)), 8, 512)


def regnet():
    return images(transformers.RegNetForImageClassification(
        transformers.RegNetConfig(num_labels=1000)), 64)


class Interactions(nn.Module):
    """Recommendation: bags of embeddings and their products in pairs."""

    def __init__(self, tables=8, rows=100000, width=64):
        super().__init__()
        self.tables = nn.ModuleList(
            nn.EmbeddingBag(rows, width, mode="sum") for _ in range(tables))
        pairs = tables * (tables + 1) // 2
        self.bottom = self.layers(13, 512, 256, width)
        self.top = self.layers(width + pairs, 512, 256, 1)[:-1]

    @staticmethod
    def layers(*sizes):
        return nn.Sequential(*[
            layer for first, second in zip(sizes, sizes[1:])
            for layer in (nn.Linear(first, second), nn.ReLU())])

    def forward(self, dense, places):
        values = torch.stack([self.bottom(dense)] + [
            table(places[:, i]) for i, table in enumerate(self.tables)], 1)
        products = values @ values.transpose(1, 2)
        row, column = torch.tril_indices(values.shape[1], values.shape[1], -1)
        return self.top(torch.cat([values[:, 0], products[:, row, column]], 1))


def dlrm():
    return (Interactions(), lambda m, *inputs: m(*inputs),
            (torch.randn(4096, 13), tokens(100000, 4096, 8, 4)))


class Residual(nn.Module):
    def __init__(self, channels, out, time):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(32, channels), nn.GroupNorm(32, out)
        self.conv1 = nn.Conv2d(channels, out, 3, padding=1)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        self.time = nn.Linear(time, out)
        self.skip = (nn.Conv2d(channels, out, 1) if channels != out
                     else nn.Identity())

    def forward(self, x, time):
        y = self.conv1(F.silu(self.norm1(x)))
        y = y + self.time(F.silu(time))[:, :, None, None]
        return self.skip(x) + self.conv2(F.silu(self.norm2(y)))


class Attending(nn.Module):
    """Attention over pixels, then over a text."""

    def __init__(self, width, text=768, heads=8):
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(32, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.own = nn.Linear(width, 3 * width, bias=False)
        self.query = nn.Linear(width, width, bias=False)
        self.text = nn.Linear(text, 2 * width, bias=False)
        self.out = nn.ModuleList(nn.Linear(width, width) for _ in range(2))
        self.widen, self.narrow = (nn.Linear(width, 8 * width),
                                   nn.Linear(4 * width, width))

    def attend(self, *parts):
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in parts)
        y = F.scaled_dot_product_attention(query, key, value)
        return y.transpose(1, 2).flatten(2)

    def forward(self, x, text):
        y = self.norm(x).flatten(2).transpose(1, 2)
        y = y + self.out[0](self.attend(
            *self.own(self.norms[0](y)).chunk(3, -1)))
        y = y + self.out[1](self.attend(
            self.query(self.norms[1](y)), *self.text(text).chunk(2, -1)))
        value, gate = self.widen(self.norms[2](y)).chunk(2, -1)
        y = y + self.narrow(value * F.gelu(gate))
        return x + y.transpose(1, 2).unflatten(2, x.shape[2:])


class Denoiser(nn.Module):
    """A U-Net of diffusion, three levels of 320, 640 and 1280 channels."""

    def __init__(self, width=320, time=1280):
        super().__init__()
        w = [width, 2 * width, 4 * width]
        self.time1, self.time2 = nn.Linear(width, time), nn.Linear(time, time)
        self.first = nn.Conv2d(4, width, 3, padding=1)
        self.down = nn.ModuleList(
            nn.Conv2d(a, a, 3, 2, 1) for a in w[:2])
        self.up = nn.ModuleList(nn.Conv2d(a, a, 3, padding=1) for a in w[1:])
        self.residual = nn.ModuleList(
            Residual(a, b, time) for a, b in
            ((w[0], w[0]), (w[0], w[1]), (w[1], w[2]),
             (w[2] + w[1], w[1]), (w[1] + w[0], w[0])))
        self.attend = nn.ModuleList(
            Attending(a) for a in (*w, w[1], w[0]))
        self.norm = nn.GroupNorm(32, width)
        self.last = nn.Conv2d(width, 4, 3, padding=1)

    def forward(self, x, time, text):
        time = self.time2(F.silu(self.time1(time)))

        def level(i, y):
            return self.attend[i](self.residual[i](y, time), text)

        def grow(i, y):
            return self.up[i](F.interpolate(y, scale_factor=2))

        a = level(0, self.first(x))
        b = level(1, self.down[0](a))
        c = level(2, self.down[1](b))
        b = level(3, torch.cat([grow(1, c), b], 1))
        a = level(4, torch.cat([grow(0, b), a], 1))
        return self.last(F.silu(self.norm(a)))


def unet():
    return (Denoiser(), lambda m, *inputs: m(*inputs),
            (torch.randn(2, 4, 64, 64), torch.randn(2, 320),
             torch.randn(2, 77, 768)))
