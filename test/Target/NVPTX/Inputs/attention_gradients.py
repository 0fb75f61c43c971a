"""Gradients of attention by the kernels of GPUs, behind their forward calls, on
CPUs, too; beside the formulas of softmax's gradient. See numerics.py."""

import math
import random
import sys

from numerics import Case, Tensor, main

ATEN = "torch.ops.aten"
NEAR = {"near": 1e-5, "least": 0.1}


def tensor(shape, seed):
    generator = random.Random(seed)
    return Tensor(shape, [generator.uniform(-1, 1)
                          for _ in range(math.prod(shape))])


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def cut(values, size):
    return [values[i:i + size] for i in range(0, len(values), size)]


def heads_of(tensor):
    """Rows of each head, by its number in all batches."""
    return cut(tensor.rows(), tensor.shape[2])


def differentiate(grad, query, key, value, bias=None, causal=False):
    """What each of them changes, but `grad`. A bias is of the scores' shape, or
    has one row for all."""
    shared = query.shape[1] // key.shape[1]
    scale = query.shape[3] ** -0.5
    results = [[[[0.0] * len(row) for row in head] for head in heads_of(x)]
               for x in (query, key, value)]
    biases = [0.0] * (len(bias.values) if bias else 0)
    keys, values = heads_of(key), heads_of(value)
    for head, rows in enumerate(heads_of(query)):
        other = head // shared
        for i, q in enumerate(rows):
            seen = i + 1 if causal else key.shape[2]
            place = (head * len(rows) + i) * key.shape[2]
            if bias and bias.shape[2] == 1:
                place = head * key.shape[2]
            scores = [dot(q, k) * scale + (bias.values[place + j] if bias else 0)
                      for j, k in enumerate(keys[other][:seen])]
            most = max(scores)
            weights = [math.exp(score - most) for score in scores]
            weights = [weight / sum(weights) for weight in weights]
            g = heads_of(grad)[head][i]
            changes = [dot(g, v) for v in values[other][:seen]]
            mean = dot(weights, changes)
            for j, weight in enumerate(weights):
                change = weight * (changes[j] - mean)
                if bias:
                    biases[place + j] += change
                for d in range(len(q)):
                    results[0][head][i][d] += change * scale * keys[other][j][d]
                    results[1][other][j][d] += change * scale * q[d]
                for d in range(len(g)):
                    results[2][other][j][d] += weight * g[d]
    flat = [[number for head in result for row in head for number in row]
            for result in results]
    expected = [Tensor(x.shape, numbers, **NEAR)
                for x, numbers in zip((query, key, value), flat)]
    return expected + ([Tensor(bias.shape, biases, **NEAR)] if bias else [])


def operands(batch, heads, shared, rows, columns, width):
    return [tensor([batch, heads, rows, width], 1),
            tensor([batch, heads, rows, width], 2),
            tensor([batch, shared, columns, width], 3),
            tensor([batch, shared, columns, width], 4)]


FLASH = [f"f = {ATEN}._scaled_dot_product_flash_attention.default"
         "(x1, x2, x3, 0.0, {causal})",
         "o = f[0]", "l = f[1]", "q = f[6]", "p = f[7]",
         f"b = {ATEN}._scaled_dot_product_flash_attention_backward.default"
         "(x0, x1, x2, x3, o, l, None, None, {rows}, {columns}, 0.0, {causal}, "
         "q, p)"]
CUDNN = [f"f = {ATEN}._scaled_dot_product_cudnn_attention.default"
         "(x1, x2, x3, {bias}, True, 0.0, {causal})",
         "o = f[0]", "l = f[1]", "q = f[6]", "p = f[7]",
         f"b = {ATEN}._scaled_dot_product_cudnn_attention_backward.default"
         "(x0, x1, x2, x3, o, l, q, p, {bias}, None, None, {rows}, {columns}, "
         "0.0, {causal})"]
EFFICIENT = [f"f = {ATEN}._scaled_dot_product_efficient_attention.default"
             "(x1, x2, x3, {bias}, True, 0.0, {causal})",
             "o = f[0]", "l = f[1]", "q = f[2]", "p = f[3]",
             f"b = {ATEN}._scaled_dot_product_efficient_attention_backward"
             ".default(x0, x1, x2, x3, {bias}, o, l, q, p, 0.0, "
             "[True, True, True, {grad}], {causal})"]


class GradientCase(Case):
    tests_cpu = True


def case(lines, sizes, bias=None, causal=False):
    inputs = operands(*sizes)
    added = [tensor(bias, 5)] if bias else []
    expected = differentiate(*inputs, *added, causal=causal)
    gradients = 4 if bias and lines is EFFICIENT else 3
    names = [f"r{i}" for i in range(gradients)]
    text = [line.format(causal=causal, bias="x4" if bias else None,
                        rows=sizes[3], columns=sizes[4], grad=bool(bias))
            for line in lines]
    # Results of any layout, as those compared are row by row.
    text += [f"{name} = b[{i}]" for i, name in enumerate(names)]
    text += [f"c{name} = {ATEN}.clone.default({name}, "
             "memory_format=torch.contiguous_format)" for name in names]
    text.append(f"return ({', '.join(f'c{name}' for name in names)},)")
    return GradientCase(inputs + added, text, expected[:gradients])


CASES = {
    "flash": case(FLASH, (2, 2, 2, 9, 13, 8)),
    "flash-causal": case(FLASH, (1, 2, 2, 9, 9, 8), causal=True),
    "flash-shared": case(FLASH, (1, 4, 2, 5, 7, 8)),
    "cudnn": case(CUDNN, (1, 2, 2, 9, 13, 8), bias=[1, 2, 9, 13]),
    "cudnn-causal": case(CUDNN, (1, 2, 2, 9, 9, 8), causal=True),
    "efficient": case(EFFICIENT, (1, 2, 2, 9, 13, 8)),
    "efficient-causal": case(EFFICIENT, (2, 1, 1, 33, 33, 8), causal=True),
    "efficient-bias": case(EFFICIENT, (1, 2, 2, 9, 13, 8),
                           bias=[1, 2, 9, 13]),
    "efficient-one-row": case(EFFICIENT, (1, 2, 2, 9, 13, 8),
                              bias=[1, 2, 1, 13]),
}

if __name__ == "__main__":
    sys.exit(main(CASES))
