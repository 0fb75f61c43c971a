// What was compiled, into what, and how it went.
function showOverview(view) {
  const total = R.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  view.append(el("h2", {}, shorten(R.input, 300)));
  if (R.failedStage)
    view.append(el("p", {class: "error"}, `The compilation failed in stage '${R.failedStage}'. ` +
      "What is shown is what was done before."));
  const errors = R.messages.filter((message) => message.severity === "error");
  for (const message of [...errors, ...R.messages.filter((one) => one.severity !== "error")])
    view.append(el("pre", {class: message.severity}, message.text));
  const arena = R.memory ? evaluate(R.memory.arena) : null;
  const card = (name, value, ...route) => el("div", {class: "card"},
    el("div", {class: "value"}, route.length ? link(value, ...route) : value), el("div", {class: "hint"}, name));
  view.append(el("div", {class: "cards"},
    card("nodes of the program", String(R.nodes.filter((node) => node.target).length || "–"), "stages", "load"),
    card("kernels", String(R.kernels.length), "kernels"),
    card("kernel calls in a run", String(R.kernels.reduce((sum, kernel) => sum + kernel.calls.length, 0)), "kernels"),
    card("weights", R.memory ? formatBytes(R.memory.weightBytes) : "–"),
    card("arena" + (R.memory && isSymbolic(R.memory.arena) ? " at the chosen sizes" : ""), formatBytes(arena), "memory"),
    card("to compile", formatSeconds(total), "passes")));
  const notes = el("dl", {}, [["Output", R.output], ["Target", R.target], ["graphc", R.graphc],
    ["PyTorch", R.torch || "not recorded"],
    ["Options", R.options.map((option) => `${option.name}=${option.value}`).join("  ")]]
    .flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
  view.append(notes, symbolBar(() => showRoute()));
  const values = (title, list) => {
    view.append(el("h3", {}, `${title} (${list.length})`));
    if (list.length)
      view.append(table(["Name", "Role", "Type"], list.map((value) => [
        shorten(value.name, 120), value.role, el("code", {}, shorten(value.type, 200))])));
  };
  values("Inputs", R.inputs);
  values("Outputs", R.outputs);
  if (R.symbols.length)
    view.append(el("h3", {}, "Symbols"), table(["Name", "Range", "Shown at"], R.symbols.map((symbol) => [
      symbol.name, `${symbol.min ?? "−∞"} to ${symbol.max ?? "∞"}`,
      `${chosen.get(symbol.name)}` + (symbol.isHint ? " (recorded in the file)" : "")])));
  view.append(el("h3", {}, "Stages"), table(["Stage", "Time", "Share", "Ops", "IR"], R.stages.map((stage) => [
    stage.text >= 0 ? link(stage.name, "stages", stage.name) : stage.name, number(formatSeconds(stage.seconds)),
    el("td", {class: "bar-cell wide"}, el("span", {class: "share",
      style: `width: ${stage.seconds / (total || 1) * 100}%`}), (stage.seconds / (total || 1) * 100).toFixed(0) + " %"),
    number(formatOps(stage.ops)), number(formatBytes(bytesOf(stage)))])));
}
