"""Backward operators, which torch's own database of samples leaves out: shapes,
layouts and options that make torch take another kernel or another result."""

import itertools

import torch

from own_op import FLOATS, OwnOp

A = torch.ops.aten


def make(*shape, dtype, last=False):
    """Random numbers; with channels last in memory if asked."""
    x = torch.randn(shape, dtype=torch.float32).to(dtype)
    if not last:
        return x
    return x.movedim(1, -1).contiguous().movedim(-1, 1)


def strided(x):
    """The same values, every other element of twice as much memory."""
    return torch.stack([x, x], -1)[..., 0]


SIZES = {1: [((5,), (8,)), ((8,), (3,)), ((4,), (8,)), ((6,), (1,))],
         2: [((5, 4), (8, 6)), ((8, 6), (3, 9)), ((4, 3), (8, 6)),
             ((7, 6), (1, 6)), ((1, 5), (4, 5))],
         3: [((3, 5, 4), (4, 8, 6)), ((4, 6, 2), (2, 3, 5)),
             ((2, 3, 4), (4, 6, 8))]}


def upsamplings(rank, corners):
    def samples(dtype):
        for (inner, outer), align in itertools.product(
                SIZES[rank], (False, True) if corners else (None,)):
            options = [] if align is None else [align]
            grad = make(2, 3, *outer, dtype=dtype)
            yield grad, list(outer), [2, 3, *inner], *options
        inner, outer = SIZES[rank][0]
        options = [False] if corners else []
        shapes = list(outer), [2, 3, *inner]
        yield make(2, 3, *outer, dtype=dtype, last=True), *shapes, *options
        yield strided(make(2, 3, *outer, dtype=dtype)), *shapes, *options
        scales = [outer[i] / inner[i] + 0.05 for i in range(rank)]
        yield make(2, 3, *outer, dtype=dtype), *shapes, *options, *scales
    return samples


def upsampling_ops():
    for rank in (1, 2, 3):
        for kind in ("upsample_nearest", "_upsample_nearest_exact"):
            yield f"{kind}{rank}d", rank, False
    yield "upsample_linear1d", 1, True
    yield "upsample_bilinear2d", 2, True
    yield "upsample_trilinear3d", 3, True
    yield "upsample_bicubic2d", 2, True
    for kind in ("bilinear", "bicubic", "lanczos"):
        yield f"_upsample_{kind}2d_aa", 2, True


POOLS = {2: (8, 7), 3: (5, 6, 4)}


def layouts(shape, dtype):
    """Contiguous, channels last, without a batch, every other element."""
    yield make(2, 3, *shape, dtype=dtype)
    yield make(2, 3, *shape, dtype=dtype, last=True)
    yield make(3, *shape, dtype=dtype)
    yield strided(make(2, 3, *shape, dtype=dtype))


def means(rank):
    pool = getattr(A, f"avg_pool{rank}d")

    def samples(dtype):
        for x, options in itertools.product(
                layouts(POOLS[rank], dtype),
                (([2], [], [0], False, True, None),
                 ([3], [2], [1], True, True, None),
                 ([3], [2], [1], True, False, None),
                 ([3], [1], [1], False, False, 5))):
            grad = torch.randn_like(pool(x.float(), *options)).to(dtype)
            yield grad, x, *options
            yield grad.contiguous(), x, *options
    return samples


def adaptive_means(rank):
    def samples(dtype):
        for x in layouts(POOLS[rank], dtype):
            for size in ((1, 1, 1), (3, 2, 4), (5, 9, 4)):
                shape = (*x.shape[:-rank], *size[:rank])
                yield make(*shape, dtype=dtype), x
    return samples


def maxima(rank, adaptive):
    def samples(dtype):
        for x in layouts(POOLS[rank], dtype):
            if adaptive:
                pool = getattr(A, f"adaptive_max_pool{rank}d")
                for size in ((1, 1, 1), (3, 2, 4), (5, 6, 4)):
                    y, indices = pool(x.float(), list(size[:rank]))
                    yield torch.randn_like(y).to(dtype), x, indices
                continue
            pool = getattr(A, f"max_pool{rank}d_with_indices")
            for options in (([2], [2], [0], [1], False),
                            ([3], [1], [1], [1], False),
                            ([2], [2], [1], [2], True)):
                y, indices = pool(x.float(), *options)
                yield torch.randn_like(y).to(dtype), x, *options, indices
    return samples


