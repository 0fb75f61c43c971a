// Search in everything that has a name or a text.
const maxHits = 50;

function searchAll(query) {
  const wanted = query.toLowerCase();
  const has = (text) => text.toLowerCase().includes(wanted);
  const groups = [];
  const add = (title, hits) => { if (hits.length) groups.push({title, hits}); };
  add("Kernels", R.kernels.filter((kernel) => has(kernel.name) || has(kernel.form) || has(kernel.schedule))
    .map((kernel) => ({text: kernel.name, note: kernel.form, route: ["kernel", kernel.name]})));
  add("Nodes", R.nodes.filter((node) => has(node.name) || has(node.target) || has(node.module))
    .map((node) => ({text: node.name, note: [node.target, node.module].filter((text) => text).join(" in "),
      route: ["node", node.name]})));
  add("Source lines", R.nodes.filter((node) => node.code && (has(node.code) || has(sourceOf(node)?.title || "")))
    .map((node) => ({text: node.code, note: `${sourceOf(node)?.text || ""} ${node.name}`, route: ["node", node.name]})));
  add("Passes", R.passes.map((pass, i) => ({pass, i})).filter(({pass}) => has(pass.name) || has(pass.op))
    .map(({pass, i}) => ({text: pass.name, note: pass.op, route: ["pass", String(i)]})));
  add("Inputs and outputs", [...R.inputs, ...R.outputs].filter((value) => has(value.name) || has(value.type))
    .map((value) => ({text: value.name, note: value.type, route: ["overview"]})));
  add("Messages", R.messages.filter((message) => has(message.text))
    .map((message) => ({text: message.text, note: message.severity, route: ["overview"]})));
  const lines = new Set();
  X.lines.forEach((line, i) => { if (has(line)) lines.add(i); });
  for (const stage of R.stages) {
    if (stage.text < 0 || !lines.size) continue;
    const hits = [];
    X.texts[stage.text].lines.forEach((line, i) => {
      if (lines.has(line))
        hits.push({text: X.lines[line].trim(), note: `line ${i + 1}`,
          route: ["stages", stage.name, nextStage(stage.name), "text", String(i)]});
    });
    add("IR of " + stage.name, hits);
  }
  for (const [title, list] of [["LLVM IR", R.llvm], ["Assembly", R.assembly]]) {
    const hits = [];
    for (const part of list) {
      if (!R.kernels.some((kernel) => kernel.name === part.kernel)) continue;
      const what = (title === "LLVM IR" ? title : "assembly") + part.symbol.slice(part.kernel.length);
      const found = X.texts[part.text].lines.filter((line) => lines.has(line));
      if (found.length)
        hits.push({text: part.symbol, note: `${found.length} lines: ${X.lines[found[0]].trim()}`,
          route: ["kernel", part.kernel, "cpu-pack", what]});
    }
    add(title, hits);
  }
  return groups;
}

function showSearch(view, [query = ""]) {
  document.getElementById("search").value = query;
  view.append(el("h2", {}, `Search: ${shorten(query, 200)}`));
  if (!query.trim()) return;
  const groups = searchAll(query.trim());
  if (!groups.length) view.append(el("p", {class: "hint"}, "Nothing has that in it."));
  for (const {title, hits} of groups) {
    view.append(el("h3", {}, title, el("span", {class: "hint"}, ` ${hits.length}`)),
      el("ul", {class: "hits"}, hits.slice(0, maxHits).map((hit) => el("li", {},
        link(shorten(hit.text, 200), ...hit.route), el("span", {class: "hint"}, " " + shorten(hit.note, 160))))));
    if (hits.length > maxHits)
      view.append(el("p", {class: "hint"}, `${hits.length - maxHits} more`));
  }
}
