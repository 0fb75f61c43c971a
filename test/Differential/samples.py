"""Operator samples of torch's own database, as programs."""

import itertools
import math

import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import (BinaryUfuncInfo,
                                                  UnaryUfuncInfo)
from torch.utils import _pytree as pytree

from own_samples import own_ops

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16,
          "f64": torch.float64, "i64": torch.int64, "i32": torch.int32,
          "i16": torch.int16, "i8": torch.int8, "u8": torch.uint8,
          "bool": torch.bool}
SPECIAL = [float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1.0, -1.0,
           0.5, -2.5, 3.0, 1e-30, 1e30]
# Ties may come in any order.
UNSTABLE = {"sort", "argsort", "topk", "kthvalue", "mode", "own.mode"}
# C leaves open which zero they return; eager's is another in bfloat16 than in
# float32, or in the last elements than in those before.
EITHER_ZERO = {"fmax", "fmin", "nn.functional.softshrink"}
# Drawn from another generator than eager's.
# Which dimensions count channels.
FEATURES = {"nn.functional.dropout2d": slice(-2),
            "nn.functional.dropout3d": slice(-3),
            "nn.functional.feature_alpha_dropout": slice(2)}
RANDOM = {"bernoulli", "cauchy", "exponential", "geometric", "log_normal",
          "multinomial", "nn.functional.alpha_dropout", "nn.functional.dropout",
          "nn.functional.dropout2d", "nn.functional.dropout3d",
          "nn.functional.feature_alpha_dropout", "nn.functional.rrelu",
          "normal", "rand_like", "randint", "randint_like", "randn",
          "randn_like", "uniform", "own.rand", "own.randperm",
          "own.multinomial", "own.rejection"}
# The greater zero of PTX is +0; eager's on the CPU is the second operand.
ORDERED_ZERO = {"max", "min", "maximum", "minimum", "clamp_max", "clamp_min"}
# What they hold is nobody's business.
UNDEFINED = {"empty", "empty_like", "new_empty", "empty_strided",
             "new_empty_strided", "empty_permuted"}


def copy(tensor):
    """The same values in the same strides."""
    if not tensor.numel():
        return tensor.detach().clone()
    span = 1 + sum((size - 1) * stride for size, stride
                   in zip(tensor.shape, tensor.stride()))
    flat = torch.as_strided(tensor.detach(), (span,), (1,),
                            tensor.storage_offset()).clone()
    return torch.as_strided(flat, tensor.shape, tensor.stride(), 0)


class Sample:
    """One call of an operator: its tensors, and how to repeat it."""

    def __init__(self, op, function, args, kwargs, label):
        leaves, self.spec = pytree.tree_flatten((list(args), dict(kwargs)))
        self.op, self.function, self.label = op, function, label
        self.tensors = [copy(leaf) for leaf in leaves
                        if isinstance(leaf, torch.Tensor)]
        self.rest = [None if isinstance(leaf, torch.Tensor) else leaf
                     for leaf in leaves]
        self.is_tensor = [isinstance(leaf, torch.Tensor) for leaf in leaves]

    def count_draws(self, result):
        """How many numbers of `result` were drawn on their own: dropout of
        features draws one for each channel."""
        channels = FEATURES.get(self.op.name, slice(None))
        return math.prod(result.shape[channels])

    def is_random(self):
        """Attention draws what it drops."""
        return self.op.name in RANDOM or any(
            self.op.name.endswith(("scaled_dot_product_attention",
                                   "multi_head_attention_forward"))
            and isinstance(value, float) and value == 0.5
            for value in self.rest)

    def call(self, tensors, widen=False):
        """The tensors that the operator returns."""
        tensors = iter(tensors)
        leaves = [next(tensors) if is_tensor else
                  torch.float64 if widen and value in FLOATS else value
                  for value, is_tensor in zip(self.rest, self.is_tensor)]
        args, kwargs = pytree.tree_unflatten(leaves, self.spec)
        results = pytree.tree_leaves(self.function(*args, **kwargs))
        return [r for r in results if isinstance(r, torch.Tensor)]

    def expected(self):
        with torch.no_grad():
            return self.call([copy(t) for t in self.tensors])

    def exact(self):
        """In double precision, or None where the operator refuses it."""
        wide = [t.double() if t.dtype in FLOATS else t.clone()
                for t in self.tensors]
        try:
            with torch.no_grad():
                return self.call(wide, widen=True)
        except Exception:
            return None


FLOATS = (torch.float32, torch.float16, torch.bfloat16)


class Program(torch.nn.Module):
    """Several samples, one after the other."""

    def __init__(self, samples):
        super().__init__()
        self.samples = samples

    def forward(self, *tensors):
        tensors = iter(tensors)
        return [tuple(sample.call([next(tensors) for _ in sample.tensors]))
                for sample in self.samples]


def spread(items, count):
    """`count` of the items, from first to last."""
    if len(items) <= count:
        return items
    return [items[i * (len(items) - 1) // (count - 1)] if count > 1
            else items[0] for i in range(count)]


def special_samples(op, dtype):
    if not dtype.is_floating_point:
        return
    values = torch.tensor(SPECIAL, dtype=torch.float64).to(dtype)
    if isinstance(op, UnaryUfuncInfo):
        yield Sample(op, op.op, [values], {}, "special")
    elif isinstance(op, BinaryUfuncInfo):
        values = values[:-2]  # Eager loses the remainder of huge quotients.
        grid = values.repeat_interleave(len(values)), values.repeat(len(values))
        yield Sample(op, op.op, grid, {}, "special")


def usable(sample):
    """Dense tensors that a saved program can take, not too large."""
    return sample.tensors and all(
        t.layout == torch.strided and t.numel() <= 1 << 16
        and not t.is_quantized for t in sample.tensors)


def make_samples(op, names, count, others):
    """Samples of one operator in several dtypes."""
    samples = []
    for name in names:
        dtype = DTYPES[name]
        if not op.supports_dtype(dtype, "cpu"):
            continue
        torch.manual_seed(0)
        try:
            found = [Sample(op, op.op, [s.input, *s.args], s.kwargs, str(i))
                     for i, s in enumerate(itertools.islice(op.sample_inputs(
                         "cpu", dtype, requires_grad=False), 200))]
        except Exception:
            continue
        found = spread([s for s in found if usable(s)],
                       count if name == "f32" else others)
        found += special_samples(op, dtype)
        for sample in found:
            sample.label = f"{name}#{sample.label}"
        samples += found
    return samples


def find_ops(pattern):
    """Operators whose name matches, without those on random numbers."""
    for op in [*op_db, *own_ops]:
        name = f"{op.name}.{op.variant_test_name}".rstrip(".")
        if pattern.search(name) and op.op is not None:
            yield name, op
