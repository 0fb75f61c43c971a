// Passes: a tree of stages, passes and what they ran on.

/// Runs of one pass of the pipeline, in the order of the pipeline.
function groupPasses(stage) {
  const groups = new Map();
  R.passes.forEach((pass, i) => {
    if (pass.stage !== stage) return;
    const key = `${pass.name} ${pass.occurrence}`;
    if (!groups.has(key)) groups.set(key, {name: pass.name, runs: []});
    groups.get(key).runs.push({...pass, number: i});
  });
  return [...groups.values()];
}

function sumPasses(runs) {
  const sum = (field) => runs.some((run) => run[field] === undefined) ? null
    : runs.reduce((total, run) => total + run[field], 0);
  return {seconds: sum("seconds"), opsBefore: sum("opsBefore"), opsAfter: sum("opsAfter"),
    bytes: sum("bytes"), peakMiB: Math.max(...runs.map((run) => run.peakMiB)),
    isChanged: runs.some((run) => run.isChanged), isFailed: runs.some((run) => run.isFailed)};
}

function showPasses(view) {
  const total = R.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const body = el("tbody");
  const cells = (facts) => [
    el("td", {class: "number bar-cell"}, el("span", {class: "share",
      style: `width: ${Math.min(100, facts.seconds / (total || 1) * 100)}%`}), formatSeconds(facts.seconds)),
    number(facts.peakMiB > 0 ? facts.peakMiB.toFixed(0) + " MiB" : "–"),
    number(facts.opsBefore === undefined || facts.opsBefore === null ? formatOps(facts.opsAfter)
      : facts.opsBefore === facts.opsAfter ? String(facts.opsAfter)
      : `${facts.opsBefore} → ${facts.opsAfter}`),
    number(formatBytes(facts.bytes))];
  const row = (level, label, facts, names, kids) => {
    const line = el("tr", {class: names});
    const children = [];
    const toggle = kids ? el("button", {type: "button", class: "twist", "aria-expanded": "false",
      "aria-label": "Show what is in it", onclick: () => setOpen(toggle.textContent === "▸")}, "▸") : null;
    const setOpen = (isOpen) => {
      toggle.textContent = isOpen ? "▾" : "▸";
      toggle.setAttribute("aria-expanded", String(isOpen));
      if (isOpen && !children.length) {
        const made = kids();
        line.after(...made.flatMap((kid) => kid.rows()));
        children.push(...made);
      }
      children.forEach((kid) => kid.show(isOpen));
    };
    line.append(el("td", {class: `level${level}`}, toggle, " ", label), ...cells(facts));
    return {setOpen, rows: () => [line], show: (isShown) => {
      line.hidden = !isShown;
      if (!isShown && toggle && toggle.textContent === "▾") setOpen(false);
    }};
  };
  const marks = (facts) => facts.isFailed ? "failed" : facts.isChanged ? "" : "unchanged";
  const passLabel = (run, text) => run.before >= 0 || run.after >= 0
    ? link(text, "pass", String(run.number)) : el("span", {}, text);
  R.stages.forEach((stage, i) => {
    const groups = groupPasses(i);
    const kids = () => groups.map((group) => {
      const facts = sumPasses(group.runs);
      const [only] = group.runs;
      return group.runs.length === 1
        ? row(1, el("span", {}, passLabel(only, group.name), el("span", {class: "hint"}, " " + shorten(only.op, 60))),
          facts, marks(facts))
        : row(1, el("span", {}, group.name, el("span", {class: "hint"}, ` on ${group.runs.length} functions`)),
          facts, marks(facts), () => [...group.runs].sort((a, b) => a.op < b.op ? -1 : 1)
            .map((run) => row(2, passLabel(run, shorten(run.op, 80)), run, marks(run))));
    });
    const facts = {seconds: stage.seconds, opsAfter: stage.ops, bytes: bytesOf(stage), peakMiB:
      Math.max(0, ...groups.map((group) => sumPasses(group.runs).peakMiB))};
    const made = row(0, el("strong", {}, stage.name + (stage.isDone ? "" : " (failed)")), facts,
      stage.isDone ? "stage" : "stage failed", groups.length ? kids : null);
    body.append(...made.rows());
    if (groups.length) made.setOpen(true);
  });
  view.append(el("h2", {}, "Passes"),
    el("p", {class: "hint"}, "Time without the report's own work; of passes on functions the sum over " +
      "threads. Peak is the process's resident memory at the end. Grey: nothing changed. " +
      "A pass's name shows the IR before and behind it." +
      (R.droppedTexts ? ` The IR behind ${R.droppedTexts} runs was left out: it is too much for a page.` : "")),
    el("div", {class: "scroll"}, el("table", {class: "passes"}, el("thead", {}, el("tr", {},
      ["Stage and pass", "Time", "Peak", "Ops", "IR"].map((name) => el("th", {}, name)))), body)));
}

const formatOps = (count) => count === undefined || count === null ? "–" : String(count);

function showPass(view, [id]) {
  const pass = R.passes[Number(id)];
  if (!pass) return void view.append(el("p", {class: "error"}, `There is no run ${id} of a pass.`));
  view.append(el("p", {}, link("Passes", "passes"), ` › ${R.stages[pass.stage].name}`),
    el("h2", {}, pass.name), el("p", {class: "hint"}, `on ${shorten(pass.op, 200)}, ` +
      `${formatSeconds(pass.seconds)}, ${pass.opsBefore} → ${pass.opsAfter} ops` +
      (pass.isFailed ? "; it failed" : pass.isChanged ? "" : "; it changed nothing")));
  const missing = {lines: ["The IR was left out: it is too much for a page."], places: [0]};
  const option = (name, number) => ({id: name, label: name, language: "MLIR",
    getText: () => number < 0 ? missing : getText(number)});
  view.append(new PairView([option("before", pass.before), option("behind", pass.after)],
    {left: "before", right: "behind", mode: "text"}, () => {}).root);
}
