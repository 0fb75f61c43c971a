"""Other models of the kinds that are published, small, with random weights.

Every entry of MODELS makes (module, inputs), or (module, sets of inputs,
dynamic shapes) for one that is saved with symbolic sizes and run at each set.
"""

import inspect

import torch
from torch.export import Dim

from published import Plain, hf, logits_and_cache, tokens, with_statistics

VOCABULARY = 320
SMALL = dict(vocab_size=VOCABULARY, hidden_size=64, intermediate_size=176,
             num_hidden_layers=2, num_attention_heads=4)
LENGTHS = (7, 16, 33)


def make(kind, **options):
    """A transformers model from its configuration, attention as it comes."""
    model_type = getattr(hf, kind)
    return model_type(model_type.config_class(**options))


def varied(module):
    """Norms and biases that are not all ones and zeros."""
    for name, parameter in module.named_parameters():
        if parameter.dim() == 1:
            with torch.no_grad():
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return module


def masked(model, call=None):
    """A text encoder with padding in its second row."""
    def hidden(m, ids, mask):
        return m(input_ids=ids, attention_mask=mask).last_hidden_state

    mask = torch.ones(2, 19, dtype=torch.int64)
    mask[1, 12:] = 0
    return Plain(varied(model), call or hidden), (tokens(VOCABULARY, 2, 19),
                                                  mask)


def masked_dynamic(model):
    """The same with a symbolic batch and length."""
    module, _ = masked(model)
    sets = []
    for batch, length in zip((2, 1, 5), LENGTHS):
        mask = torch.ones(batch, length, dtype=torch.int64)
        mask[batch - 1, length - 3:] = 0
        sets.append((tokens(VOCABULARY, batch, length), mask))
    sizes = {0: Dim.DYNAMIC, 1: Dim.DYNAMIC}
    return module, sets, ((sizes, sizes),)


def causal(model):
    def call(m, ids):
        return logits_and_cache(m(input_ids=ids, use_cache=True))

    return Plain(varied(model), call), (tokens(VOCABULARY, 2, 17),)


def causal_dynamic(model):
    def call(m, ids):
        return m(input_ids=ids, use_cache=False).logits

    sets = [(tokens(VOCABULARY, batch, length),)
            for batch, length in zip((2, 1, 3), LENGTHS)]
    return Plain(varied(model), call), sets, (({0: Dim.DYNAMIC,
                                                1: Dim.DYNAMIC},),)


def causal_decode_dynamic(model):
    """One token, with a cache of any length."""
    config = model.config
    layers, heads = config.num_hidden_layers, config.num_key_value_heads
    size = getattr(config, "head_dim", None) or \
        config.hidden_size // config.num_attention_heads
    cache_type = hf.DynamicCache

    def call(m, ids, position, *cache):
        pairs = list(zip(cache[0::2], cache[1::2]))
        return logits_and_cache(m(input_ids=ids, position_ids=position,
                                  use_cache=True,
                                  past_key_values=cache_type(pairs)))

    sets = [(tokens(VOCABULARY, 1, 1), torch.tensor([[past]]),
             *(torch.randn(1, heads, past, size) for _ in range(2 * layers)))
            for past in LENGTHS]
    shapes = (None, None, *([{2: Dim.DYNAMIC}] * (2 * layers)))
    return Plain(varied(model), call), sets, (shapes,)


class Stepping(torch.nn.Module):
    """A decoder whose cache is a buffer that every step writes into."""

    def __init__(self, model, longest=32):
        super().__init__()
        self.model = model
        config = model.config
        self.cache = hf.StaticCache(config=config, max_cache_len=longest)
        size = getattr(config, "head_dim", None) or \
            config.hidden_size // config.num_attention_heads
        self.cache.early_initialization(
            1, config.num_key_value_heads, size, torch.float32,
            torch.device("cpu"))
        for index, layer in enumerate(self.cache.layers):
            layer.keys.normal_()
            layer.values.normal_()
            self.register_buffer(f"keys_{index}", layer.keys)
            self.register_buffer(f"values_{index}", layer.values)

    def forward(self, ids, position):
        for index, layer in enumerate(self.cache.layers):
            layer.keys = getattr(self, f"keys_{index}")
            layer.values = getattr(self, f"values_{index}")
            if hasattr(layer, "cumulative_length"):
                layer.cumulative_length = position.clone()
        return self.model(input_ids=ids, position_ids=position[None],
                          past_key_values=self.cache, use_cache=True).logits


def stepping(model):
    return Stepping(varied(model)), (tokens(VOCABULARY, 1, 1),
                                     torch.tensor([9]))


def pixels(model, size=64, batch=2):
    def call(m, image):
        out = m(pixel_values=image)
        return getattr(out, "logits", None) if hasattr(out, "logits") else \
            out.last_hidden_state

    return Plain(varied(model), call), (torch.randn(batch, 3, size, size),)