def fractions(dtype):
    for x in layouts(POOLS[2], dtype):
        draws = torch.rand(x.shape[0] if x.dim() == 4 else 1, 3, 2)
        y, indices = A.fractional_max_pool2d(x.float(), [2, 2], [4, 3], draws)
        yield torch.randn_like(y).to(dtype), x, [2, 2], [4, 3], indices


def paddings(rank):
    def samples(dtype):
        shape = (5, 4, 6)[:rank]
        for x, pads in itertools.product(
                layouts(shape, dtype), ([1] * 6, [2, 0, 0, 3, 1, 1],
                                        [0] * 6, [3, 3, 3, 2, 0, 4])):
            pads = pads[:2 * rank]
            outer = [shape[i] + pads[2 * (rank - 1 - i)]
                     + pads[2 * (rank - 1 - i) + 1] for i in range(rank)]
            yield make(*x.shape[:-rank], *outer, dtype=dtype), x, pads
    return samples


def grids(rank):
    def samples(dtype):
        inner, outer = ((5, 6), (4, 3)) if rank == 2 else ((3, 4, 5), (2, 2, 3))
        modes = (0, 1, 2) if rank == 2 else (0, 1)
        for mode, padding, align in itertools.product(
                modes, (0, 1, 2), (False, True)):
            # Not so close to whole places that rounding makes another one.
            grid = make(2, *outer, rank, dtype=dtype)
            yield (make(2, 3, *outer, dtype=dtype),
                   make(2, 3, *inner, dtype=dtype), grid, mode, padding, align,
                   [True, True])
        image = make(2, 3, *inner, dtype=dtype, last=True)
        grad = make(2, 3, *outer, dtype=dtype, last=True)
        grid = make(2, *outer, rank, dtype=dtype)
        yield grad, image, grid, 0, 0, False, [True, True]
        yield grad, image, grid * 3, 0, 2, False, [True, True]
        yield grad, image, grid, 0, 0, False, [False, True]
    return samples


def pairs(*more):
    """A gradient and an input in several layouts, then other arguments."""
    def samples(dtype):
        for shape in ((4, 6), (2, 3, 4, 5)):
            grad, x = make(*shape, dtype=dtype), make(*shape, dtype=dtype) * 2
            for left, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
                yield (grad.mT.contiguous().mT if left else grad,
                       x.mT.contiguous().mT if right else x, *more)
    return samples


def slopes(dtype):
    for grad, x in pairs()(dtype):
        noise = torch.where(x > 0, 1, torch.rand_like(x))
        for training, upper in ((True, 0.3), (False, 0.3), (True, 0.1)):
            yield grad, x, noise, 0.1, upper, training, False


def signs(dtype):
    for grad, x in pairs()(dtype):
        target = torch.where(torch.rand_like(x) > 0.5, 1, -1).to(dtype)
        yield grad, x, target, 0
        yield make(dtype=dtype), x, target, 1
        yield make(dtype=dtype), x, target, 2


def batches(dtype):
    for shape in ((4, 3), (2, 3, 5), (2, 3, 4, 5)):
        for last, update in itertools.product((False, True), (False, True)):
            x = make(*shape, dtype=dtype, last=last)
            y, mean, deviation, *_ = A._batch_norm_with_update_functional(
                x, *(torch.rand(3, dtype=dtype) + 0.5 for _ in range(4)),
                0.1, 1e-5)
            yield (torch.randn_like(y), x, torch.rand(3, dtype=dtype),
                   torch.rand(3, dtype=dtype), torch.rand(3, dtype=dtype) + 1,
                   mean, deviation, update, 1e-5, [True] * 3,
                   torch.empty(0, dtype=torch.uint8))


def rows(dtype):
    """Layer norms, their weights in the type of the input and in float32."""
    for shape, inner in (((4, 7), [7]), ((2, 3, 5), [3, 5]), ((1, 1), [1]),
                         ((3, 257), [257]), ((0, 5), [5])):
        # Export says of no rows at all that gradients have the input's type.
        single = torch.float32 if 0 not in shape else dtype
        kinds = {dtype, single} if dtype.itemsize == 2 else {dtype}
        for kind in kinds:
            x = make(*shape, dtype=dtype)
            weight, bias = (make(*inner, dtype=kind) for _ in range(2))
            y, mean, deviation = A.native_layer_norm(x, inner, weight, bias,
                                                     1e-5)
            grad = torch.randn_like(y)
            yield grad, x, inner, mean, deviation, weight, bias, [True] * 3
            yield (strided(grad), strided(x), inner, mean, deviation, weight,
                   bias, [True] * 3)


