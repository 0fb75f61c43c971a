"""Calls of operators with values that they may refuse; see refusals.py."""

import torch
import torch.nn.functional as F

aten = torch.ops.aten


class Case:
    """A function, and what it is called with: while its program is exported
    tensors are fake, so that their values do not fail already."""

    def __init__(self, function, *tensors, is_random=False):
        self.function, self.is_random = function, is_random
        self.tensors = tensors


def whole(*values):
    return torch.tensor(values)


def real(*values):
    return torch.tensor(values, dtype=torch.float32)


def numbers(*shape):
    count = torch.Size(shape).numel()
    return torch.linspace(-1, 2, count).reshape(shape)


CASES = {}


def add(name, function, *tensors, **options):
    CASES[name] = Case(function, *tensors, **options)


def add_each(name, function, values, *tensors, **options):
    """One case for each last tensor."""
    for label, value in values.items():
        add(f"{name}/{label}", function, *tensors, value, **options)


#===-----------------------------------------------------------------------===#
# Indices
#===-----------------------------------------------------------------------===#

table = numbers(5, 3)
picks = {"negative": whole(0, -1), "least": whole(0, -5),
         "below": whole(0, -6), "above": whole(0, 5)}
add_each("embedding", lambda w, i: F.embedding(i, w), picks, table)
add_each("embedding-padding",
         lambda w, i: F.embedding(i, w, padding_idx=-1), picks, table)
add_each("embedding_dense_backward",
         lambda g, i: aten.embedding_dense_backward(g, i, 5, -1, False), picks,
         numbers(2, 3))
add_each("embedding_dense_backward-padding",
         lambda g, i: aten.embedding_dense_backward(g, i, 5, 1, False), picks,
         numbers(2, 3))
add_each("index_select", lambda x, i: x.index_select(0, i), picks, table)
add_each("index_select-0d", lambda x, i: x.index_select(0, i),
         {"negative": whole(-1), "above": whole(1)}, torch.tensor(2.0))
add_each("index", lambda x, i: x[i], picks, table)
add_each("index-column", lambda x, i: x[:, i], picks, numbers(3, 5))
add_each("index_add", lambda x, s, i: x.index_add(0, i, s), picks, table,
         numbers(2, 3))
add_each("index_copy", lambda x, s, i: x.index_copy(0, i, s), picks, table,
         numbers(2, 3))
add_each("index_fill", lambda x, i: x.index_fill(0, i, 7.0), picks, table)
for kind in ("prod", "mean", "amax", "amin"):
    add_each(f"index_reduce-{kind}",
             lambda x, s, i, kind=kind: x.index_reduce(0, i, s, kind), picks,
             table, numbers(2, 3))
add_each("index_put", lambda x, s, i: aten.index_put(x, [i], s), picks, table,
         numbers(2, 3))
add_each("index_put-accumulate",
         lambda x, s, i: aten.index_put(x, [i], s, True), picks, table,
         numbers(2, 3))
add_each("take", lambda x, i: x.take(i),
         {"negative": whole(-1), "below": whole(-16), "above": whole(15)},
         table)
add_each("put", lambda x, s, i: x.put(i, s),
         {"negative": whole(-1), "below": whole(-16), "above": whole(15)},
         table, real(9))
columns = {name: i.reshape(2, 1).expand(2, 3).contiguous()
           for name, i in picks.items()}
add_each("gather", lambda x, i: x.gather(0, i), columns, table)
add_each("take_along_dim", lambda x, i: x.take_along_dim(i, 0), columns, table)
add_each("take_along_dim-flat", lambda x, i: x.take_along_dim(i), picks,
         numbers(5))
add_each("scatter", lambda x, s, i: x.scatter(0, i, s), columns, table,
         numbers(2, 3))
add_each("scatter-value", lambda x, i: x.scatter(0, i, 3.0), columns, table)
add_each("scatter_add", lambda x, s, i: x.scatter_add(0, i, s), columns, table,
         numbers(2, 3))
for kind in ("sum", "prod", "mean", "amax", "amin"):
    add_each(f"scatter_reduce-{kind}",
             lambda x, s, i, kind=kind: x.scatter_reduce(0, i, s, kind),
             columns, table, numbers(2, 3))
