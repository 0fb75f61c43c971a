"""Operators and layouts that torch's own database of samples leaves out."""

import itertools

import torch
import torch.ao.quantization.fx._decomposed  # Defines its operators.

from backward_samples import backward_ops
from narrow_samples import narrow_ops
from own_op import FLOATS, OwnOp
from random_samples import random_ops
from set_samples import set_ops

A = torch.ops.aten
Q = torch.ops.quantized_decomposed


def ordered(shape, order, dtype):
    """A dense tensor whose dimensions lie in memory in this order."""
    tensor = torch.randn([shape[dim] for dim in order], dtype=dtype)
    return tensor.permute([order.index(dim) for dim in range(len(order))])


def attention_operands(dtype):
    """Query, key, value, mask or None, keywords: whatever makes torch take
    another kernel or layout."""
    def make(*shape):
        return torch.randn(shape, dtype=dtype)

    q, k, v = make(2, 5, 3, 4).transpose(1, 2), make(2, 3, 7, 4), make(2, 3, 7, 4)
    for order in itertools.permutations(range(4)):
        yield ordered((2, 3, 5, 4), order, dtype), k, v, None, {}
        yield q, ordered((2, 3, 7, 4), order, dtype), v, None, {}
    for shape in ((5, 7), (1, 7), (5, 1), (2, 1, 5, 7), (2, 3, 5, 7),
                  (1, 1, 1, 7), (3, 5, 7), (1, 5, 7)):
        yield q, k, v, make(*shape), {}
        yield q, k, v, torch.rand(shape) > 0.3, {}
    yield q, k, v, None, {"is_causal": True}
    yield q, k, v, None, {"scale": -0.3}
    yield make(2, 3, 5, 0), make(2, 3, 7, 0), v, None, {}
    grouped = make(2, 5, 6, 4).transpose(1, 2)
    for heads in ((3, 3), (1, 1), (3, 2), (1, 3), (6, 6)):
        yield (grouped, make(2, heads[0], 7, 4), make(2, heads[1], 7, 4), None,
               {"enable_gqa": True})
    yield grouped, k, make(2, 3, 7, 8), None, {"enable_gqa": True}
    for shape in ((2, 1, 7, 4), (1, 3, 7, 4), (3, 7, 4), (7, 4)):
        yield q, make(*shape), make(*shape), None, {}
        yield q, k, make(*shape), None, {}
    for shape in ((1, 3, 5, 4), (2, 1, 5, 4), (3, 5, 4), (5, 4)):
        yield make(*shape), k, v, None, {}
    yield q, k, make(2, 3, 7, 6), None, {}
    for shape in ((5, 4), (2, 5, 4), (2, 2, 3, 5, 4), (2, 1, 2, 3, 5, 4)):
        x = make(*shape)
        yield x, x + 1, x - 1, None, {}
        yield x.mT.contiguous().mT, x + 1, x.mT.contiguous().mT, None, {}
    for b, h, l, e in itertools.product((1, 2), (1, 3), (1, 5), (1, 4)):
        for order in ((0, 1, 2, 3), (0, 2, 1, 3), (1, 0, 2, 3), (2, 0, 1, 3)):
            yield (ordered((b, h, l, e), order, dtype), make(b, h, 7, e),
                   make(b, h, 7, e), None, {})
    yield make(1, 3, 5, 4).expand(2, 3, 5, 4), k, v, None, {}
    yield make(2, 1, 5, 4).expand(2, 3, 5, 4), k, v, None, {}
    yield make(2, 5, 1, 4).expand(2, 5, 3, 4).transpose(1, 2), k, v, None, {}
    yield make(2, 3, 5, 8)[..., :4], k, v, None, {}
    yield make(2, 3, 5, 8)[..., ::2], k, v, None, {}
    yield make(2, 3, 10, 4)[:, :, :5], k, v, None, {}
    yield q, make(2, 3, 0, 4), make(2, 3, 0, 4), None, {}


