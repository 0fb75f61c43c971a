// Kernels: a table, and one kernel from the model's lines down to assembly.
const limits = {gbPerSecond: 0, gflopPerSecond: 0};

function kernelFacts(kernel) {
  const bytes = evaluate(kernel.bytes), flops = evaluate(kernel.flops);
  const times = [];
  if (bytes !== null) times.push(bytes / (limits.gbPerSecond * 1e9));
  if (flops !== null) times.push(flops / (limits.gflopPerSecond * 1e9));
  const calls = kernel.calls.length;
  const measured = kernel.measured || {};
  const seconds = measured.ms === undefined ? null : measured.ms / 1e3;
  const total = (own, estimate) => own ?? (estimate === null ? null : estimate * calls);
  return {bytes, flops, calls, seconds,
    estimate: times.length ? Math.max(...times) * calls : null,
    gbPerSecond: rate(total(measured.bytes, bytes), seconds),
    gflopPerSecond: rate(total(measured.flops, flops), seconds)};
}

const rate = (amount, seconds) => amount === null || !seconds ? null : amount / seconds / 1e9;

/// Kernels of which a call comes from one of the nodes.
function kernelsOf(nodes) {
  const wanted = new Set(nodes);
  return R.kernels.filter((kernel) => kernel.calls.some((call) =>
    nodeOf(call.place).some((node) => wanted.has(node))));
}

function kernelNodes(kernel) {
  const nodes = new Set();
  for (const call of kernel.calls) nodeOf(call.place).forEach((node) => nodes.add(node));
  return [...nodes];
}

const firstPlace = (kernel) => kernel.calls.length ? kernel.calls[0].place : 0;

function kernelColumns() {
  const columns = [
    {name: "Kernel", text: (k) => k.name, cell: (k) => el("td", {class: "name"},
      link(shorten(k.name, 60), "kernel", k.name))},
    {name: "Form", text: (k) => k.form, cell: (k) => el("td", {},
      el("span", {class: "form " + k.form}, k.form))},
    {name: "Calls", value: (k) => k.calls.length, cell: (k) => number(String(k.calls.length))},
    {name: "Nodes", text: (k) => kernelNodes(k).map((n) => R.nodes[n].name).join(", "),
      cell: (k) => el("td", {class: "name"}, nodeLinks(kernelNodes(k), 2))},
    {name: "Module", text: (k) => moduleOf(firstPlace(k)),
      cell: (k) => el("td", {title: moduleOf(firstPlace(k))}, shortenLeft(moduleOf(firstPlace(k)), 30) || "–")},
    {name: "Source", text: (k) => sourceOf(R.places[firstPlace(k)])?.text || "",
      cell: (k) => el("td", {}, sourceText(R.places[firstPlace(k)]))},
    {name: "Shapes", text: (k) => k.operands.join(" "),
      cell: (k) => el("td", {title: k.operands.join("\n")}, shorten(shapesOf(k), 40))},
    {name: "Bytes/call", value: (k) => kernelFacts(k).bytes, cell: (k) => number(formatBytes(kernelFacts(k).bytes))},
    {name: "Flops/call", value: (k) => kernelFacts(k).flops, cell: (k) => number(formatCount(kernelFacts(k).flops))},
    {name: "Estimate", value: (k) => kernelFacts(k).estimate, cell: (k) => number(formatSeconds(kernelFacts(k).estimate))},
  ];
  if (R.profile) columns.push(
    {name: "Measured", value: (k) => kernelFacts(k).seconds, cell: (k) => number(formatSeconds(kernelFacts(k).seconds))},
    {name: "GB/s", value: (k) => kernelFacts(k).gbPerSecond, cell: (k) => number(formatRate(kernelFacts(k).gbPerSecond))},
    {name: "GFLOP/s", value: (k) => kernelFacts(k).gflopPerSecond, cell: (k) => number(formatRate(kernelFacts(k).gflopPerSecond))});
  return columns;
}

