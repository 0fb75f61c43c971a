"""What a module that graphc compiled says and takes, for Python's ctypes.

The structs are those of include/graphc/Runtime/Runtime.h, as far as they are
read. Nothing but Python's standard library is used.
"""

import ctypes as C
import os

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
                ("stream", C.c_void_p), ("driver", C.c_char_p),
                ("graphs", C.c_int32)]


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
        "state", "last_error", "observe", "time", "copied_bytes",
        "synchronize")]


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


class Event(C.Structure):
    _fields_ = [("kernel", C.c_size_t), ("is_done", C.c_int32),
                ("bytes", C.c_int64), ("flops", C.c_int64),
                ("operands", C.POINTER(Tensor)), ("ms", C.c_double)]


class Library:
    """A compiled module with the functions of its API."""

    def __init__(self, path):
        self.library = C.CDLL(os.path.abspath(path))
        self.info = Description.in_dll(self.library, "graphc_module")
        api = self.info.api.contents
        pointer, size = C.c_void_p, C.c_size_t
        tensors, sizes = C.POINTER(Tensor), C.POINTER(C.c_int64)

        def function(field, result, *arguments):
            return C.CFUNCTYPE(result, *arguments)(getattr(api, field))

        self.create = function("create", C.c_int32, C.POINTER(Options),
                               C.POINTER(pointer))
        self.destroy = function("destroy", None, pointer)
        self.reset = function("reset", C.c_int32, pointer)
        self.workspace_size = function("workspace_size", C.c_int32, pointer,
                                       tensors, size, C.POINTER(size))
        self.output_shape = function("output_shape", C.c_int32, pointer,
                                     tensors, size, size, sizes, sizes)
        self.run = function("run", C.c_int32, pointer, tensors, size, tensors,
                            size, pointer, size)
        self.state = function("state", C.c_int32, pointer, size, tensors)
        self.last_error = function("last_error", C.c_char_p, pointer)
        self.copied_bytes = function("copied_bytes", C.c_int32, pointer,
                                     C.POINTER(C.c_uint64),
                                     C.POINTER(C.c_uint64))
        self.synchronize = function("synchronize", C.c_int32, pointer)
        self.observer = C.CFUNCTYPE(None, pointer, C.POINTER(Event))
        self.time = function("time", C.c_int32, pointer, self.observer,
                             pointer)
        self.outputs = C.cast(self.info.outputs, C.POINTER(TensorInfo))
