"""What the scripts of this folder share: their arguments, compiling functions of
PyTorch with graphc, and timing them beside others."""

import argparse
import pathlib
import statistics
import subprocess

import torch


def parse_arguments(description, cases, add_more=lambda parser: None):
    """Of a script whose first step compiles and whose second runs where the GPU
    is; `cases` names those to take, all if there are none."""
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["compile", "run"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("cases", nargs="*", metavar=cases)
    parser.add_argument("--graphc", type=pathlib.Path, default="graphc")
    add_more(parser)
    return parser.parse_intermixed_args()


class Operator(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def compile_function(function, inputs, path, graphc, target, dims=None):
    """Writes the module of a function of example inputs to `path` (.so); `dims`
    says which sizes stay open, as torch.export's dynamic_shapes."""
    saved = path.with_suffix(".pt2")
    exported = torch.export.export(Operator(function).eval(), inputs,
                                   dynamic_shapes=dims and (tuple(dims),))
    torch.export.save(exported, saved)
    subprocess.run([graphc, saved, f"--target={target}", "-o", path],
                   check=True)
    saved.unlink()
    path.with_suffix(".h").unlink(missing_ok=True)


def compile_cases(folder, cases, graphc, target):
    """Of `cases`: (name, function, inputs, dims) each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, function, inputs, dims in cases:
        compile_function(function, inputs, folder / f"{name}.so", graphc,
                         target, dims)


def capture(function, stream, calls):
    graph = torch.cuda.CUDAGraph()
    function()
    torch.cuda.synchronize()
    with torch.cuda.graph(graph, stream=stream):
        for _ in range(calls):
            function()
    return graph


def time_in_turns(functions, stream, rounds=7):
    """Microseconds of one call of each, and the ratios of the first to the
    second, round by round."""
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def once(graph):
        start.record()
        graph.replay()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) * 1e3

    probe = once(capture(functions[-1], stream, 1))
    calls = max(1, min(50, int(3000 / max(probe, 1))))
    graphs = [capture(function, stream, calls) for function in functions]
    for graph in graphs:
        once(graph)
    times = [[once(graph) / calls for graph in graphs] for _ in range(rounds)]
    ratios = [row[-1] / row[0] for row in times]
    return [statistics.median(column) for column in zip(*times)], ratios
