"""Runs modules that graphc compiled (--emit=so) on tensors of PyTorch.

Host and CUDA tensors are handed over as they are, by DLPack's DLTensor. The
structs are those of include/graphc/Runtime/Runtime.h, as far as they are read.
"""

import ctypes as C

import torch

CPU, CUDA = 1, 2


class Dtype(C.Structure):
    _fields_ = [("code", C.c_uint8), ("bits", C.c_uint8), ("lanes", C.c_uint16)]


class Tensor(C.Structure):
    _fields_ = [("data", C.c_void_p), ("device_type", C.c_int32),
                ("device_id", C.c_int32), ("ndim", C.c_int32), ("dtype", Dtype),
                ("shape", C.POINTER(C.c_int64)),
                ("strides", C.POINTER(C.c_int64)), ("byte_offset", C.c_uint64)]


class Options(C.Structure):
    _fields_ = [("threads", C.c_int32), ("skip_digest", C.c_int32),
                ("weights_path", C.c_char_p), ("device", C.c_int32),
                ("stream", C.c_void_p), ("driver", C.c_char_p)]


class Type(C.Structure):
    _fields_ = [("text", C.c_char_p), ("dtype", Dtype), ("rank", C.c_int32),
                ("shape", C.c_void_p), ("strides", C.c_void_p),
                ("shape_exprs", C.c_void_p), ("stride_exprs", C.c_void_p)]


class TensorInfo(C.Structure):
    _fields_ = [("name", C.c_char_p), ("type", Type), ("kind", C.c_int32),
                ("expr", C.c_void_p)]


class Api(C.Structure):
    _fields_ = [(name, C.c_void_p) for name in (
        "create", "destroy", "reset", "workspace_size", "output_shape", "run",
        "state", "last_error", "observe")]


COUNTS = ["symbols", "arguments", "inputs", "outputs", "states", "places",
          "results", "mutations", "constraints", "specs", "checks", "weights",
          "kernels"]


class Description(C.Structure):
    _fields_ = ([("abi", C.c_int32), ("name", C.c_char_p),
                 ("target", C.c_char_p), ("source", C.c_char_p),
                 ("max_threads", C.c_int32)] +
                [("num_" + name, C.c_size_t) for name in COUNTS] +
                [(name, C.c_void_p) for name in COUNTS] +
                [("is_instrumented", C.c_int32), ("workspace", C.c_void_p),
                 ("weights_data", C.c_void_p),
                 ("weights_file", C.c_char_p), ("weights_size", C.c_uint64),
                 ("weights_start", C.c_uint64), ("weights_digest", C.c_uint64),
                 ("entry", C.c_void_p), ("api", C.POINTER(Api))])


CODES = {torch.float16: (2, 16), torch.float32: (2, 32), torch.float64: (2, 64),
         torch.bfloat16: (4, 16), torch.bool: (6, 8), torch.uint8: (1, 8),
         torch.int8: (0, 8), torch.int16: (0, 16), torch.int32: (0, 32),
         torch.int64: (0, 64)}
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

    def __init__(self, path, device=None, stream=None, weights=None):
        self.library = C.CDLL(path)
        self.info = Description.in_dll(self.library, "graphc_module")
        self.device = device
        api = self.info.api.contents
        pointer, size = C.c_void_p, C.c_size_t
        tensors = C.POINTER(Tensor)

        def function(field, result, *arguments):
            return C.CFUNCTYPE(result, *arguments)(getattr(api, field))

        self.run_ = function("run", C.c_int32, pointer, tensors, size, tensors,
                             size, pointer, size)
        self.shape_ = function("output_shape", C.c_int32, pointer, tensors,
                               size, size, C.POINTER(C.c_int64),
                               C.POINTER(C.c_int64))
        self.error_ = function("last_error", C.c_char_p, pointer)
        self.destroy_ = function("destroy", None, pointer)
        self.outputs_ = C.cast(self.info.outputs, C.POINTER(TensorInfo))
        create = function("create", C.c_int32, C.POINTER(Options),
                          C.POINTER(pointer))
        options = Options(0, 0, weights and weights.encode(), 0,
                          stream and stream.cuda_stream, None)
        self.context = pointer()
        self.check(create(C.byref(options), C.byref(self.context)))

    def check(self, status):
        if status:
            raise RuntimeError(f"status {status}: "
                               f"{self.error_(self.context).decode()}")

    def prepare(self, inputs):
        """The arguments of `launch`, and the outputs that it fills."""
        views = (Tensor * max(len(inputs), 1))(*map(view, inputs))
        outputs = []
        for i in range(self.info.num_outputs):
            type = self.outputs_[i].type
            shape = (C.c_int64 * max(type.rank, 1))()
            strides = (C.c_int64 * max(type.rank, 1))()
            self.check(self.shape_(self.context, views, len(inputs), i, shape,
                                   strides))
            outputs.append(torch.empty_strided(
                list(shape)[:type.rank], list(strides)[:type.rank],
                dtype=DTYPES[(type.dtype.code, type.dtype.bits)],
                device=self.device or "cpu"))
        made = (Tensor * max(len(outputs), 1))(*map(view, outputs))
        return (views, len(inputs), made, len(outputs), inputs), outputs

    def launch(self, prepared):
        views, count, made, made_count, _ = prepared
        self.check(self.run_(self.context, views, count, made, made_count, None,
                             0))

    def __call__(self, *inputs):
        prepared, outputs = self.prepare(inputs)
        self.launch(prepared)
        return outputs

    def close(self):
        self.destroy_(self.context)
        self.context = None