def attention(q, k, v, mask, **options):
    return torch.nn.functional.scaled_dot_product_attention(
        q, k, v, attn_mask=mask, **options)


def attention_by_products(q, k, v, mask, **options):
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        return attention(q, k, v, mask, **options)


def attention_math(q, k, v, mask, **options):
    return A._scaled_dot_product_attention_math(q, k, v, mask, **options)


def fused_operands(dtype):
    return (operands for operands in attention_operands(dtype)
            if all(x.dim() == 4 and x.stride(3) == 1 for x in operands[:3])
            and operands[0].shape[:2] == operands[1].shape[:2]
            and operands[1].shape == operands[2].shape
            and operands[1].numel()
            and (operands[3] is None or operands[3].dtype != torch.bool
                 and operands[3].dim() in (2, 4)))


def attention_cpu(q, k, v, mask, scale=None, is_causal=False, **options):
    return A._scaled_dot_product_flash_attention_for_cpu(
        q, k, v, is_causal=is_causal, attn_mask=mask, scale=scale)


def grids(dtype):
    def make(*shape):
        return torch.randn(shape, dtype=dtype)

    image = make(2, 3, 5, 6)
    grid = make(2, 4, 3, 2)
    for mode, padding, align in itertools.product(
            ("bilinear", "nearest", "bicubic"),
            ("zeros", "border", "reflection"), (False, True)):
        yield image, grid, mode, padding, align
    yield (image.to(memory_format=torch.channels_last), grid, "bilinear",
           "zeros", False)
    yield make(2, 3, 1, 1), grid, "bilinear", "reflection", True
    for mode, padding in itertools.product(
            ("bilinear", "nearest"), ("zeros", "border", "reflection")):
        yield (make(1, 2, 3, 4, 5), make(1, 2, 3, 2, 3), mode, padding, False)


def columns(dtype):
    for shape in ((2, 27, 42), (27, 42)):
        yield torch.randn(shape, dtype=dtype), (6, 7), 3, 1, 1, 1
    yield torch.randn(2, 12, 12, dtype=dtype), (6, 7), (2, 3), (2, 1), 0, (1, 2)
    yield torch.randn(0, 12, 12, dtype=dtype), (6, 7), (2, 3), (2, 1), 0, (1, 2)


def thetas(dtype):
    for align in (False, True):
        yield torch.randn(2, 2, 3, dtype=dtype), [2, 3, 4, 5], align
        yield torch.randn(2, 2, 3, dtype=dtype), [2, 3, 1, 2], align
        yield torch.randn(2, 3, 4, dtype=dtype), [2, 3, 2, 4, 5], align


def bags(dtype):
    weight = torch.randn(9, 4, dtype=dtype)
    indices = torch.tensor([1, 4, 3, 0, 3, 8, 2])
    offsets = torch.tensor([0, 2, 2, 5, 7])
    for mode, last, padding in itertools.product(
            ("sum", "mean", "max"), (False, True), (None, 3, -1)):
        yield indices, weight, offsets, {
            "mode": mode, "include_last_offset": last, "padding_idx": padding}
    yield indices, weight, offsets, {
        "mode": "sum", "per_sample_weights": torch.randn(7, dtype=dtype)}
    yield torch.tensor([[1, 2], [4, 0]], dtype=torch.int32), weight, {}
    for mode, padding in itertools.product(("sum", "mean", "max"), (None, 3)):
        yield torch.tensor([[1, 3, 5], [3, 3, 3]]), weight, {
            "mode": mode, "padding_idx": padding}
    yield torch.tensor([[1, 2], [4, 0]]), weight, {
        "mode": "sum",
        "per_sample_weights": torch.randn(2, 2, dtype=dtype)}


def by_strides(dtype):
    x = torch.arange(24).reshape(4, 6).to(dtype)
    yield x, [2, 3], [6, 1], 7
    yield x, [2, 3], [1, 2], None
    yield x.t(), [4, 2], [3, 5], 1
    yield x, [], [], 5
    yield x, [0, 2], [1, 1], 0


