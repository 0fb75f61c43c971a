"""Compiles functions of PyTorch with graphc, and times them beside others."""

import statistics
import subprocess

import torch


class Operator(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def compile_function(function, inputs, path, graphc, target):
    """Writes the module of a function of example inputs to `path` (.so)."""
    saved = path.with_suffix(".pt2")
    torch.export.save(torch.export.export(Operator(function).eval(), inputs),
                      saved)
    subprocess.run([graphc, saved, f"--target={target}", "-o", path],
                   check=True)
    saved.unlink()
    path.with_suffix(".h").unlink(missing_ok=True)


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
