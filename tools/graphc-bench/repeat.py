#!/usr/bin/env python3
"""Runs modules on random inputs again and again and compares the bits.

  repeat.py [--runs N] [--devices N] MODULE.so...

Several devices run at the same time, each in a thread with a context of its
own, on the same inputs; their results have to have the same bits, too. Also what
to run below compute-sanitizer, with --runs 1.
"""

import argparse
import concurrent.futures
import ctypes as C
import pathlib
import sys

import torch

from description import Library
from module import DTYPES, Module


def make_inputs(library):
    """Tensors of random numbers, whole ones 0 or 1, for the static types."""
    info = library.info
    types = C.cast(info.inputs, C.POINTER(type(library.outputs[0])))
    inputs = []
    for i in range(info.num_inputs):
        kind = types[i].type
        shape, strides = (
            list(C.cast(values, C.POINTER(C.c_int64))[:kind.rank])
            for values in (kind.shape, kind.strides))
        dtype = DTYPES[(kind.dtype.code, kind.dtype.bits)]
        values = torch.randn(shape, device="cuda") if dtype.is_floating_point \
            else torch.randint(0, 2, shape, device="cuda")
        inputs.append(torch.empty_strided(shape, strides, dtype=dtype,
                                          device="cuda").copy_(values))
    return inputs


def bits(tensor):
    return tensor.reshape(-1).view(torch.uint8)


def run(path, inputs, device, runs):
    """The first results, on the host, and how many of the others differ."""
    stream = torch.cuda.Stream(device)
    with torch.cuda.device(device), torch.cuda.stream(stream):
        module = Module(str(path), device=f"cuda:{device}", stream=stream)
        prepared, outputs = module.prepare(
            [value.to(f"cuda:{device}") for value in inputs])
        differ, first = 0, None
        for _ in range(runs + 1):
            for output in outputs:
                output.zero_()
            module.launch(module.renew(prepared, outputs))
            stream.synchronize()
            if not first:
                first = [output.clone() for output in outputs]
            differ += any(not torch.equal(bits(a), bits(b))
                          for a, b in zip(outputs, first))
        module.close()
        return [output.cpu() for output in first], differ


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("modules", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    failed = 0
    for path in arguments.modules:
        inputs = make_inputs(Library(str(path)))
        with concurrent.futures.ThreadPoolExecutor() as threads:
            results = list(threads.map(
                lambda device: run(path, inputs, device, arguments.runs),
                range(arguments.devices)))
        reference, _ = results[0]
        for device, (first, differ) in enumerate(results):
            others = any(not torch.equal(bits(a), bits(b))
                         for a, b in zip(first, reference))
            print(f"{path.stem}, device {device}: {differ} of {arguments.runs} "
                  f"runs differ{', and device 0' if others else ''}",
                  flush=True)
            failed += bool(differ) or others
    return failed != 0


sys.exit(main())
