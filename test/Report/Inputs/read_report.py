"""Prints the data of a page: read_report.py index.html [EXPRESSION].

The page's data is JSON, deflated, in base64; `report` is all but the texts,
`texts` the rest, `text(n)` the lines of text n. Without an expression the
report is printed.
"""

import base64
import json
import re
import sys
import zlib


def read(path):
    page = open(path, encoding="utf-8").read()
    parts = []
    for name in ("summary", "texts"):
        data = re.search(f'id="{name}" data-encoding="deflate">([^<]*)</script>', page)
        parts.append(json.loads(zlib.decompress(base64.b64decode(data[1]))))
    return parts


if __name__ == "__main__":
    report, texts = read(sys.argv[1])

    def text(number):
        return [texts["lines"][line] for line in texts["texts"][number]["lines"]]

    if len(sys.argv) < 3:
        json.dump(report, sys.stdout, indent=1)
    else:
        value = eval(sys.argv[2])
        print("\n".join(map(str, value)) if isinstance(value, list) else value)
