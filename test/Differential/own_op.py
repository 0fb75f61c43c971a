"""An operator with samples of ours."""

import torch
from torch.testing._internal.opinfo.core import SampleInput

FLOATS = (torch.float32, torch.float64, torch.bfloat16, torch.float16)


class OwnOp:
    """What run.py asks of an entry of torch's database. `make(dtype)` yields
    lists of arguments; a dictionary at the end is of keywords."""

    variant_test_name = ""

    def __init__(self, name, op, make, dtypes=FLOATS):
        self.name, self.op, self.make, self.dtypes = name, op, make, dtypes

    def supports_dtype(self, dtype, device):
        return dtype in self.dtypes

    def sample_inputs(self, device, dtype, requires_grad):
        for arguments in self.make(dtype):
            arguments = list(arguments)
            named = arguments.pop() if isinstance(arguments[-1], dict) else {}
            yield SampleInput(arguments[0], args=tuple(arguments[1:]),
                              kwargs=named)
