#!/usr/bin/env python3
"""What no formatter sees: blanks at the end of lines, files without a last
newline, tabs, and the word that keeps a change from being committed.

  check_text.py FILE...
"""

import pathlib
import sys

TABS = ("Makefile", ".s")
WORD = "do-not-" + "submit"


def problems(name):
    try:
        text = pathlib.Path(name).read_text()
    except (UnicodeDecodeError, OSError):
        return
    if text and not text.endswith("\n"):
        yield f"{name}: no newline at the end"
    if text.endswith("\n\n"):
        yield f"{name}: blank lines at the end"
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"{name}:{number}: blanks at the end of the line"
        if "\t" in line and not name.endswith(TABS):
            yield f"{name}:{number}: tab"
        if WORD in line:
            yield f"{name}:{number}: {WORD}"


def main():
    found = [text for name in sys.argv[1:] for text in problems(name)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
