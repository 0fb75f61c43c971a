#!/usr/bin/env python3
"""Prints docs/Operators.md: what `graphc --list-ops` lists, a line an operator.

  operators.py build/bin/graphc
"""

import collections
import subprocess
import sys

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


sys.stdout.write(table(listed(sys.argv[1])))