add_each("one_hot", lambda i: F.one_hot(i, 5), picks)
for mode in ("sum", "mean", "max"):
    add_each(f"embedding_bag-{mode}",
             lambda w, i, mode=mode: F.embedding_bag(i, w, whole(0, 1),
                                                     mode=mode), picks, table)
    add_each(f"embedding_bag-{mode}-offsets",
             lambda w, i, o, mode=mode: F.embedding_bag(i, w, o, mode=mode),
             {"first": whole(1, 2),
              "end": whole(0, 3), "above": whole(0, 4)}, table,
             whole(0, 1, 2))
scores = numbers(2, 5).log_softmax(1)
targets = {**picks, "ignored": whole(0, -100)}
for reduction in ("none", "sum", "mean"):
    add_each(f"nll_loss-{reduction}",
             lambda x, t, reduction=reduction: F.nll_loss(
                 x, t, reduction=reduction), targets, scores)
add_each("cross_entropy", lambda x, t: F.cross_entropy(x, t), targets, scores)
add_each("cross_entropy-weight",
         lambda x, w, t: F.cross_entropy(x, t, w), targets, scores, numbers(5))
add_each("cross_entropy-smooth",
         lambda x, t: F.cross_entropy(x, t, label_smoothing=0.1), targets,
         scores)
add_each("nll_loss_backward", lambda x, g, w, t: aten.nll_loss_backward(
    g, x, t, None, 1, -100, w), targets, scores, torch.tensor(1.0),
    torch.tensor(2.0))
add_each("nll_loss2d", lambda x, t: F.nll_loss(x, t),
         {name: t.reshape(1, 1, 2) for name, t in targets.items()},
         scores.T.reshape(1, 5, 1, 2).contiguous())
add_each("nll_loss2d_backward", lambda x, g, w, t: aten.nll_loss2d_backward(
    g, x, t, None, 1, -100, w),
    {name: t.reshape(1, 1, 2) for name, t in targets.items()},
    scores.T.reshape(1, 5, 1, 2).contiguous(), torch.tensor(1.0),
    torch.tensor(2.0))
add_each("multi_margin_loss", lambda x, t: F.multi_margin_loss(x, t), picks,
         numbers(2, 5))
add_each("multilabel_margin_loss",
         lambda x, t: F.multilabel_margin_loss(x, t),
         {"good": whole([3, 0, -1, 1, 4]), "above": whole([3, 5, -1, 1, 4]),
          "below": whole([3, -2, 0, -1, 4])}, numbers(1, 5))
add_each("max_unpool2d", lambda x, i: F.max_unpool2d(x, i, 2),
         {"good": whole([[0, 15]]).reshape(1, 1, 1, 2),
          "negative": whole([[0, -1]]).reshape(1, 1, 1, 2),
          "above": whole([[0, 16]]).reshape(1, 1, 1, 2)}, numbers(1, 1, 1, 2))
add_each("max_unpool3d", lambda x, i: F.max_unpool3d(x, i, 2),
         {"good": whole(0, 7).reshape(1, 1, 1, 1, 2),
          "negative": whole(0, -1).reshape(1, 1, 1, 1, 2),
          "above": whole(0, 16).reshape(1, 1, 1, 1, 2)},
         numbers(1, 1, 1, 1, 2))
add_each("max_pool2d_with_indices_backward",
         lambda x, g, i: aten.max_pool2d_with_indices_backward(
             g, x, [2, 2], [2, 2], [0, 0], [1, 1], False, i),
         {"good": whole(0, 7).reshape(1, 1, 1, 2),
          "negative": whole(0, -1).reshape(1, 1, 1, 2)}, numbers(1, 1, 2, 4),
         numbers(1, 1, 1, 2))
add_each("masked_scatter", lambda x, s, m: x.masked_scatter(m, s),
         {"good": torch.tensor([True, False, True]),
          "short": torch.tensor([True, True, True])}, real(1, 2, 3), real(4, 5))

#===-----------------------------------------------------------------------===#
# Random numbers
#===-----------------------------------------------------------------------===#

NAN, INF = float("nan"), float("inf")
probabilities = {"good": real(0, 1), "negative": real(0.5, -0.1),
                 "above": real(0.5, 1.1), "nan": real(0.5, NAN)}
add_each("bernoulli", lambda p: torch.bernoulli(p), probabilities,
         is_random=True)
add_each("bernoulli-tensor", lambda x, p: aten.bernoulli.Tensor(x, p),
         probabilities, real(0, 0), is_random=True)
