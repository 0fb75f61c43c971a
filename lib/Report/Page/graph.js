// The picture of a function: operations in the modules they come from, which
// open and close.
class GraphPane {
  constructor(label, onSelect) {
    this.onSelect = onSelect;
    this.view = {x: 0, y: 0, scale: 1};
    this.showsConstants = false;
    this.canvas = svg("g");
    this.svg = svg("svg", {class: "graph", tabindex: "0", role: "group", "aria-label": label,
      onwheel: (event) => this.wheel(event),
      onpointerdown: (event) => this.drag(event),
      onkeydown: (event) => this.key(event)}, this.canvas);
    this.count = el("span", {class: "hint"});
    const button = (text, title, click) =>
      el("button", {type: "button", title, "aria-label": title, onclick: click}, text);
    this.constants = el("input", {type: "checkbox", onchange: () => {
      this.showsConstants = this.constants.checked;
      this.rebuild(true);
    }});
    this.bar = el("div", {class: "bar"},
      button("+", "Zoom in", () => this.zoom(1.3)),
      button("−", "Zoom out", () => this.zoom(1 / 1.3)),
      button("Fit", "Show all of it", () => this.fit()),
      button("Open all", "Open every module", () => this.openAll(true)),
      button("Close all", "Close every module", () => this.openAll(false)),
      el("label", {}, this.constants, " constants"), this.count);
    this.root = el("div", {class: "graph-pane"}, this.bar, this.svg);
  }

  /// `classes` is by line, as for texts; `offset` is the text's first line.
  show(graph, classes = []) {
    this.graph = graph;
    this.classes = classes;
    this.open = null;
    this.matches = null;
    this.rebuild(false);
  }

  rebuild(keepsOpen) {
    this.hidden = new Set();
    if (!this.showsConstants)
      this.graph.nodes.forEach((node, i) => { if (node.kind === 1) this.hidden.add(i); });
    this.tree = buildTree(this.graph, this.hidden);
    if (!keepsOpen || !this.open) this.open = openFirst(this.tree);
    this.layout();
    this.fit();
  }

  openAll(isOpen) {
    const walk = (group) => {
      this.open.add(group.path);
      group.groups.forEach(walk);
    };
    this.open = new Set([this.tree.path]);
    if (isOpen) walk(this.tree);
    this.layout();
    this.fit();
  }

  toggle(path) {
    if (!this.open.delete(path)) this.open.add(path);
    this.layout();
    this.draw();
  }

  //--- Layout: the inner groups first, each a box of the one around it.

  layout() {
    const shownOf = new Map();
    const walk = (group, around) => {
      const inside = [...around, group];
      const isOpen = this.open.has(group.path);
      const place = (i) => shownOf.set(i, isOpen ? [...inside, i] : inside);
      group.nodes.forEach(place);
      const all = (inner) => {
        inner.nodes.forEach((i) => shownOf.set(i, inside));
        inner.groups.forEach(all);
      };
      group.groups.forEach((inner) => isOpen ? walk(inner, inside) : all(inner));
      group.edges = new Map();
    };
    walk(this.tree, []);
    const connect = (group, from, to) => {
      if (from === to) return;
      const key = this.keyOf(from) + ">" + this.keyOf(to);
      if (!group.edges.has(key)) group.edges.set(key, [from, to]);
    };
    const edges = this.graph.edges;
    for (let i = 0; i < edges.length; i += 2) {
      const a = shownOf.get(edges[i]), b = shownOf.get(edges[i + 1]);
      if (!a || !b) continue;
      let split = 0;
      while (split < a.length && split < b.length && a[split] === b[split]) split++;
      if (split === a.length || split === b.length) continue;
      connect(a[split - 1], a[split], b[split]);
      for (let k = split; k + 1 < a.length; k++) connect(a[k], a[k + 1], "out");
      for (let k = split; k + 1 < b.length; k++) connect(b[k], "in", b[k + 1]);
    }
    this.size = this.layoutGroup(this.tree);
    this.draw();
  }

  keyOf(entry) {
    return typeof entry === "object" ? entry.path : String(entry);
  }

  boxOf(entry) {
    if (entry === "in" || entry === "out")
      return {entry, width: 4, height: 0, isFirst: entry === "in", isLast: entry === "out"};
    if (typeof entry === "number") {
      const node = this.graph.nodes[entry];
      const [first, second] = this.labelOf(node);
      const width = Math.max(first.length * 7.2, second.length * 6.4) + 18;
      return {entry, first, second, width: Math.max(60, width), height: second ? 38 : 24};
    }
    if (!this.open.has(entry.path)) {
      const first = shorten(entry.name, 34), second = `${entry.size} ${entry.size === 1 ? "op" : "ops"}`;
      return {entry, first, second, width: Math.max(80, first.length * 7.2 + 30), height: 38};
    }
    const inner = this.layoutGroup(entry);
    const title = shorten(entry.name, 40);
    const width = Math.max(inner.width, title.length * 7.2 + 20) + 24;
    return {entry, first: title, inner, width, height: inner.height + 50,
      inX: inner.inX === undefined ? 0 : inner.inX - inner.width / 2,
      outX: inner.outX === undefined ? 0 : inner.outX - inner.width / 2};
  }