def pixels_dynamic(made):
    """A symbolic batch."""
    module, (image,) = made
    sets = [(torch.randn(batch, *image.shape[1:]),) for batch in (2, 1, 5)]
    return module, sets, (({0: Dim.DYNAMIC},),)


def norms(made):
    return with_statistics(made)


def llama(**more):
    return make("LlamaForCausalLM", **SMALL, num_key_value_heads=2, **more)


def experts(kind, count, **more):
    """A mixture of experts, of which two compute each token."""
    sizes = {**SMALL, "intermediate_size": 96, "num_key_value_heads": 2,
             "pad_token_id": 0, "num_experts_per_tok": 2, count: 4}
    return make(kind, **{**sizes, **more})


def deepseek():
    return experts("DeepseekV3ForCausalLM", "n_routed_experts",
                   num_key_value_heads=4, moe_intermediate_size=32,
                   first_k_dense_replace=1, n_group=2, topk_group=1,
                   q_lora_rank=16, kv_lora_rank=16, qk_rope_head_dim=8,
                   qk_nope_head_dim=8, v_head_dim=16)


def encoder_decoder(model):
    def call(m, ids, hidden):
        out = m(input_ids=ids, encoder_hidden_states=hidden, use_cache=False)
        return out.last_hidden_state

    width = getattr(model.config, "d_model", 64)
    return Plain(varied(model), call), (tokens(VOCABULARY, 2, 9),
                                        torch.randn(2, 21, width))


def t5_decoder():
    module = hf.models.t5.modeling_t5
    config = hf.T5Config(vocab_size=VOCABULARY, d_model=64, d_kv=16, d_ff=128,
                         num_layers=2, num_heads=4, is_decoder=True,
                         use_cache=False)
    return encoder_decoder(module.T5Stack(config) if "embed_tokens" not in
                           inspect.signature(module.T5Stack).parameters else
                           module.T5Stack(config, torch.nn.Embedding(
                               VOCABULARY, 64)))


def whisper_decoder():
    decoder = hf.models.whisper.modeling_whisper.WhisperDecoder
    return encoder_decoder(decoder(hf.WhisperConfig(
        vocab_size=VOCABULARY, d_model=64, decoder_layers=2,
        decoder_attention_heads=4, decoder_ffn_dim=128, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=1)))


def wav2vec2():
    model = make("Wav2Vec2Model", vocab_size=32, hidden_size=64,
                 num_hidden_layers=2, num_attention_heads=4,
                 intermediate_size=128, conv_dim=(32, 32, 32),
                 conv_stride=(5, 2, 2), conv_kernel=(10, 3, 2),
                 num_feat_extract_layers=3, num_conv_pos_embeddings=16,
                 num_conv_pos_embedding_groups=4)
    return (Plain(varied(model), lambda m, wave: m(wave).last_hidden_state),
            (torch.randn(2, 800),))


def clip_text():
    return masked(make("CLIPTextModel", **SMALL, max_position_embeddings=40,
                       eos_token_id=2))


def swin():
    return pixels(make("SwinForImageClassification", image_size=64, patch_size=4,
                       embed_dim=24, depths=(2, 2), num_heads=(2, 4),
                       window_size=4, num_labels=10))


def segformer():
    return pixels(make("SegformerForSemanticSegmentation", num_encoder_blocks=4,
                       depths=(1, 1, 1, 1), hidden_sizes=(16, 32, 40, 64),
                       num_attention_heads=(1, 2, 4, 4),
                       decoder_hidden_size=32, num_labels=5))


def efficientnet():
    return pixels(make("EfficientNetForImageClassification", image_size=64,
                       width_coefficient=0.5, depth_coefficient=0.5,
                       hidden_dim=640, num_labels=10))


def regnet():
    return pixels(make("RegNetForImageClassification", embedding_size=16,
                       hidden_sizes=(16, 32), depths=(1, 2), groups_width=8,
                       num_labels=10))


class Squeeze(torch.nn.Module):
    """The block of MobileNetV3: depthwise, squeeze and excite, hard swish."""

    def __init__(self, width, kernel, stride):
        super().__init__()
        nn = torch.nn
        self.expand = nn.Sequential(
            nn.Conv2d(width, 3 * width, 1, bias=False),
            nn.BatchNorm2d(3 * width), nn.Hardswish())
        self.depthwise = nn.Sequential(
            nn.Conv2d(3 * width, 3 * width, kernel, stride, kernel // 2,
                      groups=3 * width, bias=False),
            nn.BatchNorm2d(3 * width), nn.Hardswish())
        self.excite = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(3 * width, width // 2, 1),
            nn.ReLU(), nn.Conv2d(width // 2, 3 * width, 1), nn.Hardsigmoid())
        self.project = nn.Sequential(nn.Conv2d(3 * width, width, 1, bias=False),
                                     nn.BatchNorm2d(width))
        self.keeps = stride == 1

    def forward(self, x):
        y = self.depthwise(self.expand(x))
        y = self.project(y * self.excite(y))
        return x + y if self.keeps else y


class Dense(torch.nn.Module):
    """The block of DenseNet: every layer sees all before it."""

    def __init__(self, width, growth, layers):
        super().__init__()
        nn = torch.nn
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(width + i * growth), nn.ReLU(),
                          nn.Conv2d(width + i * growth, growth, 3, 1, 1))
            for i in range(layers))

    def forward(self, x):
        seen = [x]
        for layer in self.layers:
            seen.append(layer(torch.cat(seen, 1)))
        return torch.cat(seen, 1)


