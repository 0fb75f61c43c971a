"""Lets every call of the driver fail once, one after the other.

A failure is a status and a message, or it is made up for; nothing is left
behind; and what still exists works afterwards.
"""

from emulated import *

# Figures of the emulator, names of errors: no call of a run.
UNCOUNTED = {"cuGetErrorName", "cuGetErrorString"}
# What goes wrong when all is given back can be told to nobody.
GIVES_BACK = {"cuMemFree_v2", "cuStreamDestroy_v2", "cuModuleUnload",
              "cuGraphExecDestroy", "cuDevicePrimaryCtxRelease_v2",
              "cuEventDestroy_v2", "cuCtxPushCurrent_v2", "cuDeviceGet",
              "cuGraphDestroy", "cuMemFreeHost",
              "cuStreamSynchronize"}


VERBOSE = "VERBOSE" in os.environ


class Problem(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Problem(what)


class Scenario:
    """A context's life: calls on host and device, replayed ones, a pool that
    grows, changed states, a reset."""

    def __init__(self, name, library):
        self.library = library
        self.stream = make_stream()
        self.observer = library.observer(self.count)
        self.times = 0
        self.sets = []
        self.inputs = read_inputs(name)
        self.large = None
        if name == "pt2_dynamic_batch":
            self.large = [Value("float32", [64, 12], [12, 1],
                                bytes(64 * 12 * 4))]
        self.on_device = [v.on(0) for v in self.inputs]

    def count(self, _, event):
        expect(event.contents.ms >= 0, "no time")
        self.times += 1

    def run(self, told):
        """Whether all of it worked; the results so far in `self.results`."""
        self.results = []
        context = Context(self.library, stream=self.stream)
        try:
            return self.use(context, told)
        finally:
            context.close()

    def see(self, status, context, told):
        if status:
            expect(context.error(), "no message")
            told.append(status)
            if VERBOSE:
                print(status, context.error())
        return status == 0

    def use(self, context, told):
        if not self.see(context.status, context, told):
            outputs = [Value("float32", [1], [1], b"1234")]
            expect(context.run(self.inputs, outputs) == context.status,
                   "a context that is broken runs")
            return False
        self.times = 0
        works = True
        if self.library.info.is_instrumented:
            works &= self.see(self.library.time(
                context.context, self.observer, None), context, told)
        rounds = [(self.inputs, None)] * 2
        if self.large:
            rounds.append((self.large, None))
        rounds += [(self.on_device, 0)] * 4
        for inputs, device in rounds:
            if device is not None and not self.sets:
                self.sets.append(context.make_outputs(inputs, device))
            outputs = (context.make_outputs(inputs) if device is None
                       else self.sets[0])
            ok = self.see(context.run(inputs, outputs), context, told)
            if not ok:
                # Nothing is broken but this call; and states may differ now.
                fail_at()
                ok = context.run(inputs, outputs) == 0
                expect(ok, f"later call failed: {context.error()}")
                works = False
            self.results.append([v.bytes() for v in outputs])
        status = self.library.reset(context.context)
        works &= self.see(status, context, told)
        if status:
            fail_at()
            expect(self.library.reset(context.context) == 0, "later reset")
        outputs = context.make_outputs(self.inputs)
        works &= self.see(context.run(self.inputs, outputs), context, told)
        if works:
            self.results.append([v.bytes() for v in outputs])
        return works

    def free(self):
        for value in self.on_device + [v for s in self.sets for v in s]:
            value.free()
        with Current():
            call("cuStreamDestroy_v2", self.stream)


def names():
    found = []
    while name := CUDA_DRIVER.graphc_emulator_function(len(found)):
        found.append(name.decode())
    return found


def walk(name, library):
    scenario = Scenario(name, library)
    before = live()
    for _ in range(2): # the first time the test makes its own outputs
        fail_at()
        expect(scenario.run([]), "the scenario fails by itself")
    wanted, known, times = scenario.results, live(), scenario.times
    rest = {kind: count for kind, count in known.items()
            if count != before.get(kind, 0)}
    # The outputs on the device that the test has made.
    expect(set(rest) <= {"memory"}, f"left: {rest}")
    counts = {f: calls(f) for f in names() if f not in UNCOUNTED}
    failures = told_calls = 0
    silent = set()
    for function, count in counts.items():
        for i in range(1, count + 1):
            fail_at(f"{function}:{i}")
            told = []
            try:
                works = scenario.run(told)
                expect(works == (not told), "works and tells")
                if works:
                    expect(scenario.results == wanted, "other numbers")
                    expect(scenario.times == times, "other times")
                    silent.add(function)
                fail_at()
                left = CUDA_DRIVER.graphc_emulator_depth()
                expect(left == (function == "cuCtxPopCurrent_v2"),
                       f"{left} contexts are still current")
                if left:
                    call("cuCtxPopCurrent_v2", C.byref(C.c_void_p()))
                # What could not be given back is still there, no more.
                spare = {kind: n - known.get(kind, 0)
                         for kind, n in live().items()
                         if n != known.get(kind, 0)}
                if spare:
                    expect(function in GIVES_BACK, f"left: {spare}")
                known = live()
            except Problem as problem:
                failures += 1
                print(f"{name}: {function} call {i}: {problem}")
            told_calls += bool(told)
    print(f"{name}: {sum(counts.values())} calls of {len(counts)} functions, "
          f"{told_calls} told, {failures} wrong")
    if times:
        print(f"{times} times of kernels in {len(wanted)} runs")
    print("made up for:", ", ".join(sorted(silent - GIVES_BACK)))
    fail_at()
    scenario.free()


def say(library, fault, memory=None):
    """The status and message of a context that cannot be made."""
    fail_at(fault)
    if memory:
        os.environ["GRAPHC_EMULATOR_MEMORY"] = str(memory)
    context = Context(library)
    print(context.status, context.error())
    context.close()
    os.environ.pop("GRAPHC_EMULATOR_MEMORY", None)
    fail_at()


libraries = modules()
for name, library in libraries.items():
    walk(name, library)
first = next(iter(libraries.values()))
say(first, "cuModuleLoadDataEx:1:222")
say(first, "cuInit:1:100")
say(first, None, memory=256)
os.environ["GRAPHC_EMULATOR_DEVICES"] = "0"
say(first, None)