  labelOf(node) {
    const nodes = nodeOf(node.place).map((number) => R.nodes[number].name);
    if (node.kind === 2)
      return [shorten(nodes[0] || node.label, 30), shorten(node.type, 30)];
    const label = node.label.replace(/^(graph|func)\./, "");
    return [shorten(label, 30), shorten(nodes.join(", "), 30)];
  }

  layoutGroup(group) {
    const entries = [...group.groups.values(), ...group.nodes];
    for (const [from, to] of group.edges.values()) {
      if (from === "in" && !entries.includes("in")) entries.push("in");
      if (to === "out" && !entries.includes("out")) entries.push("out");
    }
    // In the order of the program.
    const first = (entry) => typeof entry === "number" ? entry
      : typeof entry === "string" ? (entry === "in" ? -1 : Infinity)
      : Math.min(...entry.nodes, ...[...entry.groups.values()].map(first));
    const order = new Map(entries.map((entry) => [entry, first(entry)]));
    entries.sort((a, b) => order.get(a) - order.get(b));
    const boxes = entries.map((entry) => this.boxOf(entry));
    const numbers = new Map(entries.map((entry, i) => [entry, i]));
    const edges = [...group.edges.values()]
      .map(([from, to]) => [numbers.get(from), numbers.get(to)]);
    const result = layoutLayers(boxes, edges);
    for (const box of boxes) {
      if (box.entry === "in") result.inX = box.x;
      if (box.entry === "out") result.outX = box.x;
    }
    return {...result, boxes, edges};
  }

  //--- Drawing

  draw() {
    this.shapes = [];
    const parts = {groups: svg("g"), lines: [], nodes: svg("g")};
    this.drawGroup(this.size, 0, 0, parts);
    this.marked = svg("path", {class: "edges marked"});
    this.canvas.replaceChildren(parts.groups,
      svg("path", {class: "edges", d: parts.lines.map((line) => line.d).join("")}),
      this.marked, parts.nodes);
    this.lines = parts.lines;
    this.count.textContent = `${this.shapes.filter((shape) => typeof shape.box.entry === "number").length}` +
      ` of ${this.graph.nodes.length} operations shown`;
    this.applyMatches();
    this.transform();
  }

  drawGroup(layout, x, y, parts) {
    layout.lines.forEach((points, i) => {
      let d = `M${x + points[0][0]} ${y + points[0][1]}`;
      for (let k = 1; k < points.length; k++) {
        const [ax, ay] = points[k - 1], [bx, by] = points[k];
        const middle = (ay + by) / 2;
        d += ax === bx ? `L${x + bx} ${y + by}`
          : `C${x + ax} ${y + middle} ${x + bx} ${y + middle} ${x + bx} ${y + by}`;
      }
      const [from, to] = layout.edges[i].map((number) => layout.boxes[number].entry);
      parts.lines.push({d, from, to});
    });
    for (const box of layout.boxes) {
      if (typeof box.entry === "string") continue;
      const left = x + box.x - box.width / 2, top = y + box.y - box.height / 2;
      const isGroup = typeof box.entry === "object";
      const shape = isGroup ? this.drawBox(box, left, top, this.groupClass(box))
        : this.drawBox(box, left, top, this.nodeClass(box.entry));
      this.shapes.push({box, shape, left, top});
      (box.inner ? parts.groups : parts.nodes).append(shape);
      if (!box.inner) continue;
      // From the frame to where the lines inside begin and end.
      const inside = left + (box.width - box.inner.width) / 2, bottom = top + box.height;
      if (box.inner.inX !== undefined)
        parts.lines.push({d: `M${inside + box.inner.inX} ${top}V${top + 36}`});
      if (box.inner.outX !== undefined)
        parts.lines.push({d: `M${inside + box.inner.outX} ${top + 36 + box.inner.height}V${bottom}`});
      this.drawGroup(box.inner, inside, top + 36, parts);
    }
  }

  groupClass(box) {
    if (box.inner) return "module open";
    // A closed one looks like what is in it, as far as that is one thing.
    const kinds = new Set();
    const collect = (group) => {
      for (const i of group.nodes) kinds.add(this.classes[this.graph.nodes[i].line] || "same");
      group.groups.forEach(collect);
    };
    collect(box.entry);
    const [only] = kinds;
    return "module closed " + (kinds.size === 1 ? only : "changed");
  }

  nodeClass(i) {
    const node = this.graph.nodes[i];
    const kind = ["op", "constant", "input", "output", "kernel"][node.kind];
    return `node ${kind} ${this.classes[node.line] || ""}`;
  }

