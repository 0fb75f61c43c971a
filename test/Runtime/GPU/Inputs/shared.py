"""A launch whose shared memory is more than a kernel has without asking, though
what it asks for itself is not; calls that the driver refuses."""

import array

from emulated import *

library = next(iter(modules().values()))
numbers = array.array("f", range(64))
inputs = [Value("float32", [64], [1], numbers.tobytes())]
context = Context(library)
outputs = context.make_outputs(inputs)
fail_at()
for _ in range(2):
    print("run:", context.run(inputs, outputs), context.error())
print("right:", array.array("f", outputs[0].bytes()).tolist() ==
      [-number for number in numbers])
print("set up:", calls("cuFuncSetAttribute"), "times")
context.close()


def load_emulation(file):
    """The code in the module that the emulator takes, among that of chips."""
    place, code = file.find(b"\177ELF", 1), C.c_void_p()
    while CUDA_DRIVER.cuModuleLoadDataEx(C.byref(code), file[place:], 0, None,
                                         None):
        place = file.index(b"\177ELF", place + 1)
    return code


# The driver itself knows what a launch may ask for: a kernel has 48 KiB with
# its own 40, and 227 if it is told so.
with Current():
    code = load_emulation(pathlib.Path(sys.argv[3]).read_bytes())
    function = C.c_void_p()
    call("cuModuleGetFunction", C.byref(function), code, b"kernel_neg")
    stream = make_stream()
    views = [C.c_void_p(v.address) for v in inputs + outputs]
    parameters = (C.c_void_p * 2)(*(C.addressof(view) for view in views))
    for told, asked in ((None, 8 << 10), (None, (8 << 10) + 1),
                        (16 << 10, 16 << 10), (16 << 10, (16 << 10) + 1),
                        (188 << 10, 0), (187 << 10, 187 << 10)):
        status = 0
        if told:
            status = CUDA_DRIVER.cuFuncSetAttribute(function, 8, told)
        if not status:
            status = CUDA_DRIVER.cuLaunchKernel(
                function, 1, 1, 1, 64, 1, 1, asked, stream, parameters, None)
        print(f"told {told}, asked for {asked}: {status}")
    call("cuStreamDestroy_v2", stream)
    call("cuModuleUnload", code)
print("left:", live())
