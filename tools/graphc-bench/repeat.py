#!/usr/bin/env python3
"""Runs modules on random inputs again and again and compares the bits.

  repeat.py [--runs N] MODULE.so...

Also what to run below compute-sanitizer, with --runs 1.
"""

import argparse
import ctypes as C
import pathlib
import sys

import torch

from module import DTYPES, Module


def make_inputs(module):
    """Tensors of random numbers, whole ones 0 or 1, for the static types."""
    info = module.info
    types = C.cast(info.inputs, C.POINTER(type(module.library.outputs[0])))
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


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("modules", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    failed = 0
    for path in arguments.modules:
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            module = Module(str(path), device="cuda", stream=stream)
            prepared, outputs = module.prepare(make_inputs(module))
            module.launch(prepared)
            stream.synchronize()
            first = [output.clone() for output in outputs]
            differ = 0
            for _ in range(arguments.runs):
                for output in outputs:
                    output.zero_()
                module.launch(prepared)
                stream.synchronize()
                differ += any(
                    not torch.equal(bits(a), bits(b))
                    for a, b in zip(outputs, first))
            print(f"{path.stem}: {differ} of {arguments.runs} runs differ",
                  flush=True)
            failed += bool(differ)
            module.close()
    return failed != 0


sys.exit(main())
