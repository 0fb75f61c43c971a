"""Several devices, contexts and threads."""

import threading

from emulated import *

name, library = next(iter(modules().items()))
inputs = read_inputs(name)


def result(context, values, device=None):
    outputs = context.make_outputs(values, device)
    assert context.run(values, outputs) == 0, context.error()
    data = [v.bytes() for v in outputs]
    for value in outputs:
        value.free()
    return data


# Code and weights are on a device once, with its last context they go.
contexts = [Context(library, device) for device in (0, 1, 2, 1)]
assert not any(c.status for c in contexts)
print("modules:", live("modules"))
wanted = result(contexts[0], inputs)
assert all(result(c, inputs) == wanted for c in contexts)
for device in (0, 1, 2):
    values = [v.on(device) for v in inputs]
    assert result(contexts[device], values, device) == wanted
    for value in values:
        value.free()
contexts[1].close()
print("modules:", live("modules"))
contexts[3].close()
print("modules:", live("modules"))

# Memory of another device is refused.
outputs = contexts[0].make_outputs(inputs)
elsewhere = [v.on(2) for v in inputs]
print("status", contexts[0].run(elsewhere, outputs), contexts[0].error())
print("status", contexts[0].run(inputs, contexts[0].make_outputs(inputs, 2)),
      contexts[0].error())
# So is memory that vectors cannot be read from.
odd = [v.on(0) for v in inputs]
for value in odd:
    value.address += 4
print("status", contexts[0].run(odd, outputs), contexts[0].error())
# So is memory of the host that is said to be a device's, before a kernel reads
# it; calls that are recorded were asked about before.
def pretend(value):
    view = value.view()
    view.device_type = CUDA
    view.data = (view.data + 15) // 16 * 16
    return view


right = [v.on(0) for v in inputs]
made = contexts[0].make_outputs(right, 0)
for ins, outs in ((map(pretend, inputs), (v.view() for v in made)),
                  ((v.view() for v in right), map(pretend, outputs))):
    print("status", library.run(
        contexts[0].context, (Tensor * len(right))(*ins), len(right),
        (Tensor * len(made))(*outs), len(made), None, 0), contexts[0].error())
size = C.c_size_t()
views = (Tensor * len(right))(*(v.view() for v in right))
library.workspace_size(contexts[0].context, views, len(right), C.byref(size))
arena = C.create_string_buffer(size.value)
print("status", library.run(
    contexts[0].context, views, len(right),
    (Tensor * len(made))(*(v.view() for v in made)), len(made),
    C.addressof(arena), size.value), contexts[0].error())
fail_at()
for _ in range(4):
    assert contexts[0].run(right, made) == 0, contexts[0].error()
    assert [v.bytes() for v in made] == wanted
print("asked:", calls("cuPointerGetAttribute"))
for value in right + made:
    value.free()
# So is a device that there is not.
lost = Context(library, 7)
print("status", lost.status, lost.error())
print("status", lost.run(inputs, outputs), lost.error())
lost.close()

# So is a stream of another device, and one that is gone, before or after the
# context is made.
streams = [make_stream(device) for device in (0, 2, 0)]


def destroy(stream):
    with Current():
        call("cuStreamDestroy_v2", stream)


destroy(streams[2])
for stream in streams[1:]:
    lost = Context(library, stream=stream)
    print("status", lost.status, lost.error())
    lost.close()
own = Context(library, stream=streams[0])
assert result(own, inputs) == wanted
destroy(streams[0])
print("status", own.run(inputs, outputs), own.error())
own.close()
with Current(2):
    call("cuStreamDestroy_v2", streams[1])

# And an option that there is not.
options = Options(0, 0, None, 0, None, EMULATOR.encode(), 7)
lost = C.c_void_p()
print("status", library.create(C.byref(options), C.byref(lost)),
      library.last_error(lost).decode())
library.destroy(lost)

# What was copied in a call.
contexts[0].run(inputs, outputs)
print("copied:", contexts[0].copied())
here = [v.on(2) for v in inputs]
made = contexts[2].make_outputs(here, 2)
contexts[2].run(here, made)
print("copied:", contexts[2].copied())
print("depth:", CUDA_DRIVER.graphc_emulator_depth())

# Contexts of one module in threads, some of them sharing a device.
problems = []


def work(number):
    try:
        for _ in range(4):
            context = Context(library, number % 3)
            assert context.status == 0, context.error()
            for _ in range(8):
                assert result(context, inputs) == wanted
            context.close()
    except AssertionError as problem:
        problems.append(problem)


for context in (contexts[0], contexts[2]):
    context.close()
threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("threads:", problems or "agree")
print("modules:", live("modules"), "streams:", live("streams"))
