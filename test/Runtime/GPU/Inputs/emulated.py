"""Modules for GPUs on the emulator of the driver, in this process.

Usage of the tests: NAME.py GRAPHC_SRC EMULATOR MODULE.so ...
"""

import ctypes as C
import json
import os
import pathlib
import sys

SOURCE = pathlib.Path(sys.argv[1])
sys.path.append(str(SOURCE / "tools" / "graphc-bench"))
from description import CPU, CUDA, Dtype, Library, Options, Tensor

EMULATOR = sys.argv[2]
CUDA_DRIVER = C.CDLL(EMULATOR)
CUDA_DRIVER.graphc_emulator_calls.restype = C.c_ulong
CUDA_DRIVER.graphc_emulator_live.restype = C.c_long
CUDA_DRIVER.graphc_emulator_function.restype = C.c_char_p
# Addresses on a device are none of this process.
CUDA_DRIVER.emulate_memory.argtypes = [C.c_uint64]
CUDA_DRIVER.emulate_memory.restype = C.c_uint64
KINDS = ["memory", "streams", "events", "modules", "graphs", "executables",
         "contexts", "host"]
CODES = {"float32": (2, 32), "int64": (0, 64), "bool": (6, 8)}


def live(kind=None):
    if kind:
        return CUDA_DRIVER.graphc_emulator_live(KINDS.index(kind))
    return {kind: live(kind) for kind in KINDS if live(kind)}


def calls(function=None):
    return CUDA_DRIVER.graphc_emulator_calls(function and function.encode())


def call(name, *arguments):
    status = getattr(CUDA_DRIVER, name)(*arguments)
    assert status == 0, f"{name}: {status}"


class Current:
    """Makes a device's context current for calls of the test's own."""

    def __init__(self, device=0):
        self.device = device

    def __enter__(self):
        self.context = C.c_void_p()
        call("cuDevicePrimaryCtxRetain", C.byref(self.context), self.device)
        call("cuCtxPushCurrent_v2", self.context)

    def __exit__(self, *_):
        call("cuCtxPopCurrent_v2", C.byref(C.c_void_p()))
        call("cuDevicePrimaryCtxRelease_v2", self.device)


def make_stream(device=0):
    stream = C.c_void_p()
    with Current(device):
        call("cuStreamCreate", C.byref(stream), 1)
    return stream


class Value:
    """A tensor on the host, or on a device."""

    def __init__(self, dtype, shape, stride, data, device=None):
        self.dtype, self.device, self.size = dtype, device, len(data)
        self.shape, self.stride = list(shape), list(stride)
        self.host = C.create_string_buffer(data, max(len(data), 1))
        if device is not None:
            address = C.c_uint64()
            with Current(device):
                call("cuMemAlloc_v2", C.byref(address), max(len(data), 1))
            self.address = address.value
            self.write(data)
        else:
            self.address = C.addressof(self.host)

    def on(self, device):
        return Value(self.dtype, self.shape, self.stride, self.bytes(), device)

    def bytes(self):
        return C.string_at(CUDA_DRIVER.emulate_memory(self.address), self.size)

    def write(self, data):
        C.memmove(CUDA_DRIVER.emulate_memory(self.address), data, len(data))

    def view(self):
        view, rank = Tensor(), len(self.shape)
        view.data = self.address
        view.device_type = CPU if self.device is None else CUDA
        view.device_id = self.device or 0
        view.ndim, view.dtype = rank, Dtype(*CODES[self.dtype], 1)
        view.shape = (C.c_int64 * max(rank, 1))(*self.shape)
        view.strides = (C.c_int64 * max(rank, 1))(*self.stride)
        return view

    def free(self):
        if self.device is not None:
            with Current(self.device):
                call("cuMemFree_v2", C.c_uint64(self.address))


def read_inputs(fixture):
    """The inputs of a fixture of test/Integration, on the host."""
    folder = SOURCE / "test" / "Integration" / "Inputs" / fixture / "inputs"
    entries = json.loads((folder / "manifest.json").read_text())
    return [Value(entry["dtype"], entry["shape"], entry["stride"],
                  (folder / entry["file"]).read_bytes()) for entry in entries]


class Context:
    """One context; `status` is what the last call returned."""

    def __init__(self, library, device=0, stream=None, graphs=True):
        self.library = library
        options = Options(0, 0, None, device, stream, EMULATOR.encode(),
                          not graphs)
        self.context = C.c_void_p()
        self.status = library.create(C.byref(options), C.byref(self.context))

    def error(self):
        return self.library.last_error(self.context).decode()

    def make_outputs(self, inputs, device=None):
        views = (Tensor * max(len(inputs), 1))(*(v.view() for v in inputs))
        outputs = []
        for i in range(self.library.info.num_outputs):
            type = self.library.outputs[i].type
            shape = (C.c_int64 * max(type.rank, 1))()
            stride = (C.c_int64 * max(type.rank, 1))()
            self.status = self.library.output_shape(
                self.context, views, len(inputs), i, shape, stride)
            assert self.status == 0, self.error()
            shape, stride = shape[:type.rank], stride[:type.rank]
            span = 0 if 0 in shape else 1 + sum(
                (n - 1) * s for n, s in zip(shape, stride))
            dtype = next(name for name, code in CODES.items()
                         if code == (type.dtype.code, type.dtype.bits))
            outputs.append(Value(dtype, shape, stride,
                                 b"\0" * (span * type.dtype.bits // 8), device))
        return outputs

    def run(self, inputs, outputs):
        ins = (Tensor * max(len(inputs), 1))(*(v.view() for v in inputs))
        outs = (Tensor * max(len(outputs), 1))(*(v.view() for v in outputs))
        self.status = self.library.run(self.context, ins, len(inputs), outs,
                                       len(outputs), None, 0)
        return self.status

    def copied(self):
        to, back = C.c_uint64(), C.c_uint64()
        self.library.copied_bytes(self.context, C.byref(to), C.byref(back))
        return to.value, back.value

    def states(self):
        """What the states hold, of the emulator's memory."""
        result = []
        for i in range(self.library.info.num_states):
            view = Tensor()
            assert not self.library.state(self.context, i, C.byref(view))
            size = view.dtype.bits // 8
            for d in range(view.ndim):
                size *= view.shape[d]
            result.append(C.string_at(
                CUDA_DRIVER.emulate_memory(view.data), size))
        return result

    def close(self):
        self.library.destroy(self.context)
        self.context = None


def modules():
    """The modules of the command line, by the name of their fixture."""
    return {pathlib.Path(path).stem: Library(path) for path in sys.argv[3:]}


def fail_at(call=None):
    CUDA_DRIVER.graphc_emulator_reset()
    if call:
        os.environ["GRAPHC_EMULATOR_FAIL"] = call
    else:
        os.environ.pop("GRAPHC_EMULATOR_FAIL", None)
