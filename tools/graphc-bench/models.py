#!/usr/bin/env python3
"""Times whole models on a GPU beside eager PyTorch and torch.compile.

  models.py compile --graphc build/bin/graphc FOLDER [MODEL...]  needs no GPU
  models.py run FOLDER [MODEL...]                                needs no graphc

The modules are compiled without weights (--weights=extern); the second step
makes random ones where the GPU is, the same for all sides. What is told of each
side is the error against the model in float64, as a norm, and the median time
of a call with tensors on the device. torch.compile runs with CUDA graphs
(--mode, reduce-overhead by default; max-autotune takes minutes a model).
Nothing is rounded to TF32 in f32.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import transformers
from safetensors.torch import save_file

import architectures
from architectures import images, tokens
from module import Module
from timing import parse_arguments

BF16, F16, F32 = torch.bfloat16, torch.float16, torch.float32


class Wrapped(torch.nn.Module):
    def __init__(self, model, call):
        super().__init__()
        self.model, self.call = model, call

    def forward(self, *inputs):
        return self.call(self.model, *inputs)


def bert(batch):
    model = transformers.BertModel(transformers.BertConfig(),
                                   add_pooling_layer=False)
    return (model, lambda m, t, mask: m(t, attention_mask=mask)
            .last_hidden_state,
            (tokens(30000, batch, 128),
             torch.ones(batch, 128, dtype=torch.int64)))


def gpt2():
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config())
    return (model, lambda m, t: m(t, use_cache=False).logits,
            (tokens(50000, 8, 512),))


def llama():
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(
        hidden_size=2048, num_hidden_layers=8, num_attention_heads=32,
        num_key_value_heads=8, intermediate_size=5632, vocab_size=32000))


def prefill():
    return (llama(), lambda m, t: m(t, use_cache=False).logits,
            (tokens(32000, 1, 2048),))


def decode():
    def call(m, token, position, *cache):
        past = transformers.DynamicCache()
        for layer in range(len(cache) // 2):
            past.update(cache[2 * layer], cache[2 * layer + 1], layer)
        out = m(token, past_key_values=past, position_ids=position,
                use_cache=True)
        return out.logits

    cache = [torch.randn(1, 8, 2048, 64) for _ in range(16)]
    return llama(), call, (tokens(32000, 1, 1), torch.tensor([[2048]]), *cache)


def vit():
    return images(transformers.ViTForImageClassification(
        transformers.ViTConfig(num_labels=1000)), 64)


def resnet(batch=64):
    return images(transformers.ResNetForImageClassification(
        transformers.ResNetConfig(num_labels=1000)), batch)


def mobilenet():
    return images(transformers.MobileNetV2ForImageClassification(
        transformers.MobileNetV2Config(num_labels=1000)), 64)


def convnext():
    return images(transformers.ConvNextForImageClassification(
        transformers.ConvNextConfig(num_labels=1000,
                                    layer_scale_init_value=1.0)), 64)


MODELS = {
    "bert-b32": (lambda: bert(32), BF16), "bert-b1": (lambda: bert(1), BF16),
    "gpt2-b8": (gpt2, BF16), "llama-s2048": (prefill, BF16),
    "llama-decode": (decode, BF16), "vit-b64": (vit, BF16),
    "resnet50-b64": (resnet, F16), "convnext-b64": (convnext, BF16),
    "mobilenet-b64": (mobilenet, BF16), "bert-b8-f32": (lambda: bert(8), F32),
    "gpt2-b8-f32": (gpt2, F32), "llama-decode-f32": (decode, F32),
    "resnet50-b16-f32": (lambda: resnet(16), F32),
    "mobilenet-b64-f32": (mobilenet, F32),
    "t5-b8": (architectures.t5, BF16), "whisper-b8": (architectures.whisper, BF16),
    "wav2vec-b8": (architectures.wav2vec, BF16),
    "deberta-b8": (architectures.deberta, BF16),
    "clip-text-b16": (architectures.clip_text, F16),
    "swin-b64": (architectures.swin, BF16),
    "segformer-b8": (architectures.segformer, BF16),
    "regnet-b64": (architectures.regnet, F16),
    "unet-b2": (architectures.unet, F16), "dlrm-b4096-f32": (architectures.dlrm, F32),
}


def build(name, device="cpu"):
    make, dtype = MODELS[name]
    torch.manual_seed(0)
    model, call, inputs = make()
    model = Wrapped(model.eval(), call).to(dtype).to(device)
    inputs = [value.to(device) for value in inputs]
    inputs = [value.to(dtype) if value.is_floating_point() else value
              for value in inputs]
    # Models in f32 stay as they are loaded, images as (N, C, H, W).
    if inputs[0].dim() == 4 and dtype != F32:
        model = model.to(memory_format=torch.channels_last)
        inputs[0] = inputs[0].contiguous(memory_format=torch.channels_last)
    return model, tuple(inputs)


def compile_all(graphc, folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        model, inputs = build(name)
        saved = folder / f"{name}.pt2"
        with torch.no_grad():
            torch.export.save(torch.export.export(model, inputs), saved)
        start = time.time()
        subprocess.run([graphc, saved, "--target=nvptx:sm_90a",
                        "--weights=extern", "-o", folder / f"{name}.so"],
                       check=True)
        print(f"{name}: compiled in {time.time() - start:.1f} s", flush=True)
        saved.unlink()


def time_call(function, seconds=0.5):
    """Milliseconds of a call, the median over batches of calls."""
    for _ in range(5):
        function()
    torch.cuda.synchronize()
    times, end = [], time.time() + seconds
    while time.time() < end or len(times) < 5:
        begin = time.perf_counter()
        for _ in range(5):
            function()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - begin) / 5 * 1e3)
    return statistics.median(times)


def error(value, exact):
    return ((value.double() - exact).norm() / exact.norm()).item()


def run_one(name, folder, mode):
    model, inputs = build(name, "cuda")
    stream = torch.cuda.Stream()
    torch.cuda.synchronize()
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad(), \
            torch.cuda.stream(stream):
        weights = pathlib.Path(scratch) / "model.safetensors"
        save_file({key: value.clone().contiguous()
                   for key, value in model.state_dict().items()}, weights)
        module = Module(str(folder / f"{name}.so"), device="cuda",
                        stream=stream, weights=str(weights))
        prepared, (output,) = module.prepare(inputs)
        output.fill_(float("nan"))
        module.launch(prepared)
        stream.synchronize()
        eager = model(*inputs)
        compiled = torch.compile(model, mode=mode) if mode != "none" else model
        times = [[], [], []]
        for _ in range(3):
            for list_, function in zip(times, (
                    lambda: module.launch(prepared), lambda: model(*inputs),
                    lambda: compiled(*inputs))):
                list_.append(time_call(function))
        ours, plain, other = map(statistics.median, times)
        module.launch(prepared)
        stream.synchronize()
        exact = model.double()(*[value.double() if value.is_floating_point()
                                 else value for value in inputs])
        print(f"{name}: {ours:.2f} ms; eager {plain:.2f}, torch.compile "
              f"({mode}) {other:.2f} ms; {min(plain, other) / ours:.2f} of the "
              f"faster; error {error(output, exact):.1e}, eager "
              f"{error(eager, exact):.1e}", flush=True)
        module.close()


def main():
    arguments = parse_arguments(__doc__, "MODEL", lambda parser: parser.add_argument(
        "--mode", default="reduce-overhead"))
    names = arguments.cases or list(MODELS)
    if arguments.step == "compile":
        return compile_all(arguments.graphc, arguments.folder, names)
    torch.backends.cudnn.allow_tf32 = False
    print(torch.cuda.get_device_name())
    for name in names:
        run_one(name, arguments.folder, arguments.mode)
        torch.cuda.empty_cache()
        torch._dynamo.reset()
    return 0


sys.exit(main())
