#!/usr/bin/env python3
"""Opens pages of `graphc --report` in a headless browser.

    browser_test.py --bin build/bin [--only hostile] [--screenshots DIR]

One line a test, `passed: NAME` or `failed: NAME: why`.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "Integration" / "Inputs"
sys.path.insert(0, str(HERE / "Inputs"))
import browser  # noqa: E402

TESTS = []


def test(function):
    TESTS.append(function)
    return function


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Pages:
    """Compiles programs, once each."""

    def __init__(self, graphc, folder):
        self.graphc, self.folder, self.made = graphc, folder, {}

    def get(self, name, source, *options, status=0):
        if name not in self.made:
            place = self.folder / name
            result = subprocess.run(
                [self.graphc, source, "-o", self.folder / "out.so", "--dump-dir=",
                 "--target=x86-64-v3", f"--report={place}", *options],
                capture_output=True, text=True)
            expect(result.returncode == status, result.stderr[-600:])
            self.made[name] = place / "index.html"
        return self.made[name].as_uri()

    def dynamic(self):
        return self.get("dynamic", FIXTURES / "pt2_dynamic_seq" / "model.pt2")

    def bert(self):
        return self.get("bert", FIXTURES / "pt2_bert" / "model.pt2")

    def large(self):
        source = self.folder / "large.mlir"
        text = subprocess.run([sys.executable, HERE / "Inputs" / "make_large.py", "24"],
                              capture_output=True, text=True, check=True).stdout
        source.write_text(text)
        return self.get("large", source, "--emit=scheduled")


VIEWS = ["overview", "stages", "stages/import/graph-to-linalg/text", "kernels",
         "memory", "passes", "search/linear", "node/linear"]


def open_all(page, pages, shots):
    """Every view of a page is there and says nothing in the console."""
    for view in VIEWS + ["kernel/" + page.evaluate("R.kernels[0].name"), "pass/0"]:
        page.go(view)
        expect(page.evaluate("document.querySelector('main h2').textContent.length") > 0, view)
        expect(page.evaluate("document.querySelector('main > .error') === null"),
               f"{view} shows an error")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        expect(wide <= 0, f"{view} is {wide} pixels wider than the window")
        if shots:
            page.screenshot(str(shots / f"{pages}-{page.size[0]}-"
                                f"{'dark' if page.dark else 'light'}-{view.replace('/', '-')}.png"))
    expect(not page.problems, f"in the console: {page.problems}")
    others = [url for url in page.requests if not url.startswith(("file:", "about:"))]
    expect(not others, f"it asks for {others}")


def each_window(url, name, shots):
    for size, dark in (((1280, 900), False), ((1280, 900), True), ((420, 800), False)):
        with browser.Browser(*size, dark=dark) as page:
            page.open(url)
            page.wait("document.body.dataset.ready")
            open_all(page, name, shots)


@test
def views_of_a_dynamic_model(pages, shots):
    each_window(pages.dynamic(), "dynamic", shots)


@test
def views_of_bert(pages, shots):
    each_window(pages.bert(), "bert", shots)


def opened(url, **options):
    page = browser.Browser(**options)
    page.__enter__()
    page.open(url)
    page.wait("document.body.dataset.ready")
    return page


OVERLAPS = """(() => {
  const boxes = [...document.querySelectorAll('.graph-pane')][0]
    .querySelectorAll('g.node > rect, g.module.closed > rect');
  const rects = [...boxes].map((box) => box.getBoundingClientRect())
    .sort((a, b) => a.left - b.left);
  let bad = 0;
  rects.forEach((a, i) => {
    for (let k = i + 1; k < rects.length && rects[k].left < a.right - 0.5; k++)
      if (a.top < rects[k].bottom - 0.5 && rects[k].top < a.bottom - 0.5) bad++;
  });
  return [rects.length, bad];
})()"""


@test
def two_thousand_operations_stay_usable(pages, shots):
    url = pages.large()
    page = opened(url)
    try:
        page.go("stages/load/graph-optimization/graph")
        shown, bad = page.evaluate(OVERLAPS)
        expect(0 < shown < 200, f"{shown} boxes at first")
        took = page.evaluate("""(() => {
          const start = performance.now();
          document.querySelector('.graph-pane button[title="Open every module"]').click();
          return performance.now() - start; })()""")
        shown, bad = page.evaluate(OVERLAPS)
        expect(shown >= 1900, f"{shown} boxes when all is open")
        expect(not bad, f"{bad} pairs of boxes overlap")
        expect(took < 5000, f"opening all took {took:.0f} ms")
        if shots:
            page.screenshot(str(shots / "large-open.png"))
        expect(not page.problems, page.problems)
    finally:
        page.__exit__()


@test
def modules_open_and_close(pages, shots):
    page = opened(pages.large())
    try:
        page.go("stages/load/graph-optimization/graph")
        count = "document.querySelector('.graph-pane').querySelectorAll('g.module.open').length"
        before = page.evaluate(count)
        page.evaluate("document.querySelector('.graph-pane g.module.closed').focus()")
        page.press("Enter", "\r")
        after = page.evaluate(count)
        expect(after == before + 1, f"{before} open modules, then {after}")
        page.evaluate("document.querySelector('.graph-pane g.module.open').focus()")
        page.press("Enter", "\r")
        expect(page.evaluate(count) < after, "it does not close")
    finally:
        page.__exit__()


@test
def what_is_selected_is_marked_on_the_other_side(pages, shots):
    page = opened(pages.bert())
    try:
        page.go("stages/graph-optimization/linalg-to-kernel/text")
        # A line that can be seen, and comes from a node that has a kernel.
        page.evaluate("""(() => {
          const pane = document.querySelector('.text-pane');
          const lines = R.stages.find(s => s.name === 'graph-optimization').text;
          pane.scrollTop = 18 * (getText(lines).lines
            .findIndex(line => line.includes('graph.layer_norm')) - 5); })()""")
        place = """(() => {
          const line = [...document.querySelectorAll('.side:first-child .line')]
            .find(one => one.textContent.includes('graph.layer_norm'));
          const box = line?.getBoundingClientRect();
          return box ? [box.left + 90, box.top + 9] : null; })()"""
        page.click_at(*page.settled(place))
        page.wait("document.querySelector('.pair .side:last-child .line.match') !== null")
        expect("node" in page.evaluate("document.querySelector('.selection').textContent"),
               "nothing is said of the node")
    finally:
        page.__exit__()


@test
def a_line_that_is_pressed_stays_while_others_are_drawn(pages, shots):
    page = opened(pages.bert())
    try:
        page.go("stages/graph-optimization/linalg-to-kernel/text")
        x, y = page.settled("""(() => {
          const box = document.querySelector('.side:first-child .line')?.getBoundingClientRect();
          return box ? [box.left + 90, box.top + 9] : null; })()""")
        page.click_at(x, y, between="""(() => {
          const pane = document.querySelector('.side:first-child .text-pane');
          pane.style.height = pane.clientHeight - 60 + 'px';
          return new Promise(done => setTimeout(done, 100)); })()""")
        page.wait("document.querySelector('.side:first-child .line.current') !== null", 10)
    finally:
        page.__exit__()


@test
def search_finds_and_links(pages, shots):
    page = opened(pages.bert())
    try:
        page.press("/", "/")
        expect(page.evaluate("document.activeElement.id") == "search", "the key / does nothing")
        page.call("Input.insertText", text="layer_norm")
        page.press("Enter", "\r")
        page.wait("document.body.dataset.ready === 'search'")
        titles = page.evaluate("[...document.querySelectorAll('main h3')].map(h => h.firstChild.data)")
        expect("Nodes" in titles and any(title.startswith("IR of") for title in titles),
               f"found only {titles}")
        page.click(".hits a")
        page.wait("document.body.dataset.ready !== 'search'")
        expect(page.evaluate("document.querySelector('main > .error') === null"), "a link leads nowhere")
        page.go("search/no such thing anywhere")
        expect("Nothing" in page.evaluate("document.querySelector('main').textContent"), "no word")
    finally:
        page.__exit__()


@test
def the_table_of_kernels_sorts_and_filters(pages, shots):
    page = opened(pages.bert())
    try:
        page.go("kernels")
        names = "[...document.querySelectorAll('table.kernels tbody td.name:first-child')].map(c => c.textContent)"
        page.click("table.kernels th:first-child button")
        rows = page.evaluate(names)
        expect(rows == sorted(rows) and len(rows) > 3, f"not sorted: {rows}")
        page.evaluate("""(() => { const box = document.querySelector('main input[type=search]');
          box.value = 'attention'; box.dispatchEvent(new Event('input')); })()""")
        expect(0 < len(page.evaluate(names)) < len(rows), "the filter does nothing")
        expect(page.evaluate("R.kernels.every(k => evaluate(k.bytes) > 0)"), "a kernel without bytes")
    finally:
        page.__exit__()


@test
def memory_follows_the_chosen_sizes(pages, shots):
    page = opened(pages.dynamic())
    try:
        page.go("memory")
        facts = "document.querySelector('main > p:not(.selection)').textContent"
        before = page.evaluate(facts)
        count = page.evaluate("document.querySelectorAll('svg.memory g.buffer').length")
        expect(count == page.evaluate("R.memory.buffers.length"), f"{count} buffers are drawn")
        page.evaluate("""(() => { const box = document.querySelector('.symbols input');
          box.value = 64; box.dispatchEvent(new Event('change')); })()""")
        expect(page.evaluate(facts) != before, "another size changes nothing")
        overlap = page.evaluate("""(() => {
          const rects = placeBuffers(R.memory).rects;
          return rects.filter((a, i) => rects.some((b, k) => k > i &&
            a.buffer.first <= b.buffer.last && b.buffer.first <= a.buffer.last &&
            a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes)).length; })()""")
        expect(overlap == 0, f"{overlap} buffers share memory while both live")
    finally:
        page.__exit__()


@test
def hostile_names_stay_text(pages, shots):
    source = pages.folder / "hostile.mlir"
    text = (HERE / "Inputs" / "hostile.mlir").read_text()
    source.write_text(text.replace('onload=', 'x' * 20000 + ' onload='))
    url = pages.get("hostile", source, "--emit=scheduled")
    page = opened(url)
    try:
        for view in ("overview", "stages", "stages/load/graph-to-linalg/text", "kernels",
                     "memory", "passes", "search/script"):
            page.go(view)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            expect(wide <= 0, f"{view} is {wide} pixels wider than the window")
            if shots:
                page.screenshot(str(shots / f"hostile-{view.replace('/', '-')}.png"))
        for i in range(page.evaluate("R.nodes.length")):
            page.evaluate(f"location.hash = toHash(['node', R.nodes[{i}].name])")
            page.wait("document.body.dataset.ready === 'node' && document.querySelector('main h2') !== null")
            expect(page.evaluate("document.querySelector('main > .error') === null"),
                   f"node {i} has no page")
        expect(page.evaluate("window.hacked === undefined"), "a name was run as a script")
        expect(page.evaluate("document.querySelectorAll('main img, main script, main b').length") == 0,
               "a name was read as HTML")
        expect(page.evaluate("R.nodes.some(n => n.name.includes('</script>'))"), "the name is lost")
        expect(not page.problems, page.problems)
    finally:
        page.__exit__()


@test
def failures_stand_on_top(pages, shots):
    url = pages.get("failed", FIXTURES / "pt2_mlp" / "model.pt2",
                    "--fail-at-pass=graphc-bufferize", status=1)
    page = opened(url)
    try:
        text = page.evaluate("document.querySelector('main').textContent")
        expect("failed in stage 'kernel-to-buffers'" in text and "asked-failure" in text, text[:300])
        open_views = [view for view in VIEWS if "search" not in view]
        for view in open_views:
            page.go(view)
        expect(not page.problems, page.problems)
    finally:
        page.__exit__()


@test
def browsers_without_decompression_say_so(pages, shots):
    with browser.Browser() as page:
        page.call("Page.addScriptToEvaluateOnNewDocument",
                  source="delete window.DecompressionStream")
        page.open(pages.dynamic())
        page.wait("document.querySelector('main .error') !== null")
        expect("This browser cannot unpack" in page.evaluate("document.querySelector('main').textContent"),
               "no word about it")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    if not browser.find():
        print("failed: browser: no chromium on PATH; install it with "
              ".ci/install-packages chromium")
        return 1
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        pages = Pages(arguments.bin.resolve() / "graphc", pathlib.Path(folder))
        for function in TESTS:
            if arguments.only not in function.__name__:
                continue
            try:
                function(pages, arguments.screenshots)
                print(f"passed: {function.__name__}", flush=True)
            except Exception as error:  # Each is a failure of its test.
                bad += 1
                where = traceback.extract_tb(error.__traceback__)[-1]
                print(f"failed: {function.__name__}: {error} (line {where.lineno})", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
