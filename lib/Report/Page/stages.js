// Two forms of the same thing side by side.

/// `options` are {id, label, language, getText(), graphs}; the pair's state goes to
/// `onChange(left, right, mode)`.
class PairView {
  constructor(options, state, onChange) {
    this.options = options;
    this.state = state;
    this.onChange = onChange;
    this.info = el("p", {class: "selection", "aria-live": "polite"},
      "Select a line or an operation: what comes from the same node is marked on both sides.");
    this.bar = el("div", {class: "bar"});
    this.panes = el("div", {class: "pair"});
    this.root = el("div", {class: "pair-view"}, this.bar, this.info, this.panes);
    this.show();
  }

  find(id, fallback) {
    return this.options.find((option) => option.id === id) || this.options[fallback];
  }

  show() {
    const last = this.options.length - 1;
    const left = this.find(this.state.left, 0);
    const right = this.find(this.state.right, Math.min(1, last));
    const hasGraphs = left.graphs?.length && right.graphs?.length;
    const mode = hasGraphs && this.state.mode === "graph" ? "graph" : "text";
    this.state = {left: left.id, right: right.id, mode};
    const change = (more) => {
      Object.assign(this.state, more);
      this.onChange(this.state.left, this.state.right, this.state.mode);
      this.show();
    };
    const texts = [left.getText(), right.getText()];
    // Of two languages no line is the same: then only nodes connect them.
    const isComparable = left.language === right.language;
    const classes = isComparable ? compareTexts(...texts) : [[], []];
    const count = (list, name) => list.filter((one) => one === name).length;
    const modeButton = (name, label) => el("button", {type: "button",
      "aria-pressed": String(mode === name), disabled: name === "graph" && !hasGraphs,
      title: name === "graph" && !hasGraphs
        ? "Behind the kernel stage data flows through memory: see the kernels" : null,
      onclick: () => change({mode: name})}, label);
    const buttons = [
      select("Left side", this.options, left.id, (id) => change({left: id})), "→",
      select("Right side", this.options, right.id, (id) => change({right: id})),
      modeButton("text", "Text"), modeButton("graph", "Graph"),
      !isComparable ? el("span", {class: "hint"}, "two languages: lines are not compared")
        : el("span", {class: "legend"},
        el("span", {class: "key removed"}, `removed ${count(classes[0], "removed")}`),
        el("span", {class: "key changed"},
          `changed ${count(classes[0], "changed")} → ${count(classes[1], "changed")}`),
        el("span", {class: "key added"}, `new ${count(classes[1], "added")}`)),
    ];
    if (mode === "text" && isComparable)
      buttons.push(el("button", {type: "button",
        onclick: () => this.sides[1].nextChange(1)}, "Next change ↓"),
      el("button", {type: "button", "aria-label": "Previous change",
        onclick: () => this.sides[1].nextChange(-1)}, "↑"));
    this.bar.replaceChildren(...buttons);
    this.panes.replaceChildren();
    this.sides = [left, right].map((option, i) => {
      const label = `${option.label}, ${i ? "right" : "left"}`;
      const pane = mode === "graph"
        ? new GraphPane(label, (place, line) => this.select(i, place, line))
        : new TextPane(label, (place, line) => this.select(i, place, line));
      const title = el("h3", {}, option.label,
        el("span", {class: "hint"}, ` ${texts[i].lines.length} lines`));
      this.panes.append(el("section", {class: "side"}, title, pane.root));
      return pane;
    });
    [left, right].forEach((option, i) => {
      if (mode === "text") return this.sides[i].show(texts[i], classes[i]);
      // Programs have one function or several; the first is the largest.
      const graphs = option.graphs;
      const draw = (number) => this.sides[i].show(graphs[number], classes[i]);
      if (graphs.length > 1)
        this.sides[i].bar.prepend(select("Function",
          graphs.map((graph, k) => ({id: String(k), label: graph.name})), "0",
          (value) => draw(Number(value))));
      draw(0);
    });
    if (this.place) this.select(-1, this.place);
  }

  /// `from` is the side that was clicked, -1 for none.
  select(from, place, line) {
    this.place = place;
    this.sides.forEach((side, i) => side.mark(place, i !== from));
    const at = R.places[place];
    const parts = [];
    if (at.nodes.length) parts.push("node ", nodeLinks(at.nodes, 4));
    const module = moduleOf(place);
    if (module) parts.push(" in ", el("code", {}, module));
    if (at.file >= 0) {
      parts.push(" at ", sourceText(at));
      const code = codeOf(at);
      if (code) parts.push(" ", el("code", {class: "source-line"}, shorten(code, 160)));
    }
    const kernels = kernelsOf(at.nodes);
    if (kernels.length) {
      parts.push(" · kernel ");
      kernels.slice(0, 3).forEach((kernel, i) =>
        parts.push(i ? ", " : "", link(kernel.name, "kernel", kernel.name)));
    }
    this.info.replaceChildren(...(parts.length ? parts : ["This line comes from no node of the program."]));
  }
}

/// The text of the model's line at a place, as far as some node recorded it.
function codeOf(at) {
  const nodes = at.nodes.map((node) => R.nodes[node])
    .concat(at.nodes.length ? [] : R.nodes);
  const found = nodes.find((node) => node.code && node.file === at.file && node.line === at.line);
  return found ? found.code : "";
}

function stageOptions() {
  return R.stages.filter((stage) => stage.text >= 0).map((stage) => ({
    id: stage.name,
    label: stage.name === "load" && !stage.graphs.length ? "load (program)" : stage.name,
    language: stage.name === "load" && !stage.graphs.length ? "FX" : "MLIR",
    getText: () => getText(stage.text),
    graphs: stage.graphs,
  }));
}

function showStages(view, [left, right, mode]) {
  const options = stageOptions();
  if (options.length < 1) {
    view.append(el("p", {class: "hint"}, "No stage left IR."));
    return;
  }
  const start = Math.min(1, options.length - 1);
  const pair = new PairView(options, {
    left: left || options[start].id,
    right: right || options[Math.min(start + 1, options.length - 1)].id,
    mode: mode || "graph",
  }, (...route) => setRoute("stages", ...route));
  view.append(el("h2", {}, "Stages"), pair.root);
  return pair;
}