const shapesOf = (kernel) => kernel.operands
  .map((type) => type.replace(/^memref<|^tensor<|>$/g, "").replace(/, strided.*$/, "")).join(" ");

function showKernels(view) {
  const columns = kernelColumns();
  let sorted = R.profile ? 10 : 9, isUp = false, filter = "";
  const body = el("tbody");
  const heads = columns.map((column, i) => el("th", {"aria-sort": "none"},
    el("button", {type: "button", onclick: () => {
      isUp = sorted === i ? !isUp : Boolean(column.text);
      sorted = i;
      draw();
    }}, column.name)));
  const count = el("span", {class: "hint"});
  const draw = () => {
    const column = columns[sorted];
    const key = (kernel) => column.text ? column.text(kernel) : column.value(kernel) ?? -1;
    const rows = R.kernels.filter((kernel) => !filter ||
      columns.some((one) => one.text && one.text(kernel).toLowerCase().includes(filter)));
    rows.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return (x < y ? -1 : x > y ? 1 : 0) * (isUp ? 1 : -1);
    });
    heads.forEach((head, i) => head.setAttribute("aria-sort",
      i === sorted ? (isUp ? "ascending" : "descending") : "none"));
    body.replaceChildren(...rows.map((kernel) =>
      el("tr", {}, columns.map((one) => one.cell(kernel)))));
    count.textContent = `${rows.length} of ${R.kernels.length} kernels`;
  };
  const input = (label, field) => {
    const box = el("input", {type: "number", min: "0.1", step: "any", value: limits[field],
      "aria-label": label, onchange: () => {
        if (Number(box.value) > 0) limits[field] = Number(box.value);
        draw();
      }});
    return el("label", {}, label + " ", box);
  };
  view.append(el("h2", {}, "Kernels"),
    el("div", {class: "bar"},
      el("input", {type: "search", placeholder: "Filter", "aria-label": "Filter kernels",
        oninput: (event) => { filter = event.target.value.toLowerCase(); draw(); }}),
      input("GB/s", "gbPerSecond"), input("GFLOP/s", "gflopPerSecond"), count),
    el("p", {class: "hint"}, "Estimate: all calls of a run, each as long as its bytes or its " +
      "operations take at these limits. They are assumptions: set those of your machine." +
      (R.profile ? ` Measured: ${R.profile.file}.` : " No times were measured: compile with --report-profile.")),
    symbolBar(draw),
    el("div", {class: "scroll"}, el("table", {class: "kernels"},
      el("thead", {}, el("tr", {}, heads)), body)));
  if (R.profile?.unknown.length)
    view.append(el("p", {class: "warning"}, "The profile has kernels that this module lacks: " +
      R.profile.unknown.join(", ") + ". It may be of another compilation."));
  draw();
}

/// The region of a call at a stage of kernels.
function regionOf(stage, kernel, call) {
  return stage.regions.find((region) => region.place === call.place &&
      kernel.name.startsWith("kernel_" + region.name)) ||
    stage.regions.find((region) => region.place === call.place);
}

/// Each node's statement under its line of the model.
function modelText(nodes) {
  const text = {lines: [], places: []};
  const add = (line, place) => { text.lines.push(line); text.places.push(place); };
  const placeOf = new Map();
  R.places.forEach((at, i) => {
    if (at.nodes.length === 1 && !placeOf.has(at.nodes[0])) placeOf.set(at.nodes[0], i);
  });
  let last = "";
  for (const number of nodes) {
    const node = R.nodes[number], place = placeOf.get(number) || 0;
    const source = sourceOf(node);
    const head = (source ? "# " + source.text : "# no source line") +
      (node.module ? "  " + node.module : "");
    if (head !== last) {
      add(head, place);
      if (node.code) add(node.code, place);
    }
    last = head;
    add("    " + (node.statement || node.name), place);
  }
  return text;
}

