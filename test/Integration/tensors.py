"""Tensors in folders, read and compared with Python's standard library."""

import array
import itertools
import json
import math
import struct

# Relative and absolute tolerance against the float64 result.
TOLERANCES = {
    "float64": (1e-7, 1e-7), "complex128": (1e-7, 1e-7),
    "float32": (1.3e-5, 1.5e-5), "complex64": (1.3e-5, 1.5e-5),
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5),
}
OTHER_TOLERANCE = (0.13, 1e-3)  # 8-bit floats
CODES = {
    "bool": "B", "uint8": "B", "int8": "b", "uint16": "H", "int16": "h",
    "uint32": "I", "int32": "i", "uint64": "Q", "int64": "q",
    "float32": "f", "float64": "d", "complex64": "f", "complex128": "d",
}


class Tensor:
    """Shape, strides and the storage's elements from first to last."""

    def __init__(self, entry, data):
        self.dtype = entry["dtype"]
        self.shape = entry["shape"]
        self.stride = entry["stride"]
        self.storage = decode(self.dtype, data)

    def is_float(self):
        return "float" in self.dtype or "complex" in self.dtype

    def values(self):
        """The elements in row-major order."""
        for index in itertools.product(*map(range, self.shape)):
            yield self.storage[sum(map(int.__mul__, index, self.stride))]


def decode_small_float(bits, exponent_bits, mantissa_bits, is_finite_only):
    """A float of 8 bits, by its definition."""
    bias = (1 << (exponent_bits - 1)) - 1
    sign = -1.0 if bits >> (exponent_bits + mantissa_bits) else 1.0
    exponent = (bits >> mantissa_bits) & ((1 << exponent_bits) - 1)
    mantissa = bits & ((1 << mantissa_bits) - 1)
    top = (1 << exponent_bits) - 1
    if exponent == top and not is_finite_only:
        return sign * math.inf if mantissa == 0 else math.nan
    if exponent == top and mantissa == (1 << mantissa_bits) - 1:
        return math.nan
    if exponent == 0:
        return sign * math.ldexp(mantissa, 1 - bias - mantissa_bits)
    return sign * math.ldexp(mantissa + (1 << mantissa_bits),
                             exponent - bias - mantissa_bits)


def decode(dtype, data):
    if dtype == "float16":
        return struct.unpack(f"<{len(data) // 2}e", data)
    if dtype == "bfloat16":
        halves = array.array("H", data)
        wide = array.array("I", (half << 16 for half in halves))
        return array.array("f", wide.tobytes())
    if dtype == "float8_e4m3fn":
        return [decode_small_float(byte, 4, 3, True) for byte in data]
    if dtype == "float8_e5m2":
        return [decode_small_float(byte, 5, 2, False) for byte in data]
    flat = array.array(CODES[dtype], data)
    if dtype.startswith("complex"):
        return [complex(real, imaginary)
                for real, imaginary in zip(flat[::2], flat[1::2])]
    return flat


def read(folder):
    """The values of a folder in order: tensors, or plain Python values."""
    with open(folder / "manifest.json") as file:
        manifest = json.load(file)
    return [Tensor(entry, (folder / entry["file"]).read_bytes())
            if "file" in entry else entry["value"] for entry in manifest]


def is_close(got, want, exact, rtol, atol):
    if got == want or (math.isnan(got) and math.isnan(want)):
        return True
    return abs(got - exact) <= 2 * abs(want - exact) + atol + rtol * abs(exact)


def difference(got, want, exact):
    """None when `got` agrees with `want`, else why not."""
    if not isinstance(want, Tensor):
        if got == want or (isinstance(want, float)
                           and isinstance(got, (int, float))
                           and abs(got - want) <= 1e-6 * abs(want)):
            return None
        return f"{got!r} for {want!r}"
    if not isinstance(got, Tensor):
        return f"{got!r} for a tensor"
    if got.dtype != want.dtype:
        return f"dtype {got.dtype} for {want.dtype}"
    if got.shape != want.shape:
        return f"shape {got.shape} for {want.shape}"
    live = [dim for dim, size in enumerate(want.shape) if size > 1]
    if 0 not in want.shape and ([got.stride[dim] for dim in live]
                                != [want.stride[dim] for dim in live]):
        return f"stride {got.stride} for {want.stride}"
    return difference_of_values(got, want, exact)


def difference_of_values(got, want, exact):
    if not want.is_float():
        wrong = sum(map(lambda a, b: a != b, got.values(), want.values()))
        return f"{wrong} elements differ" if wrong else None
    rtol, atol = TOLERANCES.get(want.dtype, OTHER_TOLERANCE)
    if not isinstance(exact, Tensor) or exact.shape != want.shape:
        exact = want
    wrong, worst = 0, 0.0
    for values in zip(got.values(), want.values(), exact.values()):
        parts = ([[v.real, v.imag] for v in map(complex, values)]
                 if "complex" in want.dtype else [[v] for v in values])
        if not all(is_close(*part, rtol, atol) for part in zip(*parts)):
            wrong += 1
            distance = abs(values[0] - values[2])
            worst = distance if math.isnan(distance) else max(worst, distance)
    return f"{wrong} elements differ, worst by {worst:.3g}" if wrong else None
