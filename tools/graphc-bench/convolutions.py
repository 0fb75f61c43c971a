#!/usr/bin/env python3
"""Times convolutions on a GPU beside cuDNN, as PyTorch calls it: those of
ResNet-50, and the first layers of other models; f16, channels last, batch 64,
with bias and relu.

  convolutions.py compile --graphc build/bin/graphc FOLDER [CASE...]
  convolutions.py run FOLDER [CASE...]

Weights are random constants, the same on both sides. See products.py for how times are taken.
"""

import math
import statistics
import sys

import torch
import torch.nn.functional as F

from module import Module
from timing import compile_function, parse_arguments, time_in_turns

BATCH = 64
# Channels of input and output, kernel, stride, size of the input.
RESNET = {
    "stem": (3, 64, 7, 2, 224),
    "1x1-64-64-56": (64, 64, 1, 1, 56), "3x3-64-64-56": (64, 64, 3, 1, 56),
    "1x1-64-256-56": (64, 256, 1, 1, 56), "1x1-256-64-56": (256, 64, 1, 1, 56),
    "1x1-256-128-56": (256, 128, 1, 1, 56),
    "3x3-128-128-56s2": (128, 128, 3, 2, 56),
    "1x1-128-512-28": (128, 512, 1, 1, 28),
    "1x1-256-512-56s2": (256, 512, 1, 2, 56),
    "1x1-512-128-28": (512, 128, 1, 1, 28),
    "3x3-128-128-28": (128, 128, 3, 1, 28),
    "1x1-512-256-28": (512, 256, 1, 1, 28),
    "3x3-256-256-28s2": (256, 256, 3, 2, 28),
    "1x1-256-1024-14": (256, 1024, 1, 1, 14),
    "1x1-512-1024-28s2": (512, 1024, 1, 2, 28),
    "1x1-1024-256-14": (1024, 256, 1, 1, 14),
    "3x3-256-256-14": (256, 256, 3, 1, 14),
    "1x1-1024-512-14": (1024, 512, 1, 1, 14),
    "3x3-512-512-14s2": (512, 512, 3, 2, 14),
    "1x1-512-2048-7": (512, 2048, 1, 1, 7),
    "1x1-1024-2048-14s2": (1024, 2048, 1, 2, 14),
    "1x1-2048-512-7": (2048, 512, 1, 1, 7),
    "3x3-512-512-7": (512, 512, 3, 1, 7),
}
# Patches do not overlap and have no padding.
OTHERS = {
    "patch-16": (3, 768, 16, 16, 224), "patch-14": (3, 1024, 14, 14, 224),
    "patch-4": (3, 96, 4, 4, 224), "3x3-3-64-224": (3, 64, 3, 1, 224),
    "3x3-3-32-224s2": (3, 32, 3, 2, 224), "3x3-20-64-56": (20, 64, 3, 1, 56),
}
CASES = {**RESNET, **OTHERS}


class Layer(torch.nn.Module):
    def __init__(self, case, seed=0):
        super().__init__()
        channels, count, kernel, stride, _ = case
        torch.manual_seed(seed)
        self.conv = torch.nn.Conv2d(channels, count, kernel, stride,
                                    0 if kernel == stride else kernel // 2)
        self.half().to(memory_format=torch.channels_last)

    def forward(self, x):
        return F.relu(self.conv(x))


def make_input(case, device="cpu"):
    channels, _, _, _, size = case
    x = torch.randn(BATCH, channels, size, size, device=device).half()
    return x.contiguous(memory_format=torch.channels_last)


def run_one(path, case):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        layer = Layer(case).cuda()
        x = make_input(case, "cuda")
        module = Module(str(path), device="cuda", stream=stream)
        prepared, (output,) = module.prepare([x])
        output.fill_(float("nan"))
        module.launch(prepared)
        stream.synchronize()
        conv = layer.conv
        exact = F.relu(F.conv2d(x.float(), conv.weight.float(),
                                conv.bias.float(), conv.stride, conv.padding))

        def error(value):
            return ((value.float() - exact).norm() / exact.norm()).item()

        with torch.no_grad():
            errors = error(output), error(layer(x))
            (ours, other), ratios = time_in_turns(
                [lambda: module.launch(prepared),
                 lambda: torch.cudnn_convolution_relu(
                     x, conv.weight, conv.bias, conv.stride, conv.padding,
                     (1, 1), 1)], stream)
        flops = 2 * output.numel() * math.prod(conv.weight.shape[1:])
        print(f"{path.stem}: {ours:.1f} us, {flops / ours / 1e6:.0f} TFLOP/s; "
              f"cuDNN {other:.1f} us; {statistics.median(ratios):.3f} of it; "
              f"error {errors[0]:.1e}, cuDNN {errors[1]:.1e}", flush=True)
        module.close()
        return statistics.median(ratios)


def main():
    arguments = parse_arguments(__doc__, "CASE")
    cases = {name: case for name, case in CASES.items()
             if not arguments.cases or name in arguments.cases}
    if arguments.step == "compile":
        arguments.folder.mkdir(parents=True, exist_ok=True)
        for name, case in cases.items():
            compile_function(Layer(case), (make_input(case),),
                             arguments.folder / f"{name}.so", arguments.graphc,
                             "nvptx:sm_90a")
        return 0
    torch.backends.cudnn.benchmark = True
    print(torch.cuda.get_device_name())
    ratios = {name: run_one(arguments.folder / f"{name}.so", case)
              for name, case in cases.items()
              if (arguments.folder / f"{name}.so").exists()}
    ratios = [ratio for name, ratio in ratios.items() if name in RESNET]
    if ratios:
        mean = math.exp(statistics.mean(map(math.log, ratios)))
        print(f"ResNet: geometric mean {mean:.3f} of cuDNN, least "
              f"{min(ratios):.3f}")
    return 0


sys.exit(main())
