// Elements. Text is only ever set as text, so no name is read as HTML.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

const link = (text, ...route) => el("a", {href: toHash(route)}, text);
const toHash = (route) => "#" + route.map(encodeURIComponent).join("/");

function formatBytes(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < 4) { bytes /= 1024; unit++; }
  return (unit && bytes < 100 ? bytes.toFixed(1) : Math.round(bytes)) + " " +
    units[unit];
}

function formatCount(value) {
  if (value === null || value === undefined) return "–";
  for (const [unit, size] of [["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e4]])
    if (value >= size) {
      const scaled = value / (unit === "k" ? 1e3 : size);
      return scaled.toFixed(scaled < 100 ? 1 : 0) + " " + unit;
    }
  return String(Math.round(value * 10) / 10);
}

function formatSeconds(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds >= 1) return seconds.toFixed(2) + " s";
  if (seconds >= 1e-3) return (seconds * 1e3).toFixed(seconds < 0.1 ? 1 : 0) + " ms";
  if (seconds > 0 && seconds < 1e-6) return (seconds * 1e9).toFixed(0) + " ns";
  return (seconds * 1e6).toFixed(seconds < 1e-5 ? 1 : 0) + " µs";
}

const formatRate = (value) =>
  value === null ? "–" : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

function shorten(text, length) {
  return text.length <= length ? text : text.slice(0, length - 1) + "…";
}

/// The same of what has its most telling part at the end.
function shortenLeft(text, length) {
  return text.length <= length ? text : "…" + text.slice(text.length - length + 1);
}

function table(head, rows, attributes = {}) {
  return el("div", {class: "scroll"}, el("table", attributes,
    el("thead", {}, el("tr", {}, head.map((cell) => el("th", {}, cell)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) =>
      cell instanceof Element && cell.tagName === "TD" ? cell : el("td", {}, cell)))))));
}

const number = (text) => el("td", {class: "number"}, text);

function select(label, options, value, change) {
  const list = el("select", {"aria-label": label,
    onchange: () => change(list.value)},
    options.map((option) => el("option", {value: option.id}, option.label)));
  list.value = value;
  return list;
}

/// Links to nodes, the first few of them.
function nodeLinks(nodes, limit = 6) {
  const parts = [];
  for (const node of nodes.slice(0, limit)) {
    if (parts.length) parts.push(", ");
    parts.push(link(shorten(R.nodes[node].name, 60), "node", R.nodes[node].name));
  }
  if (nodes.length > limit) parts.push(` and ${nodes.length - limit} more`);
  return el("span", {}, parts.length ? parts : "–");
}

function sourceText(at) {
  const source = sourceOf(at);
  return source ? el("span", {class: "source", title: source.title}, source.text)
    : el("span", {}, "–");
}
