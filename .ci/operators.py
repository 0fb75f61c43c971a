#!/usr/bin/env python3
"""Writes docs/Operators.md: what `graphc --list-ops` lists, a line an operator.

  operators.py build/bin/graphc            prints it
  operators.py build/bin/graphc --check    fails when the file promises more
"""

import collections
import pathlib
import re
import subprocess
import sys

FILE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "Operators.md"
HEAD = """# Operators

Written by `make docs` from `graphc --list-ops`, {overloads} overloads in all; signatures are in
`lib/Import/AtenSchemas.txt`. Whatever else a program calls is refused with exit status 3, all of it at once, with
its number of uses, its nodes and their source lines.

| operator | overloads |
|---|---|
"""


def listed(graphc):
    return subprocess.run([graphc, "--list-ops"], check=True, text=True,
                          capture_output=True).stdout.split()


def table(names):
    """`aten.add.Tensor` is overload `Tensor` of `aten.add`."""
    operators = collections.defaultdict(list)
    for name in names:
        operator, _, overload = name.rpartition(".")
        operators[operator].append(overload)
    return HEAD.format(overloads=len(names)) + "".join(
        f"| `{operator}` | {', '.join(f'`{name}`' for name in overloads)} |\n"
        for operator, overloads in sorted(operators.items()))


def documented():
    for row in re.findall(r"^\| `(\S+)` \| (.*) \|$", FILE.read_text(), re.M):
        for overload in re.findall(r"`(\S+?)`", row[1]):
            yield f"{row[0]}.{overload}"


def main():
    names = listed(sys.argv[1])
    if sys.argv[2:] != ["--check"]:
        sys.stdout.write(table(names))
        return 0
    promised = set(documented())
    broken = sorted(promised - set(names))
    print(f"{len(promised)} documented, {len(broken)} not supported",
          *broken, sep="\n")
    return 1 if broken or not promised else 0


sys.exit(main())
