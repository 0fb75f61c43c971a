"""Every option of a tool is in docs/Usage.md.

  documented_options.py TOOL USAGE.md
"""

import re
import subprocess
import sys

tool, page = sys.argv[1:]
listed = subprocess.run([tool, "--help"], capture_output=True, text=True).stdout
own = listed.split(f"{tool} options:")[1]
options = set(re.findall(r"^  (--?[A-Za-z][\w-]*)", own, re.M))
with open(page) as file:
    known = set(re.findall(r"--?[A-Za-z][\w-]*", file.read()))
missing = sorted(option for option in options if option not in known
                 and not (option == "-O" and "-O3" in known))
print(f"{len(options)} options, not documented: {missing or 'none'}")
sys.exit(bool(missing or not options))
