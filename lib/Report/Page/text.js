// A text of any length: only the lines that can be seen are elements.
const lineHeight = 18;

class TextPane {
  constructor(label, onSelect) {
    this.onSelect = onSelect;
    this.current = -1;
    this.shown = new Map();
    this.inner = el("div", {class: "lines"});
    this.root = el("div", {class: "text-pane", tabindex: "0", role: "region",
      "aria-label": label,
      onscroll: () => this.draw(),
      onkeydown: (event) => this.key(event),
      onclick: (event) => {
        const line = event.target.closest("[data-line]");
        if (line && !String(getSelection())) this.choose(Number(line.dataset.line), true);
      }}, this.inner);
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  /// `classes[i]`, which may be missing, is how line i differs.
  show(text, classes = []) {
    this.text = text;
    this.classes = classes;
    this.matches = null;
    this.current = -1;
    const digits = String(text.lines.length).length;
    this.inner.style.setProperty("--digits", digits + "ch");
    this.inner.style.height = text.lines.length * lineHeight + "px";
    const width = text.lines.reduce((most, line) => Math.max(most, line.length), 0);
    this.inner.style.minWidth = `calc(${Math.min(width, 4200) + digits + 4}ch)`;
    this.root.scrollTop = this.root.scrollLeft = 0;
    this.shown.clear();
    this.inner.replaceChildren();
    this.drawn = "";
    this.draw();
  }

  /// Lines that stay keep their elements: one that goes while it is pressed
  /// would take the click with it, and what is selected in it.
  draw() {
    if (!this.text) return;
    const first = Math.max(0, Math.floor(this.root.scrollTop / lineHeight) - 10);
    const end = Math.min(this.text.lines.length,
      first + Math.ceil((this.root.clientHeight || 600) / lineHeight) + 20);
    const state = `${first} ${end} ${this.current}`;
    if (state === this.drawn) return;
    this.drawn = state;
    for (const [i, line] of this.shown) {
      if (i >= first && i < end) continue;
      line.remove();
      this.shown.delete(i);
    }
    // From the last to the first, each before the one below it: the order
    // in which a selection reads them.
    for (let i = end - 1, below = null; i >= first; i--) {
      const names = ["line", this.classes[i] || ""];
      if (this.matches && this.matches(this.text.places[i])) names.push("match");
      if (i === this.current) names.push("current");
      if (!this.shown.has(i)) this.shown.set(i, this.inner.insertBefore(this.line(i), below));
      below = this.shown.get(i);
      below.className = names.join(" ");
    }
  }

  line(i) {
    return el("div", {"data-line": i, style: `top: ${i * lineHeight}px`},
      el("span", {class: "line-number"}, String(i + 1)), this.text.lines[i] || " ");
  }

  /// Marks what comes from the same node as `place`.
  mark(place, scrolls) {
    this.matches = place ? makeMatcher(place) : null;
    this.drawn = "";
    if (scrolls && this.matches) {
      const first = this.text.places.findIndex((other) => this.matches(other));
      if (first >= 0) this.scrollTo(first);
    }
    this.draw();
  }

  choose(line, reports) {
    this.current = line;
    this.scrollTo(line, true);
    this.drawn = "";
    this.draw();
    if (reports) this.onSelect(this.text.places[line], line);
  }

  scrollTo(line, onlyIfHidden = false) {
    const y = line * lineHeight, height = this.root.clientHeight;
    if (onlyIfHidden && y >= this.root.scrollTop && y + lineHeight <= this.root.scrollTop + height)
      return;
    this.root.scrollTop = y - height / 3;
  }

  /// Goes to the next line that differs.
  nextChange(step) {
    const isChange = (i) => this.classes[i] && this.classes[i] !== "same";
    let line = this.current;
    const start = line;
    // Past the rest of this block of changes.
    do line += step; while (isChange(line) && start >= 0);
    while (line >= 0 && line < this.text.lines.length && !isChange(line)) line += step;
    if (line >= 0 && line < this.text.lines.length) this.choose(line, true);
  }

  key(event) {
    const page = Math.floor(this.root.clientHeight / lineHeight) - 1;
    const step = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page}[event.key];
    if (!step) return;
    event.preventDefault();
    const last = this.text.lines.length - 1;
    this.choose(Math.max(0, Math.min(last, this.current + step)), true);
  }
}

/// A line as it is compared: names of values change from stage to stage.
function normalize(line) {
  return line.replace(/%[\w$.#-]+/g, "%").replace(/\^bb\d+/g, "^bb")
    .replace(/, !(?:dbg|tbaa) !\d+/g, "").trim();
}

/// `func.func @main`
const headOf = (line) => line.trim().split(/[ (]/, 2).join(" ");

/// What became of the lines: `same`, `changed` where their node is on the other
/// side, else `removed` on the left and `added` on the right.
function compareTexts(left, right) {
  const key = (text, i) => normalize(text.lines[i]) + "\u0000" +
    nodeOf(text.places[i]).join(",");
  const sides = [left, right].map((text) => {
    const keys = new Set(), nodes = new Set(), heads = new Set();
    text.lines.forEach((line, i) => {
      heads.add(headOf(line));
      keys.add(key(text, i));
      for (const node of nodeOf(text.places[i])) nodes.add(node);
    });
    return {keys, nodes, heads};
  });
  const classify = (text, other, gone) => text.lines.map((line, i) => {
    if (other.keys.has(key(text, i))) return "same";
    const nodes = nodeOf(text.places[i]);
    if (nodes.length) return nodes.some((node) => other.nodes.has(node)) ? "changed" : gone;
    if (/^(module|func|define|llvm)/.test(line.trim()) &&
        other.heads.has(headOf(line))) return "changed";
    // Braces and the like say nothing.
    return text.places[i] || / = |\w\(/.test(line) ? gone : "";
  });
  return [classify(left, sides[1], "removed"), classify(right, sides[0], "added")];
}
