"""A caller who captures his stream: runs take part, or are refused."""

from emulated import *


def capture(stream, mode, work):
    """Captures what `work` does; the executable graph, or None."""
    graph, executable = C.c_void_p(), C.c_void_p()
    with Current():
        call("cuStreamBeginCapture_v2", stream, mode)
        work()
        call("cuStreamEndCapture", stream, C.byref(graph))
        call("cuGraphInstantiateWithFlags", C.byref(executable), graph,
             C.c_ulonglong(0))
        call("cuGraphDestroy", graph)
    return executable


def replay(executable, stream):
    with Current():
        call("cuGraphLaunch", executable, stream)


def expected(library, inputs):
    context = Context(library, graphs=False)
    outputs = context.make_outputs(inputs)
    assert context.run(inputs, outputs) == 0, context.error()
    context.close()
    return [v.bytes() for v in outputs]


def take_part(name, library, device, is_warm, mode):
    """Replays give what runs give, for inputs that change in between, and also
    when the context has moved on to a larger pool."""
    stream = make_stream()
    inputs = [v.on(device) for v in read_inputs(name)]
    context = Context(library, stream=stream)
    outputs = context.make_outputs(inputs, device)
    if is_warm:
        assert context.run(inputs, outputs) == 0, context.error()
    def run():
        assert context.run(inputs, outputs) == 0, context.error()
    executable = capture(stream, mode, run)
    if name == "pt2_dynamic_batch":
        large = Value("float32", [64, 12], [12, 1], bytes(64 * 12 * 4))
        made = context.make_outputs([large])
        assert context.run([large], made) == 0, context.error()
    for value in inputs:
        value.write(value.bytes()[::-1][3:] + value.bytes()[:3])
    wanted = expected(library, [v.on(None) for v in inputs])
    for value in outputs:
        value.write(b"\xee" * value.size)
    replay(executable, stream)
    agree = wanted == [v.bytes() for v in outputs]
    print(f"{name} {'device' if device == 0 else 'host'} "
          f"{'warm' if is_warm else 'cold'} mode {mode}: "
          f"{'agrees' if agree else 'differs'}")
    context.close()
    with Current():
        call("cuGraphExecDestroy", executable)
        call("cuStreamDestroy_v2", stream)
    for value in inputs + outputs:
        value.free()


def refuse(name, library):
    """What is refused leaves the capture valid, and later runs work."""
    stream = make_stream()
    context = Context(library, stream=stream)
    inputs = read_inputs(name)
    outputs = context.make_outputs(inputs)
    def run():
        status = context.run(inputs, outputs)
        print(f"{name}: status {status}: {context.error()}")
        status = library.reset(context.context)
        print(f"{name}: reset {status}: {context.error()}")
    executable = capture(stream, 0, run)
    assert context.run(inputs, outputs) == 0, context.error()
    agree = expected(library, inputs) == [v.bytes() for v in outputs]
    print(f"{name} later: {'agrees' if agree else 'differs'}")
    context.close()
    with Current():
        call("cuGraphExecDestroy", executable)
        call("cuStreamDestroy_v2", stream)


if __name__ == "__main__":
    for name, library in modules().items():
        if name in ("pt2_mlp", "pt2_dynamic_batch"):
            for device in (None, 0):
                for is_warm in (False, True):
                    for mode in (0, 1, 2):
                        take_part(name, library, device, is_warm, mode)
        else:
            refuse(name, library)
    print("left:", live())
