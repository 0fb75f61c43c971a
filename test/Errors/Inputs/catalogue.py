"""Checks docs/Errors.md against what graphc prints.

  catalogue.py SOURCES FOLDER [--update]

Makes every error of cases.py in FOLDER. With --update the examples of the pages
are written, else compared.
"""

import pathlib
import re
import subprocess
import sys

import cases

# What stands between the name of a function and a code.
USE = re.compile(
    r'\b(?:\w*[fF]ail|refuse|withCode|makeError|at|errorAt|\w+Error|damaged|Error|'
    r'errorClass =|\?|:)\s*[({]?\s*(?:\w+, )?"([a-z0-9]+(?:-[a-z0-9]+)+)"\s*[,;:)]')
# Messages about the command line or the compiler itself have no file.
WITHOUT_FILE = {"usage", "asked-failure", "crash", "stopped", "out-of-memory", "fatal", "output-write", "link",
                "unsupported-target", "internal", "missing-tool", "device-assembler"}
# Messages of a run name the module that runs.
AT_RUN = {"run-argument", "run-check", "run-weights", "run-memory", "run-driver"}
# Messages that name a type.
TYPED = {"unsupported-dtype", "shape-mismatch", "unsupported-lowering", "unsupported-size",
         "weight-range", "module-interface", "run-argument"}
TYPE = re.compile(r"tensor<|memref<|'index'|float32|complex64|f32|i64|\[\d")
# Messages about a node of the program.
AT_NODE = {"unknown-op", "unsupported-op", "unsupported-dtype", "op-argument",
           "shape-mismatch", "graph-name"}


def read_pages(path):
    pages = {}
    for section in path.read_text().split("\n## ")[1:]:
        code, text = section.split("\n", 1)
        assert code not in pages, f"{code}: two pages"
        pages[code] = text
    return pages


def print_error(code, folder):
    """The first error that the case makes, without what follows it."""
    place = folder / code
    place.mkdir()
    command = cases.make(code, place)
    done = subprocess.run(command, cwd=place, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    lines = done.stderr.splitlines()
    first = next((i for i, line in enumerate(lines) if "error[" in line), None)
    assert first is not None, f"{code}: no error\n{done.stderr}"
    end = next((i for i in range(first + 1, len(lines))
                if lines[i].startswith("graphc")), len(lines))
    return done.returncode, "\n".join(lines[first:end])


def check_message(code, status, message):
    """What every message must have."""
    problems = []

    def expect(condition, what):
        if not condition:
            problems.append(f"{code}: {what}\n{message}")

    expect(re.match(rf"graphc(-\w+)?: error\[{code}\]: ", message), "has another code")
    expect(message.splitlines()[-1].startswith("  help: "), "has no next step")
    expect(message.endswith(f"graphc --explain {code}"), "does not name its page")
    expect("legalize" not in message, "speaks of legalization")
    if code in AT_RUN:
        expect(re.search(r"\]: (\w+: |output)", message), "names no module")
    elif code not in WITHOUT_FILE:
        expect(re.search(r"\]: '?[\w./-]+\.(pt2|pkl|py|mlir|fx|json|so)\b", message), "names no file")
    if code in AT_NODE:
        expect(re.search(r"(line|node) \d+ '", message), "names no node")
    if code in TYPED:
        expect(TYPE.search(message), "names no type")
    wanted = {"usage": 2}.get(code, 3 if code.startswith("unsupported-") or
                              code in ("unknown-op", "pickled-weight") else 1)
    expect(status == wanted, f"exit status {status}, expected {wanted}")
    return problems


def check_page(code, text, message):
    problems = [f"{code}: its page lacks '{label}'"
                for label in ("\nWhy: ", "\nSupported: ", "\nNext: ")
                if label not in text]
    example = "\n".join("    " + line for line in message.splitlines())
    if not text.rstrip().endswith(example):
        problems.append(f"{code}: graphc prints another message than the example:\n{example}")
    return problems


def update(path, messages):
    intro, *sections = path.read_text().split("\n## ")
    for i, section in enumerate(sections):
        message = messages.get(section.split("\n", 1)[0])
        if message:
            said = re.match(r".*?\nNext: [^\n]*\n", section, re.S)[0]
            sections[i] = said + "\n" + "".join("    " + line + "\n"
                                               for line in message.splitlines())
    path.write_text("\n## ".join([intro] + sections))


def main():
    sources, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    cases.sources = sources
    catalogue = sources / "docs/Errors.md"
    pages = read_pages(catalogue)
    problems, messages = [], {}
    for code in pages:
        try:
            status, message = print_error(code, folder)
        except (AssertionError, KeyError) as error:
            problems.append(f"{code}: {error}")
            continue
        messages[code] = message
        problems += check_message(code, status, message)
    if "--update" in sys.argv:
        update(catalogue, messages)
        pages = read_pages(catalogue)
    for code, message in messages.items():
        problems += check_page(code, pages[code], message)
    used = set()
    for top in ("lib", "tools"):
        for path in (sources / top).rglob("*.cpp"):
            used.update(USE.findall(path.read_text()))
    known = set(pages)
    prefixes = {code.split("-")[0] for code in known}
    for code in sorted(used - known):
        if code.split("-")[0] in prefixes:
            problems.append(f"{code}: is used but has no page")
    print("\n".join(problems))
    print(f"{len(pages)} codes, {len(problems)} problems")
    sys.exit(bool(problems))


main()
