// One node of the program: where it is from, and what became of it.
function showNode(view, [name]) {
  const index = R.nodes.findIndex((node) => node.name === name);
  if (index < 0) return void view.append(el("p", {class: "error"}, `No node is named ${name}.`));
  const node = R.nodes[index];
  const kernels = kernelsOf([index]);
  view.append(el("h2", {}, shorten(name, 200)), el("dl", {}, [
    ["Operator", node.target || "not a node of the program: a name that the IR has"],
    ["Statement", el("code", {}, node.statement || "–")],
    ["Module", node.module || "–"],
    ["Source", el("span", {}, sourceText(node), " ", el("code", {class: "source-line"}, node.code))],
    ["Kernels", el("span", {}, kernels.length ? kernels.flatMap((kernel, i) =>
      [i ? ", " : "", link(kernel.name, "kernel", kernel.name)]) : "none")],
  ].flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])));
  if (node.traceback >= 0)
    view.append(el("details", {open: true}, el("summary", {}, "Traceback"),
      el("pre", {}, getText(node.traceback).lines.join("\n"))));
  const matches = new Set();
  R.places.forEach((place, i) => { if (place.nodes.includes(index)) matches.add(i); });
  for (const stage of R.stages) {
    if (stage.text < 0) continue;
    const text = X.texts[stage.text];
    const lines = [];
    text.places.forEach((place, i) => { if (matches.has(place)) lines.push(i); });
    if (!lines.length) continue;
    const shown = lines.slice(0, 40).map((i) => X.lines[text.lines[i]].trim());
    if (lines.length > 40) shown.push(`… ${lines.length - 40} more lines`);
    view.append(el("h3", {}, link(stage.name, "stages", stage.name, nextStage(stage.name), "text"),
      el("span", {class: "hint"}, ` ${lines.length} lines`)), el("pre", {class: "code"}, shown.join("\n")));
  }
}

function nextStage(name) {
  const shown = R.stages.filter((stage) => stage.text >= 0).map((stage) => stage.name);
  return shown[Math.min(shown.indexOf(name) + 1, shown.length - 1)];
}
