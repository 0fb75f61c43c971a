// The arena over time.

/// Inputs for symbols; `change` is called after one is set.
function symbolBar(change) {
  if (!R.symbols.length) return el("span");
  return el("div", {class: "bar symbols"}, "Dynamic sizes shown at ",
    R.symbols.map((symbol) => {
      const box = el("input", {type: "number", value: chosen.get(symbol.name),
        min: symbol.min, max: symbol.max, "aria-label": "Value of " + symbol.name,
        onchange: () => {
          const value = Math.round(Number(box.value));
          const most = symbol.max ?? Infinity, least = symbol.min ?? -Infinity;
          chosen.set(symbol.name, Math.max(least, Math.min(most, value)));
          box.value = chosen.get(symbol.name);
          change();
        }});
      return el("label", {}, el("code", {}, shorten(symbol.name, 30)), " = ", box, " ");
    }), el("span", {class: "hint"}, "chosen for this page; a run has its own"));
}

/// Where each buffer is at the chosen sizes, and the most that is used at once.
function placeBuffers(memory) {
  const used = new Array(memory.steps.length).fill(0);
  const rects = [];
  let unknown = 0;
  for (const buffer of memory.buffers) {
    const offset = evaluate(buffer.offset), bytes = evaluate(buffer.bytes);
    if (offset === null || bytes === null) { unknown++; continue; }
    rects.push({buffer, offset, bytes});
    for (let step = buffer.first; step <= buffer.last; step++) used[step] += bytes;
  }
  let peak = 0;
  used.forEach((bytes, step) => { if (bytes > used[peak]) peak = step; });
  const top = rects.reduce((most, rect) => Math.max(most, rect.offset + rect.bytes), 0);
  return {rects, used, peak, unknown, arena: Math.max(top, evaluate(memory.arena) ?? 0)};
}

function showMemory(view) {
  view.append(el("h2", {}, "Memory plan"));
  const memory = R.memory;
  if (!memory) return void view.append(el("p", {class: "hint"}, "The compilation did not come to planning memory."));
  const info = el("p", {class: "selection", "aria-live": "polite"}, "Point at a buffer, or select one.");
  const facts = el("p"), holder = el("div", {class: "scroll"});
  const draw = () => {
    const placed = placeBuffers(memory);
    facts.textContent = `Arena ${formatBytes(placed.arena)}; at most ` +
      `${formatBytes(placed.used[placed.peak] || 0)} of it in use at once, in step ${placed.peak}` +
      `${memory.steps[placed.peak] ? " (" + memory.steps[placed.peak].name + ")" : ""}; ` +
      `${memory.buffers.length} buffers, ${memory.steps.length} steps. ` +
      `Weights ${formatBytes(memory.weightBytes)} lie elsewhere.` +
      (placed.unknown ? ` ${placed.unknown} buffers have no known size and are not drawn.` : "");
    holder.replaceChildren(drawMemory(memory, placed, info));
  };
  view.append(symbolBar(draw), facts, info, holder);
  draw();
  const rows = memory.buffers.map((buffer) => [
    nodeLinks(nodeOf(buffer.place), 3), el("code", {}, shorten(buffer.type, 70)),
    number(formatBytes(evaluate(buffer.bytes)) + (isSymbolic(buffer.bytes) ? " *" : "")),
    number(String(evaluate(buffer.offset) ?? "–")), number(`${buffer.first}–${buffer.last}`)]);
  view.append(el("details", {}, el("summary", {}, "Buffers as a table"),
    table(["Nodes", "Type", "Bytes", "Offset", "Steps"], rows)));
}

