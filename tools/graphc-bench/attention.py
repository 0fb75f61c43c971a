#!/usr/bin/env python3
"""Times attention on a GPU beside PyTorch's own.

  attention.py compile --graphc build/bin/graphc FOLDER [CASE...]  needs no GPU
  attention.py compile --target nvptx:sm_80 ...   code for older chips
  attention.py run FOLDER [CASE...]                                needs no graphc

The peers are the backends of scaled_dot_product_attention that take the case;
"math", which is matrix products and a softmax, for f32 alone.
All sides are captured into CUDA graphs and run in turns on the same random
data; a time is the median over rounds, a ratio that of the fastest peer of a
round to ours. The output is filled with NaN before and, for three heads,
compared with float64; 20 repeated runs must have the same bits.
"""

import dataclasses
import statistics
import sys

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from module import Module
from timing import capture, compile_function, parse_arguments

F32 = torch.float32
BACKENDS = {"flash": SDPBackend.FLASH_ATTENTION,
            "cudnn": SDPBackend.CUDNN_ATTENTION,
            "efficient": SDPBackend.EFFICIENT_ATTENTION,
            "math": SDPBackend.MATH}


@dataclasses.dataclass
class Case:
    batch: int
    heads: int
    shared_heads: int  # of keys and values
    queries: int
    keys: int
    depth: int
    causal: bool = False
    masked: bool = False
    side_by_side: bool = False  # heads, in memory
    dtype: torch.dtype = torch.bfloat16

    def attend(self, query, key, value, *mask):
        if self.side_by_side:
            query, key, value = (x.transpose(1, 2) for x in (query, key, value))
        out = F.scaled_dot_product_attention(
            query, key, value, *mask, is_causal=self.causal,
            enable_gqa=self.heads != self.shared_heads)
        return out.transpose(1, 2).contiguous() if self.side_by_side else out

    def inputs(self, device):
        def random(heads, length):
            shape = [self.batch, heads, length, self.depth]
            if self.side_by_side:
                shape[1:3] = shape[2:0:-1]
            return torch.randn(shape, device=device, dtype=self.dtype)

        tensors = [random(self.heads, self.queries),
                   random(self.shared_heads, self.keys),
                   random(self.shared_heads, self.keys)]
        if self.masked:
            hidden = torch.rand(self.batch, 1, self.queries, self.keys,
                                device=device) < 0.3
            tensors.append(torch.zeros_like(hidden, dtype=self.dtype)
                           .masked_fill(hidden, float("-inf")))
        return tensors

    def operations(self):
        pairs = self.queries * self.keys / (2 if self.causal else 1)
        return 4 * self.batch * self.heads * pairs * self.depth

    def cache_bytes(self):
        return (2 * self.batch * self.shared_heads * self.keys * self.depth *
                self.dtype.itemsize)

    def error(self, out, query, key, value, *mask):
        """Of three heads, relative, against float64."""
        worst = 0.0
        picks = {(0, 0), (self.batch // 2, self.heads // 2),
                 (self.batch - 1, self.heads - 1)}
        for b, h in picks:
            def head(x, h):
                return (x[b, :, h] if self.side_by_side else x[b, h]).double()
            shared = h * self.shared_heads // self.heads
            scores = head(query, h) @ head(key, shared).t()
            scores /= self.depth ** 0.5
            if self.causal:
                scores = scores.masked_fill(
                    ~torch.ones_like(scores, dtype=torch.bool).tril(),
                    float("-inf"))
            if mask:
                scores = scores + mask[0][b, 0].double()
            want = torch.softmax(scores, -1) @ head(value, shared)
            got = head(out, h)
            worst = max(worst, ((got - want).norm() / want.norm()).item())
        return worst


CASES = {
    "full": Case(4, 32, 32, 4096, 4096, 128),
    "causal": Case(4, 32, 32, 4096, 4096, 128, causal=True),
    "short": Case(16, 12, 12, 512, 512, 64, side_by_side=True),
    "causal-64": Case(2, 16, 16, 2048, 2048, 64, causal=True),
    "causal-96": Case(2, 16, 16, 2048, 2048, 96, causal=True),
    "causal-128": Case(2, 16, 16, 2048, 2048, 128, causal=True),
    "causal-192": Case(2, 16, 16, 2048, 2048, 192, causal=True),
    "causal-256": Case(2, 16, 16, 2048, 2048, 256, causal=True),
    "mask": Case(4, 16, 16, 2048, 2048, 128, masked=True),
    "ragged": Case(2, 32, 8, 1000, 3001, 128),
    "decode-1": Case(1, 32, 8, 1, 4096, 128),
    "decode-1-heads": Case(1, 32, 32, 1, 4096, 128),
    "decode-32": Case(32, 32, 8, 1, 4096, 128),
    "cross-40": Case(2, 8, 8, 4096, 77, 40, side_by_side=True),
    "full-40": Case(2, 8, 8, 4096, 4096, 40, side_by_side=True),
    "full-512": Case(1, 1, 1, 4096, 4096, 512),
    "f32-short": Case(8, 12, 12, 512, 512, 64, side_by_side=True, dtype=F32),
    "f32-causal-64": Case(2, 16, 16, 2048, 2048, 64, causal=True, dtype=F32),
    "f32-full-64": Case(2, 16, 16, 2048, 2048, 64, dtype=F32),
    "f32-full-128": Case(2, 16, 16, 2048, 2048, 128, dtype=F32),
    "f32-causal-128": Case(2, 16, 16, 2048, 2048, 128, causal=True, dtype=F32),
    "f32-full-192": Case(2, 16, 16, 2048, 2048, 192, dtype=F32),
    "f32-full-512": Case(1, 1, 1, 4096, 4096, 512, dtype=F32),
    "f32-full-256": Case(2, 16, 16, 2048, 2048, 256, dtype=F32),
    "f32-full-80": Case(2, 16, 16, 2048, 2048, 80, dtype=F32),
    "f32-mask": Case(2, 16, 16, 2048, 2048, 64, masked=True, dtype=F32),
    "f32-ragged": Case(2, 32, 8, 1000, 3001, 128, dtype=F32),
    "f32-decode-1": Case(1, 32, 8, 1, 4096, 128, dtype=F32),
    "f32-decode-1-heads": Case(1, 32, 32, 1, 4096, 128, dtype=F32),
    "f32-decode-8": Case(8, 12, 12, 1, 1024, 64, dtype=F32),
    "f32-decode-32": Case(32, 32, 8, 1, 4096, 128, dtype=F32),
}


def compile_all(graphc, target, folder, wanted):
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        if not wanted or name in wanted:
            compile_function(case.attend, tuple(case.inputs("cpu")),
                             folder / f"{name}.so", graphc, target)


def with_backend(case, backend, tensors):
    def call():
        with sdpa_kernel(backend):
            return case.attend(*tensors)
    return call


def time_all(functions, stream, rounds=7):
    """Microseconds of one call of each, round by round."""
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def once(graph):
        start.record()
        graph.replay()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) * 1e3

    probe = once(capture(functions[0], stream, 1))
    calls = max(1, min(50, int(3000 / max(probe, 1))))
    graphs = [capture(function, stream, calls) for function in functions]
    for graph in graphs:
        once(graph)
    return [[once(graph) / calls for graph in graphs] for _ in range(rounds)]


