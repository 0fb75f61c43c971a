"""Attention in all forms; see numerics.py.

Values are from 1 to 3 and so are their means, so that a relative error says how
near a result is.
"""

import math
import random
import sys

from numerics import CODES, Case, OpenCase, Tensor, main

ATEN = "torch.ops.aten"
LOWEST = -3.3895313892515355e38  # the lowest bf16
NEAR = {"bfloat16": 0.01, "float16": 0.002, "float32": 2e-6}


def numbers(shape, low, high, dtype, seed):
    generator = random.Random(seed)
    return Tensor(shape, [generator.uniform(low, high)
                          for _ in range(math.prod(shape))], dtype)


def inputs(batch, heads, group, queries, keys, depth, value_depth=None,
           dtype="bfloat16"):
    return [numbers((batch, heads * group, queries, depth), -2, 2, dtype, 0),
            numbers((batch, heads, keys, depth), -2, 2, dtype, 1),
            numbers((batch, heads, keys, value_depth or depth), 1, 3, dtype, 2)]


def attend(query, key, value, causal=False, mask=None, softcap=None,
           empty=0.0):
    """`mask` is None or gives what is added for batch, head, query and key;
    `empty` is what a row without keys gives."""
    batch, heads, queries, depth = query.shape
    group = heads // key.shape[1]
    keys, value_depth = value.shape[2:]
    rows = [tensor.rows() for tensor in (query, key, value)]
    columns = [list(zip(*rows[2][i * keys:(i + 1) * keys]))
               for i in range(batch * heads // group)]
    out, logsumexp = [], []
    for b in range(batch):
        for h in range(heads):
            shared = (b * heads + h) // group
            for q in range(queries):
                row = rows[0][(b * heads + h) * queries + q]
                scores = []
                for k in range(keys):
                    score = sum(map(float.__mul__, row,
                                    rows[1][shared * keys + k]))
                    score /= math.sqrt(depth)
                    if softcap:
                        score = softcap * math.tanh(score / softcap)
                    if mask:
                        score += mask(b, h, q, k)
                    scores.append(-math.inf if causal and k > q else score)
                top = max(scores)
                if top == -math.inf:
                    out.extend([empty] * value_depth)
                    continue
                weights = [math.exp(score - top) for score in scores]
                total = sum(weights)
                logsumexp.append(top + math.log(total))
                out.extend(sum(map(float.__mul__, weights, column)) / total
                           for column in columns[shared])
    dtype = query.dtype
    result = Tensor([batch, heads, queries, value_depth], out, dtype,
                    near=NEAR[dtype])
    return result, logsumexp


def lines(mask="None", causal=False, group=1):
    return [f"y = {ATEN}.scaled_dot_product_attention.default(x0, x1, x2, "
            f"{mask}, 0.0, {causal}, scale = None, enable_gqa = {group > 1})",
            "return (y,)"]


def plain(*sizes, causal=False, chips="sm_90a", **options):
    tensors = inputs(*sizes, **options)
    return Case(tensors, lines(causal=causal, group=sizes[2]),
                [attend(*tensors, causal=causal)[0]], chips=chips)


def masked(sizes, shape, dtype, values, chips="sm_90a", of="bfloat16"):
    """A mask of `shape`, which is 1 where all share it."""
    tensors = inputs(*sizes, dtype=of)
    mask = Tensor(shape, [values(i) for i in range(math.prod(shape))], dtype)

    def added(*at):
        index = 0
        for size, place in zip(shape, at):
            index = index * size + (place if size > 1 else 0)
        value = mask.values[index]
        return value if dtype != "bool" else 0.0 if value else -math.inf

    return Case(tensors + [mask], lines("x3", group=sizes[2]),
                [attend(*tensors, mask=added)[0]], chips=chips)


def by_hand(sizes, dtype, softcap=None, masks=(), chips="sm_90a"):
    """Written out as models do, with `masks`: (shape, type, values) that are
    added, or hide where they are true."""
    tensors = inputs(*sizes, dtype=dtype)
    nodes = [f"t = {ATEN}.transpose.int(x1, 2, 3)",
             f"s0 = {ATEN}.matmul.default(x0, t)",
             f"s1 = {ATEN}.mul.Tensor(s0, {1 / math.sqrt(sizes[-1])})"]
    if softcap:
        nodes += [f"c0 = {ATEN}.div.Tensor(s1, {softcap})",
                  f"c1 = {ATEN}.tanh.default(c0)",
                  f"s1 = {ATEN}.mul.Tensor(c1, {softcap})"]
    extra = []
    for shape, kind, values in masks:
        name = f"x{3 + len(extra)}"
        extra.append(Tensor(shape, map(values, range(math.prod(shape))), kind))
        last = f"s{1 + len(extra)}"
        nodes.append(f"{last} = {ATEN}.masked_fill.Scalar(s{len(extra)}, {name}, "
                     "-inf)" if kind == "bool" else
                     f"{last} = {ATEN}.add.Tensor(s{len(extra)}, {name})")
    nodes += [f"p0 = {ATEN}.softmax.int(s{1 + len(extra)}, 3, torch.float32)",
              f"p = {ATEN}.to.dtype(p0, torch.{dtype})",
              f"y = {ATEN}.matmul.default(p, x2)", "return (y,)"]

    def added(*at):
        total = 0.0
        for tensor in extra:
            index = 0
            for size, place in zip(tensor.shape, at):
                index = index * size + (place if size > 1 else 0)
            value = tensor.values[index]
            total += (value if tensor.dtype != "bool" else
                      -math.inf if value else 0.0)
        return total

    return Case(tensors + extra, nodes,
                [attend(*tensors, mask=added, softcap=softcap,
                        empty=math.nan)[0]], chips=chips)


def open_keys(*counts, queries=70):
    """So many keys; row 2 of the mask hides all that there are."""
    runs = []
    for keys in counts:
        case = by_hand((1, 2, 1, queries, max(keys, 1), 64), "bfloat16",
                       masks=[((1, 1, queries, max(keys, 1)), "float32",
                               lambda i: -math.inf if i // max(keys, 1) == 2
                               else i % 5 / 4)])
        if not keys:
            for tensor in case.inputs[1:]:
                tensor.shape = [0 if size == 1 and i >= 2 else size
                                for i, size in enumerate(tensor.shape)]
                tensor.values = []
            result, = case.runs[0][1]
            result.values = [0.0] * len(result.values)
        runs += case.runs
    return OpenCase([[1, 2, queries, 64], [1, 2, "n", 64], [1, 2, "n", 64],
                     [1, 1, queries, "n"]], case.lines, runs)


class DynamicCase(Case):
    """Nothing is known of how many queries and keys there are."""

    def text(self):
        text = super().text()
        for tensor, name in zip(self.inputs, ("s0", "s1", "s1")):
            shape = list(map(str, tensor.shape))
            shape[2] = name
            symbolic = f"{CODES[tensor.dtype][0]}[{', '.join(shape)}]"
            text = text.replace(f'"{tensor.type()}"', f'"{symbolic}"', 1)
        return text


def dynamic(*sizes, chips="sm_90a", **options):
    tensors = inputs(*sizes, **options)
    return DynamicCase(tensors, lines(group=sizes[2]), [attend(*tensors)[0]],
                       chips=chips)


def side_by_side():
    """Heads lie side by side in memory, and so do those of the result."""
    query, key, value = inputs(2, 3, 1, 70, 90, 64)

    def turn(tensor):
        batch, heads, length, depth = tensor.shape
        rows = tensor.rows()
        return Tensor([batch, length, heads, depth],
                      [x for b in range(batch) for i in range(length)
                       for h in range(heads)
                       for x in rows[(b * heads + h) * length + i]],
                      tensor.dtype, near=tensor.near)

    nodes = [f"{name} = {ATEN}.permute.default(x{i}, [0, 2, 1, 3])"
             for i, name in enumerate("qkv")]
    nodes += [f"o = {ATEN}.scaled_dot_product_attention.default(q, k, v)",
              f"p = {ATEN}.permute.default(o, [0, 2, 1, 3])",
              f"y = {ATEN}.clone.default(p, "
              "memory_format = torch.contiguous_format)", "return (y,)"]
    return Case([turn(query), turn(key), turn(value)], nodes,
                [turn(attend(query, key, value)[0])])


def extreme():
    """Some values are the largest numbers or none at all."""
    tensors = inputs(1, 1, 1, 70, 90, 16, dtype="float32")
    value = tensors[2]
    for place, number in ((3, 3.4028234663852886e38), (37, math.nan),
                          (20, -3.4028234663852886e38), (50, 1e-30)):
        value.values[place] = number
    return Case(tensors, lines(), [attend(*tensors)[0]])


def with_logsumexp(*sizes, chips="sm_90a", **options):
    tensors = inputs(*sizes, **options)
    result, logsumexp = attend(*tensors)
    return Case(tensors,
                [f"f = {ATEN}._scaled_dot_product_flash_attention_for_cpu."
                 "default(x0, x1, x2)", "y = f[0]", "z = f[1]",
                 "return (y, z)"],
                [result, Tensor(sizes[:2] + sizes[3:4], logsumexp, "float32",
                                near=1e-5)], chips=chips)


CASES = {
    # By warpgroups: edges of tiles of queries and keys, all head sizes.
    "full": plain(1, 2, 1, 128, 256, 64),
    "ragged": plain(1, 2, 1, 70, 203, 64),
    "three-consumers": plain(1, 1, 1, 190, 130, 64),
    "grouped": plain(1, 2, 3, 40, 100, 128),
    "causal": plain(1, 1, 1, 270, 270, 64, causal=True),
    "causal-more-keys": plain(1, 1, 1, 140, 300, 128, causal=True),
    "causal-more-queries": plain(1, 1, 1, 300, 100, 128, causal=True),
    "many-tiles": plain(3, 7, 1, 300, 20, 16, causal=True),
    "rounds": plain(8, 20, 1, 130, 4, 16, causal=True),
    "depth-80": plain(1, 1, 1, 70, 130, 80),
    "depth-96": plain(1, 1, 1, 70, 130, 96),
    "depth-192": plain(1, 1, 1, 70, 130, 192),
    "depth-256": plain(1, 1, 1, 70, 100, 256, causal=True),
    "value-depth": plain(1, 1, 1, 70, 130, 64, 128),
    # Two blocks compute half of the columns each.
    "depth-512": plain(1, 1, 1, 70, 50, 512),
    "depth-320": plain(1, 2, 1, 40, 40, 320, causal=True, chips="sm_80"),
    "depth-512-logsumexp": with_logsumexp(1, 1, 1, 20, 20, 512),
    "half": plain(1, 1, 1, 70, 130, 64, dtype="float16"),
    "mask": masked((2, 1, 1, 70, 130, 64), (2, 1, 70, 130), "bfloat16",
                   lambda i: i % 7 / 4 if i % 3 else -math.inf),
    "mask-odd": masked((1, 2, 1, 70, 131, 64), (1, 2, 70, 131), "bfloat16",
                       lambda i: i % 7 / 4),
    # A row without a key is zero, but one of lowest numbers is a mean.
    "mask-bool": masked((1, 1, 1, 70, 130, 64), (1, 1, 70, 130), "bool",
                        lambda i: i // 130 != 5 and i % 3 > 0),
    "mask-lowest": masked((1, 1, 2, 70, 130, 64), (1, 1, 1, 130), "bfloat16",
                          lambda i: LOWEST),
    "mask-float32": masked((1, 2, 1, 70, 130, 64), (1, 2, 70, 130), "float32",
                           lambda i: i % 7 / 4 if i % 3 else -math.inf),
    # Written out by hand, row 5 of the mask hiding all keys.
    "by-hand-mask": by_hand((1, 2, 1, 70, 130, 64), "bfloat16",
                            masks=[((1, 1, 70, 130), "bool",
                                    lambda i: i // 130 == 5 or i % 3 == 0)]),
    "by-hand-masks": by_hand((1, 2, 1, 70, 130, 64), "float32",
                             masks=[((1, 2, 1, 130), "float32",
                                     lambda i: i % 5 / 4),
                                    ((1, 1, 70, 130), "bool",
                                     lambda i: i // 130 == 5 or i % 7 == 0)]),
    "by-hand-float32-mask": by_hand((1, 2, 1, 70, 130, 64), "bfloat16",
                                    masks=[((1, 1, 70, 130), "float32",
                                            lambda i: i % 5 / 4)]),
    # Without keys there is a sum of nothing.
    "by-hand-open-keys": open_keys(0, 5, 130),
    "by-hand-open-keys-few-queries": open_keys(0, 5, 130, queries=4),
    "softcap": by_hand((1, 2, 1, 70, 130, 64), "bfloat16", softcap=2.0),
    "softcap-mask": by_hand((1, 2, 1, 70, 130, 64), "float32", softcap=3.0,
                            masks=[((1, 1, 70, 130), "float32",
                                    lambda i: i % 7 / 4)]),
    "side-by-side": side_by_side(),
    "logsumexp": with_logsumexp(2, 1, 1, 70, 130, 64),
    # Few queries: split along the keys, in one launch and in two.
    "decode": plain(2, 2, 4, 1, 150, 128),
    "decode-parts": plain(1, 2, 4, 1, 700, 128),
    "decode-large-group": plain(1, 1, 12, 1, 300, 64),
    "decode-causal": plain(1, 2, 1, 4, 30, 64, causal=True),
    "decode-mask": masked((2, 2, 2, 1, 300, 64), (2, 1, 1, 300), "bool",
                          lambda i: i % 300 < 100 + i // 3),
    "decode-empty": masked((2, 1, 1, 1, 300, 64), (2, 1, 1, 300), "bool",
                           lambda i: i < 300 and i > 200),
    "decode-logsumexp": with_logsumexp(1, 2, 1, 1, 900, 64),
    # By tensor cores: parts of the depth that are not whole, two warps instead
    # of four, parts that end within a tile.
    "decode-half": plain(1, 2, 8, 1, 333, 64, dtype="float16"),
    "decode-depth-80": plain(1, 2, 3, 2, 200, 80),
    "decode-depth-96": plain(2, 1, 1, 1, 260, 96, 40),
    "decode-depth-192": plain(1, 1, 5, 1, 140, 192, 128),
    "decode-depth-256": plain(1, 1, 2, 3, 300, 256, causal=True),
    "decode-whole-tiles": plain(1, 2, 2, 1, 64, 64),
    "decode-few-keys": plain(3, 2, 1, 1, 5, 128),
    "decode-older": plain(1, 2, 4, 1, 700, 128, chips="sm_80"),
    "decode-older-depth-256": plain(1, 1, 4, 1, 300, 256, chips="sm_89"),
    "decode-padded-lines": plain(1, 2, 4, 1, 256, 72, 184, chips="sm_89"),
    # By lanes: pieces that copies do not take.
    "decode-odd-depth": plain(1, 2, 4, 1, 300, 36),
    "dynamic-decode": dynamic(1, 2, 4, 1, 700, 64),
    "dynamic": dynamic(1, 1, 2, 70, 130, 64),
    # Eight warps, as for many queries.
    "older-dynamic": dynamic(1, 1, 2, 140, 200, 72, chips="sm_80"),
    "older-dynamic-192": dynamic(1, 1, 1, 140, 100, 192, chips="sm_80"),
    # By mma.sync: as before, and what the copy engine does not take.
    "older-full": plain(1, 2, 1, 128, 256, 64, chips="sm_80"),
    "older-ragged": plain(1, 2, 1, 70, 203, 64, chips="sm_80"),
    "older-causal": plain(1, 1, 1, 270, 270, 128, causal=True,
                          chips="sm_80"),
    "older-more-queries": plain(1, 1, 1, 300, 100, 64, causal=True,
                                chips="sm_80"),
    "older-depth-80": plain(1, 1, 1, 70, 130, 80, chips="sm_80"),
    "older-depth-256": plain(1, 1, 1, 70, 100, 256, causal=True,
                             chips="sm_80"),
    "older-depth-100": plain(1, 1, 1, 40, 70, 100, 36, chips="sm_80"),
    "older-value-depth": plain(1, 1, 1, 70, 130, 64, 192, chips="sm_80"),
    "older-half": plain(1, 1, 1, 70, 130, 64, dtype="float16",
                        chips="sm_80"),
    "older-mask": masked((2, 1, 1, 70, 130, 64), (2, 1, 70, 130), "bfloat16",
                         lambda i: i % 7 / 4 if i % 3 else -math.inf,
                         chips="sm_80"),
    "older-mask-bool": masked((1, 1, 1, 70, 131, 64), (1, 1, 70, 131), "bool",
                              lambda i: i // 131 != 5 and i % 3 > 0,
                              chips="sm_80"),
    "older-logsumexp": with_logsumexp(2, 1, 1, 70, 130, 64, chips="sm_80"),
    "odd-depth": plain(1, 1, 1, 21, 50, 7),
    "odd-depth-causal": plain(1, 2, 1, 70, 130, 61, 43, causal=True),
    # f32, of which tensor cores multiply slices: few and many warps, tiles of
    # 64, 32 and 16 keys, all chips.
    "f32": plain(1, 2, 1, 21, 50, 64, dtype="float32"),
    "f32-causal": plain(1, 2, 1, 150, 150, 64, dtype="float32", causal=True),
    "f32-more-queries": plain(1, 1, 1, 150, 70, 128, dtype="float32",
                              causal=True),
    "f32-group": plain(2, 2, 3, 70, 130, 40, dtype="float32"),
    "f32-depth-80": plain(1, 1, 1, 70, 130, 80, dtype="float32"),
    "f32-depth-192": plain(1, 1, 1, 40, 70, 192, dtype="float32"),
    "f32-depth-256": plain(1, 1, 1, 40, 70, 256, dtype="float32"),
    "f32-depth-512": plain(1, 1, 1, 40, 40, 512, dtype="float32"),
    "f32-older": plain(1, 1, 1, 70, 130, 64, dtype="float32", chips="sm_80"),
    "f32-older-depth-256": plain(1, 1, 1, 40, 70, 256, dtype="float32",
                                 chips="sm_80"),
    "no-queries": plain(1, 2, 1, 0, 40, 64),
    # Less shared memory than states of eight queries take.
    "f32-few-depth-256": plain(1, 2, 1, 8, 70, 256, dtype="float32"),
    "f32-few-group-depth-192": plain(1, 1, 4, 3, 70, 192, dtype="float32",
                                     chips="sm_89"),
    "f32-older-depth-512": plain(1, 1, 1, 9, 40, 512, dtype="float32",
                                 chips="sm_89"),
    "few-depth-512": plain(1, 1, 1, 8, 40, 512),
    "f32-value-depth": plain(1, 1, 1, 70, 130, 24, 72, dtype="float32"),
    "f32-dynamic": dynamic(1, 1, 2, 70, 130, 64, dtype="float32"),
    "f32-dynamic-decode": dynamic(1, 2, 4, 1, 300, 64, dtype="float32"),
    "f32-decode-parts": plain(1, 2, 4, 1, 700, 128, dtype="float32"),
    "f32-logsumexp": with_logsumexp(2, 1, 1, 70, 130, 64, dtype="float32"),
    "f32-mask": masked((2, 1, 1, 70, 130, 64), (2, 1, 70, 130), "float32",
                       lambda i: i % 7 / 4 if i % 3 else -math.inf,
                       of="float32"),
    "f32-mask-bool": masked((1, 2, 1, 70, 131, 64), (1, 1, 70, 131), "bool",
                            lambda i: i // 131 != 5 and i % 3 > 0,
                            of="float32"),
    "f32-extreme": extreme(),
    # Elements that are read one by one.
    "f32-odd-depth": plain(1, 1, 1, 40, 40, 21, dtype="float32", causal=True),
    "older-chip": plain(1, 2, 1, 21, 50, 64, chips="sm_80"),
    "two-chips": plain(1, 2, 1, 21, 50, 64, chips="sm_80,sm_90a"),
}

sys.exit(main(CASES))
