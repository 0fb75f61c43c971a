// Views by the fragment of the address: #view/argument/argument.
const views = {
  overview: {label: "Overview", show: showOverview},
  stages: {label: "Stages", show: (view, route) => {
    const pair = showStages(view, route);
    const line = Number(route[3]);
    if (pair && route[3] !== undefined && pair.state.mode === "text") pair.sides[0].choose(line, true);
  }},
  kernels: {label: "Kernels", show: showKernels},
  memory: {label: "Memory", show: showMemory},
  passes: {label: "Passes", show: showPasses},
  kernel: {show: showKernel},
  pass: {show: showPass},
  node: {show: showNode},
  search: {show: showSearch},
};

function readRoute() {
  const parts = location.hash.slice(1).split("/").map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  return views[parts[0]] ? parts : ["overview"];
}

/// Says in the address what is shown, without showing it again.
function setRoute(...route) {
  history.replaceState(null, "", toHash(route));
}

function showRoute() {
  const [name, ...rest] = readRoute();
  const view = document.getElementById("view");
  view.replaceChildren();
  view.className = name;
  views[name].show(view, rest);
  const tab = {kernel: "kernels", pass: "passes"}[name] || name;
  document.querySelectorAll("#tabs a").forEach((one) => {
    if (one.hash === "#" + tab) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  });
  document.body.dataset.ready = name;
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

async function start() {
  const view = document.getElementById("view");
  try {
    R = await unpack("summary");
    X = await unpack("texts");
  } catch (error) {
    view.replaceChildren(el("p", {class: "error"}, error instanceof UnpackError ? error.message
      : `The report's data cannot be read: ${error.message}. The file may be cut off.`));
    return;
  }
  for (const symbol of R.symbols) chosen.set(symbol.name, symbol.value);
  limits.gbPerSecond = Math.round((R.profile?.copyGBPerSecond || R.assumedGBPerSecond) * 10) / 10;
  limits.gflopPerSecond = R.assumedGFlopPerSecond;
  const tabs = document.getElementById("tabs");
  for (const [name, one] of Object.entries(views))
    if (one.label) tabs.append(link(one.label, name));
  const dark = matchMedia("(prefers-color-scheme: dark)");
  setTheme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () =>
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  const search = document.getElementById("search");
  document.getElementById("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = toHash(["search", search.value]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    search.focus();
  });
  window.addEventListener("hashchange", showRoute);
  showRoute();
}

start();