def of_a_slice(x, *window):
    return x[1:3].as_strided(*window)


def of_a_column(x, *window):
    return (x + 1).select(1, 2).as_strided(*window)


def scatter_by_strides(x, size, stride, offset):
    source = torch.full(size, 3, dtype=x.dtype)
    return torch.as_strided_scatter(x, source, size, stride, offset)


def filled(x, wrap):
    y = x + 1
    y.fill_diagonal_(3, wrap)
    return y


def networks(kind):
    """Arguments of aten's recurrent networks: layers, directions, biases,
    batch first, a projection."""
    states, gates = {"lstm": (2, 4), "gru": (1, 3)}.get(kind, (1, 1))

    def make(dtype):
        for layers, both, biases, first, narrow in (
                (1, False, True, False, False), (2, True, True, True, False),
                (2, False, False, True, False), (1, True, True, False, True)):
            if narrow and kind != "lstm":
                continue
            ways, size, out = 1 + both, 5, 3 if narrow else 5
            hidden = [torch.randn(layers * ways, 2, out, dtype=dtype),
                      torch.randn(layers * ways, 2, size, dtype=dtype)]
            params = []
            for layer, _ in itertools.product(range(layers), range(ways)):
                width = 4 if layer == 0 else ways * out
                shapes = [(gates * size, width), (gates * size, out)]
                shapes += [(gates * size,)] * 2 * biases + [(out, size)] * narrow
                params += [torch.randn(shape, dtype=dtype) for shape in shapes]
            yield (torch.randn(2, 2, 4, dtype=dtype),
                   hidden if states == 2 else hidden[0], params, biases,
                   layers, 0.0, False, both, first)
    return make


def spectrum(x, order, dims, backward):
    """Of complex numbers in several layouts."""
    z = torch.complex(x, x.flip(-1)).permute(order)
    half = A._fft_r2c(x.permute(order), dims, 0, True)
    back = A._fft_c2r(half, dims, 2, x.permute(order).size(dims[-1]))
    return (torch.view_as_real(A._fft_c2c(z, dims, backward, not backward)),
            torch.view_as_real(half), back)


def spectra(dtype):
    for order in itertools.permutations(range(3)):
        for dims in ([2], [0], [0, 2], [2, 1], [1, 0, 2]):
            yield torch.randn(4, 35, 6, dtype=dtype), list(order), dims, 0
            yield torch.randn(3, 2, 40, dtype=dtype), list(order), dims, 1


def there_and_back(x, *options):
    window, more = options[0], options[1]
    z = torch.stft(x, 16, window=window, return_complex=True, **more)
    return torch.view_as_real(z), torch.istft(z, 16, window=window, **more)


def frames(dtype):
    for more in ({}, {"hop_length": 3}, {"normalized": True},
                 {"onesided": False}, {"win_length": 11}):
        size = more.get("win_length", 16)
        for x in (torch.randn(2, 101, dtype=dtype), torch.randn(64, dtype=dtype)):
            yield x, torch.rand(size, dtype=dtype) + 0.1, more, {}
            yield x, None, more, {}


def images(dtype):
    for size, to in (((9, 20), (4, 7)), ((5, 6), (11, 6)), ((8, 8), (1, 3))):
        x = torch.randn(2, 3, *size, dtype=dtype)
        for corners in (False, True):
            yield x, to, corners
        last = x.to(memory_format=torch.channels_last)
        yield last, to, False, *(b / a * 0.99 for a, b in zip(size, to))


def tapered(x):
    size = x.numel()
    return [window(size, periodic=periodic, dtype=x.dtype) * x
            for window in (torch.hann_window, torch.hamming_window,
                           torch.blackman_window)
            for periodic in (False, True)] + [
                torch.hamming_window(size, True, 0.5, 0.25, dtype=x.dtype) + x]