def convolutional(*middle, width):
    nn = torch.nn
    net = nn.Sequential(
        nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU(),
        nn.MaxPool2d(3, 2, 1), *middle, nn.AvgPool2d(2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))
    return norms((Plain(net, lambda m, image: m(image)),
                  (torch.randn(2, 3, 64, 64),)))


MODELS = {
    "distilbert": lambda: masked(make(
        "DistilBertModel", vocab_size=VOCABULARY, dim=64, hidden_dim=176,
        n_layers=2, n_heads=4)),
    "roberta": lambda: masked(make("RobertaModel", **SMALL)),
    "electra": lambda: masked(make("ElectraModel", **SMALL, embedding_size=32)),
    "albert": lambda: masked(make("AlbertModel", **SMALL, embedding_size=32)),
    "opt": lambda: causal(make(
        "OPTForCausalLM", vocab_size=VOCABULARY, hidden_size=64, ffn_dim=176,
        word_embed_proj_dim=64, num_hidden_layers=2, num_attention_heads=4)),
    "gpt_neox": lambda: causal(make("GPTNeoXForCausalLM", **SMALL)),
    "qwen2": lambda: causal(make("Qwen2ForCausalLM", **SMALL,
                                 num_key_value_heads=2)),
    "gemma": lambda: causal(make("GemmaForCausalLM", **SMALL,
                                 num_key_value_heads=1, head_dim=24)),
    "mistral": lambda: causal(make("MistralForCausalLM", **SMALL,
                                   num_key_value_heads=2, sliding_window=8)),
    "mixtral": lambda: causal(experts("MixtralForCausalLM",
                                      "num_local_experts")),
    "qwen3_moe": lambda: causal(experts("Qwen3MoeForCausalLM", "num_experts",
                                        moe_intermediate_size=32)),
    "olmoe": lambda: causal(experts("OlmoeForCausalLM", "num_experts",
                                    num_key_value_heads=4)),
    "gpt_oss": lambda: causal(experts("GptOssForCausalLM", "num_local_experts",
                                      head_dim=16)),
    "deepseek_v3": lambda: causal(deepseek()),
    "phi": lambda: causal(make("PhiForCausalLM", **SMALL)),
    "bloom": lambda: causal(make("BloomForCausalLM", vocab_size=VOCABULARY,
                                 hidden_size=64, n_layer=2, n_head=4)),
    "deit": lambda: pixels(make("DeiTForImageClassification", hidden_size=64,
                                intermediate_size=128, num_hidden_layers=2,
                                num_attention_heads=4, image_size=64,
                                num_labels=10)),
    "swin": swin,
    "regnet": lambda: norms(regnet()),
    "efficientnet": lambda: norms(efficientnet()),
    "segformer": lambda: norms(segformer()),
    "mobilenet_v3": lambda: convolutional(Squeeze(16, 3, 1), Squeeze(16, 5, 2),
                                          width=16),
    "densenet": lambda: convolutional(Dense(16, 8, 3), width=40),
    "whisper-dec": whisper_decoder,
    "t5-dec": t5_decoder,
    "clip-text": clip_text,
    "clip-vision": lambda: pixels(make(
        "CLIPVisionModel", hidden_size=64, intermediate_size=128,
        num_hidden_layers=2, num_attention_heads=4, image_size=64,
        patch_size=16)),
    "wav2vec2": wav2vec2,
    "bert-dynamic": lambda: masked_dynamic(make("BertModel", **SMALL)),
    "llama-dynamic": lambda: causal_dynamic(llama()),
    "mixtral-dynamic": lambda: causal_dynamic(experts(
        "MixtralForCausalLM", "num_local_experts")),
    "gpt2-dynamic": lambda: causal_dynamic(make(
        "GPT2LMHeadModel", vocab_size=VOCABULARY, n_embd=64, n_layer=2,
        n_head=4)),
    "llama-decode-dynamic": lambda: causal_decode_dynamic(llama()),
    "llama-static-cache": lambda: stepping(llama()),
    "vit-dynamic": lambda: pixels_dynamic(pixels(make(
        "ViTForImageClassification", hidden_size=64, intermediate_size=128,
        num_hidden_layers=2, num_attention_heads=4, image_size=64,
        num_labels=10))),
    "regnet-dynamic": lambda: pixels_dynamic(norms(regnet())),
    "densenet-dynamic": lambda: pixels_dynamic(convolutional(
        Dense(16, 8, 3), width=40)),
}
