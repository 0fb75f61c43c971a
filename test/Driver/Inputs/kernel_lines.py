"""The lines of the model in each kernel of a library, by its line table.

  kernel_lines.py LIBRARY
"""

import collections
import re
import subprocess
import sys

library = sys.argv[1]
code = subprocess.run(["llvm-objdump", "-d", "--no-show-raw-insn", library],
                      capture_output=True, text=True, check=True).stdout
addresses = re.findall(r"^\s+([0-9a-f]+):", code, re.M)
frames = subprocess.run(["llvm-symbolizer", f"--obj={library}", "--output-style=GNU",
                         "--functions", "--inlines"],
                        input="\n".join("0x" + address for address in addresses),
                        capture_output=True, text=True, check=True).stdout.splitlines()
lines = collections.defaultdict(set)
for function, place in zip(frames, frames[1:]):
    if function.startswith("kernel_") and re.search(r":[1-9]", place):
        lines[function].add(place.rsplit("/", 1)[-1].split(" ")[0])
for function in sorted(lines):
    print(f"{function}: {' '.join(sorted(lines[function]))}")