add_each("bernoulli-f64-tensor",
         lambda x, p: aten.bernoulli.Tensor(x, p.double()), probabilities,
         real(0, 0), is_random=True)
add_each("bernoulli_", lambda x, p: x.clone().bernoulli_(p), probabilities,
         real(0, 0), is_random=True)
for p in (-0.1, 1.1, NAN):
    add(f"bernoulli-p/{p}", lambda x, p=p: torch.bernoulli(x, p), real(0, 0),
        is_random=True)
weights = {"good": real(1, 0, 2), "negative": real(1, -1, 2),
           "infinite": real(1, INF, 2), "nan": real(1, NAN, 2),
           "zero": real(0, 0, 0), "few": real(1, 0, 0)}
for count, replaced in ((1, False), (2, False), (2, True), (1, True)):
    add_each(f"multinomial-{count}{'-replaced' if replaced else ''}",
             lambda w, count=count, replaced=replaced: torch.multinomial(
                 w, count, replaced), weights, is_random=True)
    add_each(f"multinomial-rows-{count}{'-replaced' if replaced else ''}",
             lambda w, count=count, replaced=replaced: torch.multinomial(
                 w, count, replaced),
             {name: torch.stack([real(1, 1, 1), w])
              for name, w in weights.items()}, is_random=True)
deviations = {"good": real(0, 1), "negative": real(1, -1),
              "nan": real(1, NAN)}
add_each("normal-float-tensor", lambda s: torch.normal(0.0, s), deviations,
         is_random=True)
add_each("normal-tensor-tensor", lambda m, s: torch.normal(m, s), deviations,
         real(0, 0), is_random=True)
for std in (-1.0, NAN):
    add(f"normal-tensor-float/{std}",
        lambda m, std=std: torch.normal(m, std), real(0, 0), is_random=True)
    add(f"normal-floats/{std}",
        lambda x, std=std: x + torch.normal(0.0, std, (2,)), real(0, 0),
        is_random=True)
    add(f"normal_/{std}", lambda x, std=std: x.clone().normal_(0.0, std),
        real(0, 0), is_random=True)
    add(f"log_normal_/{std}",
        lambda x, std=std: x.clone().log_normal_(0.0, std), real(0, 0),
        is_random=True)
    add(f"exponential_/{std}", lambda x, std=std: x.clone().exponential_(std),
        real(0, 0), is_random=True)
    add(f"cauchy_/{std}", lambda x, std=std: x.clone().cauchy_(0.0, std),
        real(0, 0), is_random=True)
    add(f"geometric_/{std}", lambda x, std=std: x.clone().geometric_(std),
        real(0, 0), is_random=True)
    add(f"uniform_/{std}", lambda x, std=std: x.clone().uniform_(0.0, std),
        real(0, 0), is_random=True)
    add(f"dropout/{std}", lambda x, std=std: F.dropout(x, std), real(0, 0),
        is_random=True)
add("exponential_/zero", lambda x: x.clone().exponential_(0.0), real(0, 0),
    is_random=True)
add("cauchy_/zero", lambda x: x.clone().cauchy_(0.0, 0.0), real(0, 0),
    is_random=True)
add("log_normal_/zero", lambda x: x.clone().log_normal_(0.0, 0.0), real(0, 0),
    is_random=True)
add("random_/empty", lambda x: x.clone().random_(3, 3), real(0, 0),
    is_random=True)
add("uniform_/wide", lambda x: x.clone().uniform_(-3e38, 3e38), real(0, 0),
    is_random=True)
add("uniform_/infinite", lambda x: x.clone().uniform_(0, INF), real(0, 0),
    is_random=True)
add("uniform_/nan", lambda x: x.clone().uniform_(NAN, 1.0), real(0, 0),
    is_random=True)
rates = {"good": real(0, 3), "negative": real(1, -1), "nan": real(1, NAN)}
add_each("poisson", lambda r: torch.poisson(r), rates, is_random=True)
add_each("binomial", lambda n, p: torch.binomial(n, p), probabilities,
         real(3, 3), is_random=True)
add_each("standard_gamma", lambda a: torch._standard_gamma(a), rates,
         is_random=True)

#===-----------------------------------------------------------------------===#
# Counting, searching, integers
#===-----------------------------------------------------------------------===#

