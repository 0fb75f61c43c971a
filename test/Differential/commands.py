"""The command lines of graphc and graphc-run, for the processor or a GPU."""

import pathlib


def add_arguments(parser):
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--emulator", type=pathlib.Path,
                        help="compiles for a GPU that this library stands for")
    parser.add_argument("--chips", default="sm_90a")


class Commands:
    def __init__(self, arguments):
        self.binaries = arguments.bin.resolve()
        self.emulator = arguments.emulator and arguments.emulator.resolve()
        self.chips = arguments.chips

    def graphc(self, *options):
        target = [f"--target=nvptx:{self.chips}", "--emulate-gpu"]
        return [self.binaries / "graphc", *options,
                *(target if self.emulator else [])]

    def graphc_run(self, *options):
        driver = ["--driver", self.emulator]
        return [self.binaries / "graphc-run", *options,
                *(driver if self.emulator else [])]