function drawMemory(memory, placed, info) {
  const left = 78, top = 84, bottom = 40, height = 420;
  const stepWidth = Math.max(6, Math.min(40, 1100 / Math.max(1, memory.steps.length)));
  const width = left + stepWidth * memory.steps.length + 20;
  const y = (bytes) => top + height - (placed.arena ? bytes / placed.arena : 0) * height;
  const x = (step) => left + step * stepWidth;
  const picture = svg("svg", {class: "memory", width, height: top + height + bottom, role: "group",
    "aria-label": "Buffers in the arena over time"});
  for (let i = 0; i <= 4; i++) {
    const bytes = placed.arena * i / 4;
    const label = svg("text", {x: left - 6, y: y(bytes) + 4, class: "axis end"});
    label.textContent = formatBytes(bytes);
    picture.append(svg("line", {x1: left, x2: width - 20, y1: y(bytes), y2: y(bytes), class: "grid"}), label);
  }
  // How much is used at each step, above the picture of where.
  const most = Math.max(1, ...placed.used);
  placed.used.forEach((bytes, step) => {
    const bar = bytes / most * 56;
    const title = svg("title");
    title.textContent = `step ${step}: ${memory.steps[step].name}\n${formatBytes(bytes)} in use`;
    picture.append(svg("rect", {x: x(step) + 0.5, y: 66 - bar, width: stepWidth - 1, height: bar,
      class: step === placed.peak ? "use peak" : "use"}, title));
  });
  const caption = svg("text", {x: left - 6, y: 62, class: "axis end"});
  caption.textContent = "in use";
  picture.append(caption);
  const describe = ({buffer, bytes, offset}) => {
    const names = namesOf(buffer.place);
    return [names || "no node", buffer.type, `${bytes} bytes at ${offset}`,
      `steps ${buffer.first} to ${buffer.last}: ${memory.steps[buffer.first].name}` +
      (buffer.last > buffer.first ? ` … ${memory.steps[buffer.last].name}` : "")];
  };
  const tell = (rect) => {
    const {buffer} = rect;
    const [, type, bytes] = describe(rect);
    const stepLink = (step) => {
      const {name} = memory.steps[step];
      return R.kernels.some((kernel) => kernel.name === name) ? link(name, "kernel", name) : name;
    };
    info.replaceChildren(nodeLinks(nodeOf(buffer.place), 4), " · ", el("code", {}, shorten(type, 90)),
      ` · ${bytes} · step ${buffer.first}: `, stepLink(buffer.first),
      ...(buffer.last > buffer.first ? [` to step ${buffer.last}: `, stepLink(buffer.last)] : []));
  };
  placed.rects.forEach((rect) => {
    const {buffer} = rect;
    const title = svg("title");
    title.textContent = describe(rect).map((text) => shorten(text, 300)).join("\n");
    const wide = (buffer.last - buffer.first + 1) * stepWidth;
    const tall = Math.max(1, y(rect.offset) - y(rect.offset + rect.bytes));
    const color = (nodeOf(buffer.place)[0] ?? 0) % 6;
    const group = svg("g", {class: `buffer c${color}`, tabindex: "0", role: "button",
      onclick: () => tell(rect), onfocus: () => tell(rect), onpointerenter: () => tell(rect)},
      title, svg("rect", {x: x(buffer.first), y: y(rect.offset + rect.bytes), width: wide, height: tall}));
    if (wide > 60 && tall > 16) {
      const label = svg("text", {x: x(buffer.first) + 4, y: y(rect.offset + rect.bytes) + 13, class: "inside"});
      label.textContent = shorten(namesOf(buffer.place) || buffer.type, Math.floor(wide / 7));
      group.append(label);
    }
    picture.append(group);
  });
  if (memory.steps.length) {
    const at = x(placed.peak) + stepWidth / 2;
    const label = svg("text", {x: Math.min(at + 6, width - 60), y: top - 6, class: "axis peak"});
    label.textContent = "peak";
    picture.append(svg("line", {x1: at, x2: at, y1: top - 14, y2: top + height, class: "peak"}), label);
  }
  const every = Math.ceil(60 / stepWidth);
  for (let step = 0; step < memory.steps.length; step += every) {
    const label = svg("text", {x: x(step), y: top + height + 16, class: "axis"});
    label.textContent = String(step);
    picture.append(label);
  }
  const axis = svg("text", {x: left, y: top + height + 34, class: "axis"});
  axis.textContent = "step: calls in the order of the program";
  picture.append(axis);
  return picture;
}