def repeated(x, repeats, dim):
    return torch.repeat_interleave(x, repeats, dim=dim, output_size=11)


def repetitions(dtype):
    repeats = torch.tensor([1, 2, 3, 0, 5])
    yield torch.randn(5, 2, dtype=dtype), repeats, 0
    yield torch.randn(2, 5, dtype=dtype), repeats.int(), 1
    yield torch.randn(11, dtype=dtype), torch.tensor(1), None


def looked_up(weight, indices):
    weight = weight * 2
    rows = torch.nn.functional.embedding(indices, weight, max_norm=1.5)
    return rows, weight


def roundings(dtype):
    """Numbers, many of them between two steps."""
    return ((torch.arange(24) - 11) * 0.25).reshape(2, 3, 4).to(dtype)


def quantized(x, scale, zero, low, high, to):
    q = Q.quantize_per_tensor(x, scale, zero, low, high, to)
    return q, Q.dequantize_per_tensor(q, scale, zero, low, high, to)


def quantized_by_channel(x, scales, zeros, axis):
    q = Q.quantize_per_channel(x, scales, zeros, axis, -8, 7, torch.int8)
    return q, Q.dequantize_per_channel(q, scales, zeros, axis, -8, 7,
                                       torch.int8)


def per_tensor(dtype):
    for to, low, high in ((torch.uint8, 0, 255), (torch.int8, -8, 7)):
        yield roundings(dtype), 0.5, 3, low, high, to
        yield roundings(dtype).mT, 0.3, 0, low, high, to
    yield (roundings(dtype), torch.tensor(0.5), torch.tensor(3), 0, 9,
           torch.uint8)


def per_channel(dtype):
    for axis, size in enumerate((2, 3, 4)):
        for scales in (torch.rand(size) + 0.2, torch.full((size,), 0.5)):
            yield roundings(dtype), scales, torch.arange(size) - 1, axis


def pretended(dtype):
    for zero in (0, 3, 4):
        yield roundings(dtype), 0.5, zero, 0, 9
        yield roundings(dtype).mT, 0.3, zero, 0, 9


def grouped(dtype):
    """Groups of rows, of columns and of what is summed up, and a batch; lines
    of whole 16 bytes, as torch wants them, and bf16, which it exports."""
    def ends(*values):
        return torch.tensor(values, dtype=torch.int32)

    def make(*shape):
        return torch.randn(shape, dtype=dtype)

    for of in (ends(2, 9, 11), ends(0, 0, 11), ends(11, 11, 11)):
        yield make(11, 16), make(3, 16, 24), of
        yield make(11, 16), make(3, 24, 16).mT, of
    yield make(3, 5, 16), make(16, 24), ends(3, 3, 24)
    yield make(3, 5, 16), make(24, 16).mT, ends(8, 17, 24)
    yield make(5, 24), make(24, 16), ends(8, 16, 24)
    yield make(3, 5, 16), make(3, 16, 24)


def cells(kind):
    states, gates = {"lstm": (2, 4), "gru": (1, 3)}.get(kind, (1, 1))

    def make(dtype):
        hidden = [torch.randn(3, 5, dtype=dtype) for _ in range(states)]
        weights = [torch.randn(gates * 5, width, dtype=dtype)
                   for width in (4, 5)]
        for biases in ([], [torch.randn(gates * 5, dtype=dtype)] * 2):
            yield (torch.randn(3, 4, dtype=dtype),
                   hidden if states == 2 else hidden[0], *weights, *biases)
    return make


ALL = (torch.float32, torch.int64, torch.bool)

