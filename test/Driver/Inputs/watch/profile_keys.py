"""Checks the form of a profile, which other tools read.

  profile_keys.py PROFILE.json
"""

import json
import sys

with open(sys.argv[1]) as file:
    profile = json.load(file)
assert set(profile) == {"module", "target", "threads", "runs", "total_ms", "copy_gb_s",
                        "kernels"}, set(profile)
assert profile["threads"] == 2 and profile["runs"] >= 5
assert 0 < sum(kernel["ms"] for kernel in profile["kernels"]) <= 1.5 * profile["total_ms"]
for kernel in profile["kernels"]:
    assert set(kernel) == {"name", "form", "nodes", "module_path", "source", "calls", "ms",
                           "bytes", "flops"}, set(kernel)
    assert kernel["nodes"] and isinstance(kernel["ms"], float), kernel
