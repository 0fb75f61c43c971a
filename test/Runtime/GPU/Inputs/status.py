"""Answers of checks that come later than the run, on streams that do their work
as late as allowed (GRAPHC_EMULATOR_LATE)."""

import struct

from emulated import *

STREAM = make_stream()
ROWS, WIDTH = 5, 4
TABLE = [float(i) for i in range(ROWS * WIDTH)]
GOOD, OTHER, BAD = [4, 0, 0], [1, 2, 3], [1, ROWS, 0]
UNTOUCHED = b"\xee" * (3 * WIDTH * 4)


def indices(values):
    return struct.pack("<3q", *values)


def rows(values):
    """What the program makes of these indices."""
    return struct.pack(f"<{3 * WIDTH}f", *(
        2 * TABLE[v % ROWS * WIDTH + i] for v in values for i in range(WIDTH)))


class Embedding(Context):
    def __init__(self, library, device, stream, graphs=True):
        super().__init__(library, stream=stream, graphs=graphs)
        table = struct.pack(f"<{len(TABLE)}f", *TABLE)
        self.inputs = [
            Value("float32", [ROWS, WIDTH], [WIDTH, 1], table, device),
            Value("int64", [3], [1], indices(GOOD), device)]
        self.outputs = self.make_outputs(self.inputs, device)
        self.bad = Value("int64", [3], [1], indices(BAD), device)

    def start(self, values):
        """Runs on these indices; the status. Bad ones stay where they are, for
        the device has not read them yet when the next run is started."""
        if values == BAD:
            return self.run([self.inputs[0], self.bad], self.outputs)
        self.inputs[1].write(indices(values))
        self.outputs[0].write(UNTOUCHED)
        return self.run(self.inputs, self.outputs)

    def await_all(self):
        return self.library.synchronize(self.context)

    def holds(self, data):
        return self.outputs[0].bytes() == data

    def say(self, what, status):
        print(f"{what}: {status} {self.error()}".rstrip())

    def close(self):
        super().close()
        for value in self.inputs + self.outputs + [self.bad]:
            value.free()


def wait_for_stream():
    with Current():
        call("cuStreamSynchronize", STREAM)


def tell_later(library, graphs):
    """On the device and the caller's stream: runs do not wait."""
    context = Embedding(library, 0, STREAM, graphs)
    kind = "graphs" if graphs else "launches"
    fail_at()
    for values in (GOOD, OTHER, GOOD, OTHER): # plain, recorded, replayed twice
        assert context.start(values) == 0, context.error()
        assert context.holds(UNTOUCHED), "it has waited"
        assert context.await_all() == 0, context.error()
        assert context.holds(rows(values)), "wrong numbers"
    print(f"{kind}: {calls('cuGraphLaunch')} replays, "
          f"{calls('cuMemsetD32Async') + calls('cuMemcpyDtoHAsync_v2')} "
          "commands for checks")
    context.say(f"{kind}, bad", context.start(BAD))
    context.say(f"{kind}, awaited", context.await_all())
    context.say(f"{kind}, awaited again", context.await_all())
    # Nobody knows yet, then the next run tells it and does nothing else.
    context.say(f"{kind}, bad", context.start(BAD))
    context.say(f"{kind}, at once behind it", context.start(GOOD))
    wait_for_stream()
    assert context.holds(rows(GOOD)), "wrong numbers"
    context.say(f"{kind}, next", context.start(OTHER))
    wait_for_stream()
    assert context.holds(UNTOUCHED), "it has run"
    context.say(f"{kind}, behind that", context.start(OTHER))
    context.say(f"{kind}, awaited", context.await_all())
    assert context.holds(rows(OTHER)), "wrong numbers"
    context.start(BAD) # told to nobody
    context.close()


def tell_before_own(library):
    """A run that waits does not take the failure of one before it for its own,
    nor does what it was called for."""
    context = Embedding(library, 0, STREAM)
    outputs = context.make_outputs(context.inputs)
    untouched = outputs[0].bytes()
    for _ in range(3): # plain, recorded, replayed
        assert context.start(BAD) == 0, context.error()
        context.say("mixed, behind a bad one",
                    context.run(context.inputs, outputs))
        assert outputs[0].bytes() == untouched, "it has run"
    context.inputs[1].write(indices(GOOD))
    context.say("mixed, once more", context.run(context.inputs, outputs))
    assert outputs[0].bytes() == rows(GOOD), "wrong numbers"
    context.close()


def tell_at_once(library, device, stream, what):
    context = Embedding(library, device, stream)
    for _ in range(4):
        context.say(f"{what}, bad", context.start(BAD))
        assert context.start(GOOD) == 0, context.error()
        assert context.holds(rows(GOOD)), "wrong numbers"
    context.close()


def capture(library):
    """Replays of the caller's own graph; each may fail."""
    context = Embedding(library, 0, STREAM)
    graph, executable = C.c_void_p(), C.c_void_p()
    with Current():
        call("cuStreamBeginCapture_v2", STREAM, 0)
        context.say("captured", context.start(OTHER))
        context.say("awaited in between", context.await_all())
        call("cuStreamEndCapture", STREAM, C.byref(graph))
        call("cuGraphInstantiateWithFlags", C.byref(executable), graph,
             C.c_ulonglong(0))
        call("cuGraphDestroy", graph)
    for values in (GOOD, BAD, OTHER):
        context.inputs[1].write(indices(values))
        with Current():
            call("cuGraphLaunch", executable, STREAM)
        context.say("replayed", context.await_all())
        assert values == BAD or context.holds(rows(values)), "wrong numbers"
    context.close()
    with Current():
        call("cuGraphExecDestroy", executable)


def change_state(library):
    """A state stays as it is where the run tells that a check failed."""
    for device, stream in ((None, STREAM), (0, None), (0, STREAM)):
        context = Context(library, stream=stream)
        inputs = [v.on(device) for v in read_inputs("pt2_kv_cache")]
        outputs = context.make_outputs(inputs, device)
        good = inputs[0].bytes()
        where = "host" if device is None else "device"
        def run(positions):
            inputs[0].write(positions)
            status = context.run(inputs, outputs)
            if status == 0:
                status = library.synchronize(context.context)
            return status
        assert run(good) == 0, context.error()
        before = context.states()
        bad = struct.pack("<2q", 2, 99)
        for _ in range(3):
            status = run(bad)
            print(f"state, {where}: {status} {context.error()}, "
                  f"{'kept' if context.states() == before else 'changed'}")
        assert library.reset(context.context) == 0
        assert run(good) == 0 and context.states() == before, "not reset"
        context.close()
        for value in inputs + outputs:
            value.free()


libraries = modules()
tell_later(libraries["embedding"], graphs=False)
tell_later(libraries["embedding"], graphs=True)
tell_before_own(libraries["embedding"])
tell_at_once(libraries["embedding"], None, STREAM, "host")
tell_at_once(libraries["embedding"], 0, None, "own stream")
capture(libraries["embedding"])
change_state(libraries["pt2_kv_cache"])
with Current():
    call("cuStreamDestroy_v2", STREAM)
print("left:", live())