own_ops = [
    *backward_ops,
    *narrow_ops,
    *random_ops,
    *set_ops,
    OwnOp("own.grid_sample", torch.nn.functional.grid_sample, grids,
          (torch.float32, torch.float64)),
    OwnOp("own.fold", torch.nn.functional.fold, columns,
          (torch.float32, torch.float64)),
    OwnOp("own.affine_grid", torch.nn.functional.affine_grid, thetas,
          (torch.float32, torch.float64)),
    OwnOp("own.embedding_bag", torch.nn.functional.embedding_bag, bags,
          (torch.float32, torch.float64)),
    OwnOp("own.as_strided", torch.as_strided, by_strides, ALL),
    OwnOp("own.as_strided_slice", of_a_slice, by_strides, ALL),
    OwnOp("own.as_strided_column", of_a_column,
          lambda dtype: [(torch.randn(4, 6, dtype=dtype), [2, 3], [6, 1], 7)]),
    OwnOp("own.as_strided_scatter", scatter_by_strides, by_strides, ALL),
    OwnOp("own.fill_diagonal", filled,
          lambda dtype: [(torch.ones(shape, dtype=dtype), wrap)
                         for shape in ((4, 4), (3, 5), (9, 2), (3, 3, 3))
                         for wrap in (False, True)], ALL[:2]),
    OwnOp("own.unfold_copy", torch.unfold_copy,
          lambda dtype: [(torch.arange(12).reshape(2, 6).to(dtype), 1, 3, 2)],
          ALL),
    OwnOp("own.narrow_copy", torch.narrow_copy,
          lambda dtype: [(torch.arange(12).reshape(2, 6).to(dtype), 1, -3, 2)],
          ALL),
    OwnOp("own.cartesian_prod", torch.cartesian_prod,
          lambda dtype: [(torch.arange(3).to(dtype), torch.arange(2).to(dtype)),
                         (torch.arange(3).to(dtype),)], ALL),
    OwnOp("own.windows", tapered,
          lambda dtype: [(torch.ones(size, dtype=dtype),)
                         for size in (1, 2, 9, 400)], FLOATS[:2]),
    OwnOp("own.quantize", quantized, per_tensor),
    OwnOp("own.quantize_by_channel", quantized_by_channel, per_channel,
          FLOATS[:1]),
    OwnOp("own.fake_quantize", A.fake_quantize_per_tensor_affine, pretended,
          FLOATS[:1]),
    OwnOp("own.fake_quantize_by_channel", A.fake_quantize_per_channel_affine,
          lambda dtype: [(x, scales, zeros.int(), axis, -8, 7) for
                         x, scales, zeros, axis in per_channel(dtype)],
          FLOATS[:1]),
    OwnOp("own.grouped_mm", A._grouped_mm, grouped, (torch.bfloat16,)),
    OwnOp("own.repeat_interleave", repeated, repetitions),
    OwnOp("own.embedding_renorm", looked_up,
          lambda dtype: [(torch.randn(6, 4, dtype=dtype),
                          torch.tensor([[0, 3, 3], [5, 1, 0]]))], FLOATS[:2]),
    OwnOp("own.view_dtype", lambda x: (x.t() * 2).view(torch.int32),
          lambda dtype: [(torch.randn(3, 5),)], FLOATS[:1]),
    *(OwnOp(f"own.{kind}_aa", getattr(A, f"_upsample_{kind}2d_aa").default,
            images) for kind in ("bilinear", "bicubic", "lanczos")),
    OwnOp("own.fft", spectrum, spectra, FLOATS[:2]),
    OwnOp("own.stft", there_and_back, frames, FLOATS[:2]),
    *(OwnOp(f"own.{kind}", getattr(A, kind).input, networks(kind), FLOATS[:2])
      for kind in ("lstm", "gru", "rnn_tanh", "rnn_relu")),
    *(OwnOp(f"own.{kind}_cell", getattr(A, f"{kind}_cell").default, cells(kind))
      for kind in ("lstm", "gru", "rnn_tanh", "rnn_relu")),
    OwnOp("own.attention", attention, attention_operands),
    OwnOp("own.attention_by_products", attention_by_products,
          attention_operands),
    OwnOp("own.attention_math", attention_math,
          attention_operands),
    OwnOp("own.attention_cpu", attention_cpu, fused_operands),
]