  drawBox(box, left, top, names) {
    const title = svg("title");
    title.textContent = typeof box.entry === "number" ? this.describe(box.entry)
      : `${box.entry.name}: ${box.entry.size} operations; click to ${box.inner ? "close" : "open"}`;
    const act = () => typeof box.entry === "number" ? this.selectNode(box.entry)
      : this.toggle(box.entry.path);
    const group = svg("g", {class: names, tabindex: "0", role: "button",
      transform: `translate(${left} ${top})`,
      onclick: () => { if (!this.moved) act(); },
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        act();
      }},
      title, svg("rect", {width: box.width, height: box.height, rx: box.inner ? 8 : 4}));
    const first = svg("text", {x: box.inner ? 10 : box.width / 2, y: 16,
      class: box.inner ? "label start" : "label"});
    first.textContent = (box.inner ? "− " : typeof box.entry === "object" ? "+ " : "") + box.first;
    group.append(first);
    if (box.second) {
      const second = svg("text", {x: box.width / 2, y: 31, class: "label small"});
      second.textContent = box.second;
      group.append(second);
    }
    return group;
  }

  describe(i) {
    const node = this.graph.nodes[i];
    const names = nodeOf(node.place).map((number) => R.nodes[number].name).join(", ");
    const source = sourceOf(R.places[node.place]);
    return [node.label, names, moduleOf(node.place), source && source.title, node.type]
      .filter((text) => text).map((text) => shorten(text, 300)).join("\n");
  }

  //--- Selection

  selectNode(i) {
    this.selected = i;
    this.mark(this.graph.nodes[i].place, false);
    this.onSelect(this.graph.nodes[i].place, this.graph.nodes[i].line);
  }

  mark(place, scrolls) {
    this.matches = place ? makeMatcher(place) : null;
    this.applyMatches();
    const found = this.shapes.find((shape) => shape.matches);
    if (scrolls && found) this.center(found);
  }

  applyMatches() {
    const shown = new Set();
    const contains = (group) =>
      group.nodes.some((i) => this.matches(this.graph.nodes[i].place)) ||
      [...group.groups.values()].some(contains);
    for (const item of this.shapes) {
      const entry = item.box.entry;
      item.matches = Boolean(this.matches) && (typeof entry === "number"
        ? this.matches(this.graph.nodes[entry].place) : !item.box.inner && contains(entry));
      item.shape.classList.toggle("match", item.matches);
      if (item.matches) shown.add(entry);
    }
    this.marked.setAttribute("d", this.lines
      .filter((line) => shown.has(line.from) || shown.has(line.to))
      .map((line) => line.d).join(""));
  }

  //--- View

  transform() {
    const {x, y, scale} = this.view;
    this.canvas.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
  }

  fit() {
    const width = this.svg.clientWidth || 600, height = this.svg.clientHeight || 500;
    const scale = Math.min(1.2, (width - 20) / (this.size.width || 1),
      (height - 20) / (this.size.height || 1));
    // What is long and narrow is shown from its top, large enough to read.
    const readable = Math.max(scale, Math.min(0.6, (width - 20) / (this.size.width || 1)), 0.05);
    this.view = {scale: readable, x: (width - this.size.width * readable) / 2,
      y: this.size.height * readable > height ? 10 : (height - this.size.height * readable) / 2};
    this.transform();
  }

  center(item) {
    const scale = Math.max(this.view.scale, 0.6);
    this.view = {scale,
      x: this.svg.clientWidth / 2 - (item.left + item.box.width / 2) * scale,
      y: this.svg.clientHeight / 2 - (item.top + item.box.height / 2) * scale};
    this.transform();
  }

  zoom(factor, x = this.svg.clientWidth / 2, y = this.svg.clientHeight / 2) {
    const scale = Math.max(0.02, Math.min(4, this.view.scale * factor));
    const ratio = scale / this.view.scale;
    this.view = {scale, x: x - (x - this.view.x) * ratio, y: y - (y - this.view.y) * ratio};
    this.transform();
  }

  wheel(event) {
    event.preventDefault();
    const box = this.svg.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top);
  }

  drag(event) {
    if (event.button !== 0) return;
    this.moved = false;
    let {clientX, clientY} = event;
    const start = [clientX, clientY];
    const move = (next) => {
      if (Math.hypot(next.clientX - start[0], next.clientY - start[1]) > 4) this.moved = true;
      this.view.x += next.clientX - clientX;
      this.view.y += next.clientY - clientY;
      ({clientX, clientY} = next);
      this.transform();
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
  }

  key(event) {
    const step = {ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60]};
    if (step[event.key]) {
      event.preventDefault();
      this.view.x += step[event.key][0];
      this.view.y += step[event.key][1];
      this.transform();
    } else if (event.key === "+" || event.key === "-") {
      this.zoom(event.key === "+" ? 1.3 : 1 / 1.3);
    }
  }
}
