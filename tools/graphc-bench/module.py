"""Runs modules that graphc compiled (--emit=so) on tensors of PyTorch.

Host and CUDA tensors are handed over as they are, by DLPack's DLTensor.
"""

import ctypes as C

import torch

from description import CPU, CUDA, Dtype, Library, Options, Tensor

CODES = {torch.float16: (2, 16), torch.float32: (2, 32), torch.float64: (2, 64),
         torch.bfloat16: (4, 16), torch.bool: (6, 8), torch.uint8: (1, 8),
         torch.int8: (0, 8), torch.int16: (0, 16), torch.int32: (0, 32),
         torch.int64: (0, 64), torch.float8_e4m3fn: (10, 8),
         torch.float8_e5m2: (12, 8)}
DTYPES = {code: dtype for dtype, code in CODES.items()}


def view(tensor):
    """A DLTensor of a tensor that outlives it."""
    result = Tensor()
    rank = tensor.dim()
    result.data = tensor.data_ptr()
    result.device_type = CUDA if tensor.is_cuda else CPU
    result.device_id = tensor.device.index or 0 if tensor.is_cuda else 0
    result.ndim = rank
    result.dtype = Dtype(*CODES[tensor.dtype], 1)
    result.shape = (C.c_int64 * max(rank, 1))(*tensor.shape)
    result.strides = (C.c_int64 * max(rank, 1))(*tensor.stride())
    return result


class Module:
    """A compiled module and one context. `stream` is a torch.cuda.Stream."""

    def __init__(self, path, device=None, stream=None, weights=None,
                 graphs=True):
        self.library = Library(path)
        self.info = self.library.info
        self.device = device
        number = torch.device(device).index or 0 if device else 0
        options = Options(0, 0, weights and weights.encode(), number,
                          stream and stream.cuda_stream, None, not graphs)
        self.context = C.c_void_p()
        self.check(self.library.create(C.byref(options),
                                       C.byref(self.context)))

    def check(self, status):
        if status:
            raise RuntimeError(f"status {status}: "
                               f"{self.library.last_error(self.context).decode()}")

    def prepare(self, inputs):
        """The arguments of `launch`, and the outputs that it fills."""
        views = (Tensor * max(len(inputs), 1))(*map(view, inputs))
        outputs = []
        for i in range(self.info.num_outputs):
            type = self.library.outputs[i].type
            shape = (C.c_int64 * max(type.rank, 1))()
            strides = (C.c_int64 * max(type.rank, 1))()
            self.check(self.library.output_shape(self.context, views,
                                                 len(inputs), i, shape,
                                                 strides))
            outputs.append(torch.empty_strided(
                list(shape)[:type.rank], list(strides)[:type.rank],
                dtype=DTYPES[(type.dtype.code, type.dtype.bits)],
                device=self.device or "cpu"))
        made = (Tensor * max(len(outputs), 1))(*map(view, outputs))
        return (views, len(inputs), made, len(outputs), inputs), outputs

    def renew(self, prepared, outputs):
        """`prepared` for another run: one that has been tells in it how large
        outputs are whose sizes depend on data."""
        views, count, _, made_count, inputs = prepared
        made = (Tensor * max(made_count, 1))(*map(view, outputs))
        return views, count, made, made_count, inputs

    def launch(self, prepared):
        views, count, made, made_count, _ = prepared
        self.check(self.library.run(self.context, views, count, made, made_count,
                                    None, 0))

    def __call__(self, *inputs):
        prepared, outputs = self.prepare(inputs)
        self.launch(prepared)
        return outputs

    def synchronize(self):
        """Waits; raises if a check failed in a run that did not wait."""
        self.check(self.library.synchronize(self.context))

    def close(self):
        self.library.destroy(self.context)
        self.context = None