add_each("repeat_interleave",
         lambda x, r: x.repeat_interleave(r, 0, output_size=3),
         {"good": whole(1, 2), "negative": whole(4, -1),
          "sum": whole(1, 1)}, numbers(2, 3))
sorters = {"good": whole(2, 0, 1), "negative": whole(2, 0, -1),
           "above": whole(2, 0, 3)}
add_each("searchsorted-sorter",
         lambda s, x, o: torch.searchsorted(s, x, sorter=o), sorters,
         real(2, 3, 1), real(1.5, 2.5))
add_each("bincount", lambda x: aten.bincount(x, None, 4),
         {"good": whole(0, 3), "negative": whole(0, -1)})
add_each("histc", lambda x: torch.histc(x, 4),
         {"good": real(0, 1), "infinite": real(0, INF), "nan": real(0, NAN)})
add_each("histc-range", lambda x: torch.histc(x, 4, 0, 2),
         {"good": real(0, 1), "infinite": real(0, INF), "nan": real(0, NAN)})
add_each("bucketize-nan", lambda x, b: torch.bucketize(x, b),
         {"nan": real(1, NAN), "descending": real(2, 1)}, real(0.5, 1.5))
add_each("quantile", lambda x, q: torch.quantile(x, q),
         {"good": real(0.5), "above": real(1.5), "negative": real(-0.5),
          "nan": real(NAN)}, real(1, 2, 3))