def small_rows(dtype):
    """Rows beside which what keeps their roots from 0 counts."""
    for scale in (0.0, 1e-5, 1e-3, 0.05, 1.0):
        x = (make(3, 17, dtype=torch.float64) * scale).to(dtype)
        for eps in (None, 1e-6):
            yield x, [17], make(17, dtype=dtype), eps
            yield x, [17], None, eps


def root_mean_square(x, shape, weight, eps):
    """What torch computes and what it saves."""
    return (torch.rms_norm(x, shape, weight, eps),
            *A._fused_rms_norm(x, shape, weight, eps))


def groups(dtype):
    for shape, count in (((2, 6, 5), 3), ((3, 4, 2, 3), 1), ((1, 4, 1), 4)):
        x = make(*shape, dtype=dtype)
        weight = make(shape[1], dtype=dtype)
        sizes = *shape[:2], torch.Size(shape[2:]).numel(), count
        y, mean, deviation = A.native_group_norm(x, weight, weight, *sizes,
                                                 1e-5)
        yield (torch.randn_like(y), x, mean, deviation, weight, *sizes,
               [True] * 3)


def weights(dtype):
    for shape, dim in (((4, 3, 2), 0), ((4, 3), 0), ((4, 3), 1)):
        v = make(*shape, dtype=dtype)
        kept = [n if i == dim else 1 for i, n in enumerate(shape)]
        g = make(*kept, dtype=dtype)
        w, norm = A._weight_norm_interface(v, g, dim)
        yield torch.randn_like(w), v, g, norm, dim


def selections(dtype):
    for dim in (0, 1, -1):
        yield (make(4, 4, 4, dtype=dtype),
               [7 if i == dim % 3 else 4 for i in range(3)], dim,
               torch.tensor([1, 6, 1, 0]))
    yield make(dtype=dtype), [], 0, torch.tensor(0)


def reductions(dtype):
    for keep in (False, True):
        shape = (3, 1, 4) if keep else (3, 4)
        yield (make(*shape, dtype=dtype), 1, torch.randint(0, 6, shape),
               [3, 6, 4], keep)
    yield make(dtype=dtype), 0, torch.tensor(0), [], False


def windows(dtype):
    for shape, dim, size, step in (((3, 9), 1, 3, 1), ((9, 3), 0, 2, 3),
                                   ((2, 9, 3), 1, 4, 2), ((7,), 0, 7, 1)):
        grad = torch.empty(shape).unfold(dim, size, step)
        yield make(*grad.shape, dtype=dtype), list(shape), dim, size, step


def traces(dtype):
    for shape in ([3, 3], [5, 2], [2, 5]):
        yield make(dtype=dtype), shape


def masks(dtype):
    mask = torch.rand(4, 5) > 0.5
    yield make(4, 5, dtype=dtype), mask, [3, 7]
    yield make(4, 5, dtype=dtype).mT.contiguous().mT, mask[:1], [20]
    yield make(4, 5, dtype=dtype), mask & False, [6]


def distances(dtype):
    for p in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, float("inf")):
        for a, b in (((4, 3), (5, 3)), ((2, 4, 3), (2, 5, 3))):
            x, y = make(*a, dtype=dtype), make(*b, dtype=dtype)
            y[..., 0, :] = x[..., 0, :]
            distance = torch.cdist(x, y, p)
            yield torch.randn_like(distance), x, y, p, distance
    x, y = make(6, 3, dtype=dtype).T[:, :3], make(4, 3, dtype=dtype)
    yield make(3, 4, dtype=dtype), x, y, 2.0, torch.cdist(x, y)


def bagged(grad, weight, indices, offsets, scale, mode, last, padding):
    """What autograd makes of bags: results that serve gradients are no
    business of the samples."""
    y, bags, sizes, most = A._embedding_bag(
        weight, indices, offsets, False, mode, False, scale, last, padding)
    grads = [A._embedding_bag_backward(
        grad, indices, offsets, bags, sizes, most, weight.shape[0], False, mode,
        False, scale, padding)]
    if mode == 0:
        grads.append(A._embedding_bag_per_sample_weights_backward(
            grad, weight, indices, offsets, bags, mode, padding))
    return grads


def bags(dtype):
    weight, indices = make(9, 4, dtype=dtype), torch.tensor([1, 4, 3, 0, 3, 8, 2])
    scale = make(7, dtype=dtype)
    for mode, padding, last in itertools.product((0, 1, 2), (-1, 3),
                                                 (False, True)):
        offsets = torch.tensor([0, 2, 2, 5] + [7] * last)
        for factor in (None, scale) if mode == 0 else (None,):
            yield (make(4, 4, dtype=dtype), weight, indices, offsets, factor,
                   mode, last, padding)


