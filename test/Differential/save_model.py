#!/usr/bin/env python3
"""Saves a model as a program, with inputs, eager results and float64 results.

  save_model.py MODULE NAME {f32,bf16} {pt2,pkl} FOLDER

MODULE is a Python file beside this one with a table MODELS. Writes, under
FOLDER, NAME-DTYPE.pt2 (torch.export, not decomposed) or NAME-DTYPE.pkl
(Inductor's saved arguments) and folders of tensors beside it:
NAME-DTYPE[-pkl]-inputs, -expected and -expected_f64, and of a dynamic model
-other_N-inputs and so on. The laid out form is that of the integration tests.
"""

import importlib
import json
import os
import pathlib
import sys
import tempfile

import torch
import torch._inductor.compile_fx as compile_fx
import torch._inductor.debug as inductor_debug
from torch.export.graph_signature import InputKind

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}
FLOATS = (torch.float32, torch.float16, torch.bfloat16)


def get_bytes(tensor):
    """From the first to the last element of a strided tensor."""
    if not tensor.numel():
        return b""
    span = 1 + sum((size - 1) * stride for size, stride
                   in zip(tensor.shape, tensor.stride()))
    flat = torch.as_strided(tensor.detach(), (span,), (1,))
    return flat.contiguous().view(torch.uint8).numpy().tobytes()


def write(values, folder):
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for index, value in enumerate(values):
        if isinstance(value, torch.Tensor):
            name = f"{index:03}.bin"
            (folder / name).write_bytes(get_bytes(value))
            entries.append({"file": name,
                            "dtype": str(value.dtype).split(".")[-1],
                            "shape": list(value.shape),
                            "stride": list(value.stride())})
        elif value is None:
            entries.append({"kind": "none", "value": None})
        else:
            entries.append({"kind": type(value).__name__, "value": value})
    (folder / "manifest.json").write_text(json.dumps(entries))


def widen(value):
    if isinstance(value, torch.Tensor) and value.dtype in FLOATS:
        return value.detach().double()
    return torch.float64 if value in FLOATS else value \
        if isinstance(value, torch.dtype) else value


def grouped_mm(left, right, ends):
    """Rows in groups, each by a matrix of its own."""
    result = left.new_zeros(left.shape[0], right.shape[2])
    begin = 0
    for matrix, end in zip(right, ends.tolist()):
        result[begin:end] = left[begin:end] @ matrix
        begin = end
    return result


# What torch has no float64 of.
IN_FLOAT64 = {torch.ops.aten._grouped_mm.default: grouped_mm}


class Wide(torch.fx.Interpreter):
    """The same graph with every float and every dtype argument float64."""

    def run_node(self, node):
        args, kwargs = self.fetch_args_kwargs_from_env(node)
        args, kwargs = torch.utils._pytree.tree_map(widen, (args, kwargs))
        target = IN_FLOAT64.get(node.target, node.target)
        result = getattr(self, node.op)(target, args, kwargs)
        return torch.utils._pytree.tree_map(widen, result)


def evaluate(graph, values, wide):
    values = [value.clone() if isinstance(value, torch.Tensor) and not wide
              else widen(value) for value in values]
    interpreter = Wide if wide else torch.fx.Interpreter
    with torch.no_grad():
        outputs = interpreter(graph).run(*values)
    return list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]


def write_set(graph, every, given, base):
    write(given, base.with_name(base.name + "-inputs"))
    write(evaluate(graph, every, False),
          base.with_name(base.name + "-expected"))
    write(evaluate(graph, every, True),
          base.with_name(base.name + "-expected_f64"))


def save_exported(module, sets, dynamic, base):
    with torch.no_grad():
        program = torch.export.export(module, sets[0], strict=False,
                                      dynamic_shapes=dynamic)
    torch.export.save(program, f"{base}.pt2")
    user = [spec.kind == InputKind.USER_INPUT
            for spec in program.graph_signature.input_specs]
    for index, inputs in enumerate(sets):
        flat = list(program._graph_module_flat_inputs(inputs, {}))
        given = [value for value, is_user in zip(flat, user) if is_user]
        name = base.name + (f"-other_{index - 1}" if index else "")
        write_set(program.graph_module, flat, given, base.with_name(name))


class OtherProgram(Exception):
    """PyTorch takes sizes of 0 and 1 for a case of their own."""


def save_captured(module, sets, dynamic, base):
    captured = []

    def inner(graph, examples, **options):
        """Writes what Inductor would save; runs the graph as it is."""
        if captured:
            raise OtherProgram
        with tempfile.TemporaryDirectory() as folder:
            old, tempfile.tempdir = tempfile.tempdir, folder
            try:
                # As Inductor does: constants are not to become fake tensors.
                with torch.utils._python_dispatch._disable_current_modes():
                    inductor_debug.save_args_for_compile_fx_inner(
                        graph, examples, **options)
            finally:
                tempfile.tempdir = old
            saved, = pathlib.Path(folder).glob("*/*.pkl")
            pathlib.Path(f"{base}.pkl").write_bytes(saved.read_bytes())
        captured.append([graph, None])

        def run(arguments):
            captured[-1][1] = list(arguments)
            outputs = torch.fx.Interpreter(graph).run(*arguments)
            arguments.clear()
            return outputs

        run._boxed_call = True
        return run

    def backend(graph, examples):
        return compile_fx.compile_fx(graph, examples, inner_compile=inner)

    with torch.no_grad():
        compiled = torch.compile(module, backend=backend, fullgraph=True,
                                 dynamic=True if dynamic else False)
        for index, inputs in enumerate(sets):
            try:
                compiled(*inputs)
            except torch._dynamo.exc.BackendCompilerFailed as error:
                if index and isinstance(error.inner_exception, OtherProgram):
                    continue
                raise
            name = base.name + "-pkl" + (f"-other_{index - 1}" if index else "")
            write_set(captured[0][0], captured[0][1], captured[0][1],
                      base.with_name(name))


def build(module_name, name, dtype):
    """(module, sets of inputs, dynamic shapes or None)"""
    torch.manual_seed(0)
    made = importlib.import_module(module_name).MODELS[name]()
    module, sets, dynamic = made if len(made) == 3 else \
        (made[0], [made[1]], None)
    sets = [tuple(value.to(dtype) if isinstance(value, torch.Tensor) and
                  value.is_floating_point() else value for value in inputs)
            for inputs in sets]
    return module.eval().to(dtype), sets, dynamic


def main():
    module_name, name, dtype, form, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    base = pathlib.Path(folder) / f"{name}-{dtype}"
    save = {"pt2": save_exported, "pkl": save_captured}[form]
    save(*build(module_name, name, DTYPES[dtype]), base)


if __name__ == "__main__":
    main()