divisors = {"good": whole(2, -3), "zero": whole(1, 0)}
for name, function in {
        "floor_divide": torch.floor_divide, "remainder": torch.remainder,
        "fmod": torch.fmod, "div": torch.div,
        "div-trunc": lambda x, y: torch.div(x, y, rounding_mode="trunc"),
        "div-floor": lambda x, y: torch.div(x, y, rounding_mode="floor"),
        "floordiv": lambda x, y: x // y, "mod": lambda x, y: x % y}.items():
    add_each(name, function, divisors, whole(7, 5))
    add_each(f"{name}-u8", function,
             {n: d.abs().to(torch.uint8) for n, d in divisors.items()},
             whole(7, 5).to(torch.uint8))
    add(f"{name}-scalar/zero", lambda x, f=function: f(x, 0), whole(7, 5))
add_each("remainder-scalar-tensor", lambda y: aten.remainder.Scalar_Tensor(
    7, y), divisors)
add_each("pow", lambda x, y: x ** y,
         {"good": whole(2, 3), "negative": whole(2, -1)}, whole(7, 5))
add("pow-scalar/negative", lambda x: x ** -1, whole(7, 5))
add_each("scalar-pow", lambda y: 2 ** y,
         {"good": whole(2, 3), "negative": whole(2, -1)})
add_each("shift-left", lambda x, y: x << y,
         {"good": whole(2, 3), "negative": whole(2, -1),
          "wide": whole(2, 64)}, whole(7, -5))
add_each("shift-right", lambda x, y: x >> y,
         {"good": whole(2, 3), "negative": whole(2, -1),
          "wide": whole(2, 64)}, whole(7, -5))
add_each("gcd", torch.gcd, divisors, whole(7, 5))
add_each("lcm", torch.lcm, divisors, whole(7, 5))
add_each("assert_async", lambda x, c: aten._assert_async.msg(c, "no") or x + 1,
         {"good": torch.tensor(True), "false": torch.tensor(False)},
         real(1, 2))
add_each("binary_cross_entropy", F.binary_cross_entropy,
         {"good": real(0, 1), "target": real(2, -1)}, real(0.5, 0.5))
add_each("binary_cross_entropy-input",
         lambda t, x: F.binary_cross_entropy(x, t),
         {"good": real(0, 1), "negative": real(0.5, -0.1),
          "above": real(0.5, 1.1), "nan": real(0.5, NAN)}, real(0, 1))
add_each("binary_cross_entropy_backward",
         lambda g, t, x: aten.binary_cross_entropy_backward(g, x, t),
         {"good": real(0.1, 0.9), "negative": real(0.5, -0.1),
          "above": real(0.5, 1.1)}, torch.tensor(1.0), real(0, 1))
add_each("fake_quantize", lambda x, s, z:
         torch.fake_quantize_per_tensor_affine(x, s, z, 0, 255),
         {"good": torch.tensor(3, dtype=torch.int32),
          "above": torch.tensor(300, dtype=torch.int32)}, real(1, 2),
         torch.tensor(0.5))
add_each("fake_quantize-channel", lambda x, s, z:
         torch.fake_quantize_per_channel_affine(x, s, z, 0, 0, 255),
         {"good": whole(3, 4).int(), "above": whole(3, 300).int(),
          "negative": whole(3, -1).int()}, numbers(2, 3), real(0.5, 0.25))
add_each("narrow-item", lambda x, i: x.narrow(0, i.item(), 1),
         {"good": whole(1), "above": whole(3), "negative": whole(-1),
          "below": whole(-4)}, real(1, 2, 3))
add_each("select-item", lambda x, i: x.select(0, i.item()),
         {"good": whole(1), "above": whole(3), "negative": whole(-1),
          "below": whole(-4)}, real(1, 2, 3))

#===-----------------------------------------------------------------------===#
# Linear algebra
#===-----------------------------------------------------------------------===#

good = real([2, 1], [1, 3])
matrices = {"good": good, "singular": real([1, 2], [2, 4]),
            "zero": real([0, 0], [0, 0]), "nan": real([NAN, 1], [1, 2]),
            "batch": torch.stack([good, real([0, 0], [0, 0])])}
definite = {"good": good, "indefinite": real([1, 2], [2, 1]),
            "zero": real([0, 0], [0, 0]),
            "batch": torch.stack([good, real([1, 2], [2, 1])])}
right = numbers(2, 1)
for name, function in {
        "inverse": torch.inverse, "linalg.inv": torch.linalg.inv,
        "linalg.det": torch.linalg.det, "slogdet": torch.linalg.slogdet,
        "logdet": torch.logdet, "linalg.lu": torch.linalg.lu,
        "linalg.lu_factor": torch.linalg.lu_factor,
        "lu_factor_ex": torch.linalg.lu_factor_ex,
        "inv_ex": lambda x: torch.linalg.inv_ex(x)[1],
        "inv_ex-check": lambda x: torch.linalg.inv_ex(x, check_errors=True),
        "solve": lambda x: torch.linalg.solve(x, right),
        "solve_ex": lambda x: torch.linalg.solve_ex(x, right)[1],
        "solve_ex-check": lambda x: torch.linalg.solve_ex(
            x, right, check_errors=True),
        "triangular": lambda x: torch.linalg.solve_triangular(
            x, right, upper=True),
        "triangular_solve": lambda x: torch.triangular_solve(right, x)[0],
        "pinv": torch.linalg.pinv, "matrix_power": lambda x:
        torch.linalg.matrix_power(x, -2),
        "tensorinv": lambda x: torch.linalg.tensorinv(x, 1),
        "matrix_exp": torch.linalg.matrix_exp,
        "qr": torch.linalg.qr, "eigh": torch.linalg.eigvalsh,
        "svd": torch.linalg.svdvals, "cond": torch.linalg.cond,
        "matrix_rank": torch.linalg.matrix_rank}.items():
    add_each(name, function, matrices)
for name, function in {
        "cholesky": torch.cholesky, "linalg.cholesky": torch.linalg.cholesky,
        "cholesky_ex": lambda x: torch.linalg.cholesky_ex(x)[1],
        "cholesky_ex-check": lambda x: torch.linalg.cholesky_ex(
            x, check_errors=True),
        "cholesky_inverse": torch.cholesky_inverse,
        "cholesky_solve": lambda x: torch.cholesky_solve(right, x),
        "ldl_factor": torch.linalg.ldl_factor}.items():
    add_each(name, function, definite)
add_each("lu_solve", lambda lu, b, p: torch.linalg.lu_solve(lu, p, b),
         {"good": whole(2, 2).int(), "zero": whole(0, 2).int(),
          "above": whole(3, 2).int()}, good, right)
add_each("lu_unpack", lambda lu, p: torch.lu_unpack(lu, p),
         {"good": whole(2, 2).int(), "zero": whole(0, 2).int(),
          "above": whole(3, 2).int()}, good)

# Of docs/Usage.md, "Values that operators refuse".
DIFFERENCES = {
    *(f"embedding_dense_backward{padding}/{name}" for name in picks
      for padding in ("", "-padding")),
    "max_pool2d_with_indices_backward/negative",
    "bucketize-nan/nan", "bucketize-nan/descending",
    *(f"{solve}/{name}" for solve in ("triangular", "triangular_solve")
      for name in ("zero", "nan", "batch")),
}