def run_one(name, case, path, stream):
    tensors = case.inputs("cuda")
    module = Module(str(path), device="cuda", stream=stream)
    prepared, outputs = module.prepare(tensors)
    outputs[0].fill_(float("nan"))
    module.launch(prepared)
    first = outputs[0].clone()
    same = True
    for _ in range(20):
        module.launch(prepared)
        same &= torch.equal(first, outputs[0])
    functions = {"graphc": lambda: module.launch(prepared)}
    errors = {"graphc": case.error(outputs[0], *tensors)}
    for backend, key in BACKENDS.items():
        if backend == "math" and case.dtype != F32:
            continue
        call = with_backend(case, key, tensors)
        try:
            errors[backend] = case.error(call(), *tensors)
        except RuntimeError:
            continue
        functions[backend] = call
    times = time_all(list(functions.values()), stream)
    ratio = statistics.median(min(row[1:]) / row[0] for row in times)
    for i, side in enumerate(functions):
        time = statistics.median(row[i] for row in times)
        print(f"{name:15s} {side:10s} {time:8.1f} us "
              f"{case.operations() / time / 1e6:6.1f} TFLOP/s "
              f"{case.cache_bytes() / time / 1e3:6.0f} GB/s "
              f"error {errors[side]:.2e}", flush=True)
    print(f"{name:15s} fastest peer over graphc {ratio:.3f}, repeated runs "
          f"{'agree' if same else 'DIFFER'}", flush=True)


def main():
    arguments = parse_arguments(
        __doc__, "CASE",
        lambda parser: parser.add_argument("--target", default="nvptx:sm_90a"))
    if arguments.step == "compile":
        compile_all(arguments.graphc, arguments.target, arguments.folder,
                    arguments.cases)
        return 0
    print(torch.cuda.get_device_name())
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for name, case in CASES.items():
            path = arguments.folder / f"{name}.so"
            if path.exists() and (not arguments.cases or
                                  name in arguments.cases):
                run_one(name, case, path, stream)
    return 0


sys.exit(main())