def pretended(dtype):
    for x in (make(3, 4, 5, dtype=dtype), make(3, 4, 5, dtype=dtype).mT):
        yield x, 0.3, 1, -2, 3
        yield x, 0.5, 0, 0, 2


def pretended_by_channel(dtype):
    for axis, size in enumerate((3, 4, 5)):
        yield (make(3, 4, 5, dtype=dtype), torch.rand(size) + 0.2,
               torch.arange(size, dtype=torch.int32) - 1, axis, -3, 3)


def backward(name):
    return getattr(A, name).default


TWO = FLOATS[:2]

backward_ops = [
    *(OwnOp(f"own.{name}_backward", backward(f"{name}_backward"),
            upsamplings(rank, corners),
            FLOATS if "_aa" not in name else TWO)
      for name, rank, corners in upsampling_ops()),
    *(OwnOp(f"own.avg_pool{rank}d_backward",
            backward(f"avg_pool{rank}d_backward"), means(rank), dtypes)
      for rank, dtypes in ((2, FLOATS), (3, TWO))),
    *(OwnOp(f"own.adaptive_avg_pool{rank}d_backward",
            backward(f"_adaptive_avg_pool{rank}d_backward"),
            adaptive_means(rank)) for rank in (2, 3)),
    *(OwnOp(f"own.max_pool{rank}d_backward",
            backward(f"max_pool{rank}d_with_indices_backward"),
            maxima(rank, False)) for rank in (2, 3)),
    *(OwnOp(f"own.adaptive_max_pool{rank}d_backward",
            backward(f"adaptive_max_pool{rank}d_backward"), maxima(rank, True))
      for rank in (2, 3)),
    OwnOp("own.fractional_max_pool2d_backward",
          backward("fractional_max_pool2d_backward"), fractions),
    *(OwnOp(f"own.{kind}_pad{rank}d_backward",
            backward(f"{kind}_pad{rank}d_backward"), paddings(rank))
      for kind in ("reflection", "replication") for rank in (1, 2, 3)),
    *(OwnOp(f"own.grid_sampler_{rank}d_backward",
            backward(f"grid_sampler_{rank}d_backward"), grids(rank), TWO)
      for rank in (2, 3)),
    OwnOp("own.hardshrink_backward", backward("hardshrink_backward"),
          pairs(0.5)),
    OwnOp("own.softshrink_backward", backward("softshrink_backward"),
          pairs(0.5)),
    OwnOp("own.prelu_backward",
          lambda grad, x: A._prelu_kernel_backward(grad, x, x[:1] + 1),
          pairs()),
    OwnOp("own.rrelu_backward", backward("rrelu_with_noise_backward"), slopes),
    OwnOp("own.soft_margin_loss_backward",
          backward("soft_margin_loss_backward"), signs),
    OwnOp("own.fake_quantize_backward",
          lambda grad, x: A.fake_quantize_per_tensor_affine_cachemask_backward(
              grad, x > 0), pairs(), FLOATS[:1]),
    OwnOp("own.fake_quantize_mask",
          backward("fake_quantize_per_tensor_affine_cachemask"), pretended,
          FLOATS[:1]),
    OwnOp("own.fake_quantize_mask_by_channel",
          backward("fake_quantize_per_channel_affine_cachemask"),
          pretended_by_channel, FLOATS[:1]),
    OwnOp("own.batch_norm_backward", backward("batch_norm_backward"), batches,
          TWO),
    OwnOp("own.layer_norm_backward", backward("native_layer_norm_backward"),
          rows),
    OwnOp("own.rms_norm", root_mean_square, small_rows),
    OwnOp("own.group_norm_backward", backward("native_group_norm_backward"),
          groups),
    OwnOp("own.weight_norm_backward",
          backward("_weight_norm_interface_backward"), weights, TWO),
    OwnOp("own.index_select_backward", A.index_select_backward, selections),
    OwnOp("own.value_selecting_reduction_backward",
          A.value_selecting_reduction_backward, reductions),
    OwnOp("own.unfold_backward", backward("unfold_backward"), windows),
    OwnOp("own.trace_backward", A.trace_backward, traces),
    OwnOp("own.masked_scatter_backward", backward("masked_scatter_backward"),
          masks),
    OwnOp("own.embedding_bag_backward", bagged, bags, TWO),
    OwnOp("own.cdist_backward", backward("_cdist_backward"), distances, TWO),
]
