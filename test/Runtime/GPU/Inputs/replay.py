"""Runs that are replayed compute what others do; prints how often they are."""

from emulated import *


def compare(name, library, device, alternating=1, rounds=6):
    """Prints the launches of a context that replays beside one that does not.
    Both see the same inputs, `alternating` sets of them, and change them."""
    sets = []
    plain, replaying = Context(library, graphs=False), Context(library)
    for i in range(alternating):
        inputs = read_inputs(name)
        sets.append([[[v.on(device) for v in inputs]] for _ in range(2)])
        for context, (values,) in zip((plain, replaying), sets[-1]):
            sets[-1][context is replaying] = (
                values, context.make_outputs(values, device))
    fail_at()
    graphs = kernels = 0
    for _ in range(rounds):
        for pair in sets:
            results = []
            for context, (inputs, outputs) in zip((plain, replaying), pair):
                before = calls("cuGraphLaunch"), calls("cuLaunchKernelEx")
                assert context.run(inputs, outputs) == 0, context.error()
                if context is replaying:
                    graphs += calls("cuGraphLaunch") - before[0]
                    kernels += calls("cuLaunchKernelEx") - before[1]
                results.append([v.bytes() for v in inputs + outputs] +
                               context.states())
            assert results[0] == results[1], f"{name}: other numbers"
    where = "host" if device is None else "device"
    print(f"{name} {where} {alternating} sets: {graphs} replays")
    for context in (plain, replaying):
        context.close()
    for pair in sets:
        for inputs, outputs in pair:
            for value in inputs + outputs:
                value.free()


for name, library in modules().items():
    compare(name, library, None)
    compare(name, library, 0)
    if name == "pt2_mlp":
        compare(name, library, 0, alternating=3)
        compare(name, library, 0, alternating=9)
print("left:", live())