function kernelOptions(kernel, call) {
  const options = [{id: "model", label: "model", language: "FX", getText: () => modelText(nodeOf(call.place))}];
  for (const stage of R.stages) {
    if (stage.text < 0) continue;
    const range = stage.functions.find((one) => one.name === kernel.name) ||
      (stage.regions.length ? regionOf(stage, kernel, call) : null);
    if (range)
      options.push({id: stage.name, label: stage.name, language: "MLIR",
        getText: () => getText(stage.text, range.first, range.end)});
  }
  const addParts = (list, what) => {
    for (const part of list.filter((one) => one.kernel === kernel.name)) {
      const rest = part.symbol.slice(kernel.name.length);
      options.push({id: what + rest, label: what + (rest ? " " + rest : ""), language: what,
        getText: () => getText(part.text)});
    }
  };
  addParts(R.llvm, "LLVM IR");
  addParts(R.assembly, "assembly");
  return options;
}

function showKernel(view, [name, left, right]) {
  const kernel = R.kernels.find((one) => one.name === name);
  if (!kernel) return void view.append(el("p", {class: "error"}, `No kernel is named ${name}.`));
  const facts = kernelFacts(kernel);
  let call = kernel.calls[0] || {place: 0, order: 0};
  const rows = () => [
    ["Form", el("span", {class: "form " + kernel.form}, kernel.form)],
    ["Schedule", el("code", {}, kernel.schedule || "the form's own")],
    ["Operands", el("code", {}, kernel.operands.map((type, i) =>
      (i < kernel.numInputs ? "in " : "out ") + type).join("\n"))],
    ["Nodes of this call", nodeLinks(nodeOf(call.place), 20)],
    ["Module", moduleOf(call.place) || "–"],
    ["Source", el("span", {}, sourceText(R.places[call.place]), " ",
      el("code", {class: "source-line"}, codeOf(R.places[call.place])))],
    ["Per call", `${formatBytes(facts.bytes)}, ${formatCount(facts.flops)} flops`],
    ["All calls", `estimated ${formatSeconds(facts.estimate)}` + (facts.seconds === null ? ""
      : `, measured ${formatSeconds(facts.seconds)}: ${formatRate(facts.gbPerSecond)} GB/s, ` +
        `${formatRate(facts.gflopPerSecond)} GFLOP/s`)],
  ];
  const facts1 = el("dl");
  const holder = el("div");
  const draw = () => {
    facts1.replaceChildren(...rows().flatMap(([term, value]) =>
      [el("dt", {}, term), el("dd", {}, value)]));
    const options = kernelOptions(kernel, call);
    const has = (id) => options.some((option) => option.id === id);
    const assembly = options.find((option) => option.id.startsWith("assembly..omp_par")) ||
      options[options.length - 1];
    holder.replaceChildren(new PairView(options, {
      left: has(left) ? left : has("cpu-pack") ? "cpu-pack" : options[0].id,
      right: has(right) ? right : assembly.id, mode: "text",
    }, (a, b) => { [left, right] = [a, b]; setRoute("kernel", name, a, b); }).root);
  };
  view.append(el("p", {}, link("Kernels", "kernels"), " ›"), el("h2", {}, shorten(name, 200)));
  if (kernel.calls.length > 1)
    view.append(el("div", {class: "bar"}, `${kernel.calls.length} calls; this one: `,
      select("Call", kernel.calls.map((one, i) => ({id: String(i),
        label: `step ${one.order}: ${shorten(moduleOf(one.place) || namesOf(one.place), 60)}`})), "0",
      (value) => { call = kernel.calls[Number(value)]; draw(); })));
  view.append(facts1, holder);
  draw();
  const trace = nodeOf(call.place).map((number) => R.nodes[number]).find((node) => node.traceback >= 0);
  if (trace)
    view.append(el("details", {}, el("summary", {}, `Traceback of ${trace.name}`),
      el("pre", {}, getText(trace.traceback).lines.join("\n"))));
}

const namesOf = (place) => nodeOf(place).map((node) => R.nodes[node].name).join(", ");
