// The report's data: R is all but the texts, X the texts.
let R = null;
let X = null;

class UnpackError extends Error {}

async function unpack(id) {
  const element = document.getElementById(id);
  const text = atob(element.textContent);
  let bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  if (element.dataset.encoding === "deflate") {
    if (typeof DecompressionStream === "undefined")
      throw new UnpackError(
        "This browser cannot unpack the report: it has no DecompressionStream. " +
        "Chrome and Edge have it since 80, Safari since 16.4, Firefox since 113.");
    const stream = new Blob([bytes]).stream()
      .pipeThrough(new DecompressionStream("deflate"));
    bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  }
  element.textContent = "";
  return JSON.parse(new TextDecoder().decode(bytes));
}

/// Lines and places of a text, or of a part of it.
function getText(number, first = 0, end = Infinity) {
  const text = X.texts[number];
  return {
    lines: text.lines.slice(first, end).map((line) => X.lines[line]),
    places: text.places.slice(first, end),
  };
}

/// Symbols as the reader has set them.
const chosen = new Map();

/// The value of an expression of symbols, or null.
function evaluate(expr) {
  if (expr === null || expr === undefined) return null;
  if (typeof expr === "number") return expr;
  if (typeof expr === "string") return chosen.has(expr) ? chosen.get(expr) : null;
  const values = expr.slice(1).map(evaluate);
  if (values.some((value) => value === null)) return null;
  switch (expr[0]) {
    case "+": return values.reduce((a, b) => a + b, 0);
    case "*": return values.reduce((a, b) => a * b, 1);
    case "//": return values[1] ? Math.floor(values[0] / values[1]) : null;
    case "max": return Math.max(...values);
    case "min": return Math.min(...values);
    case "==": return values[0] === values[1] ? 1 : 0;
    case "<=": return values[0] <= values[1] ? 1 : 0;
  }
  return null;
}

function isSymbolic(expr) {
  return Array.isArray(expr) || typeof expr === "string";
}

const nodeOf = (place) => R.places[place].nodes;

/// Bytes of what a stage left: IR, LLVM IR, assembly.
function bytesOf(stage) {
  const list = {translate: R.llvm, emit: R.assembly}[stage.name];
  if (!list?.length) return stage.bytes;
  return list.reduce((sum, part) => sum + X.texts[part.text].bytes, 0);
}

/// `modeling_bert.py:104`, and the whole path as a title.
function sourceOf(at) {
  if (at.file < 0) return null;
  const path = R.files[at.file];
  return {
    text: path.slice(path.lastIndexOf("/") + 1) + ":" + at.line,
    title: path + ":" + at.line,
  };
}

/// Whether what is at two places has a node in common, or a line where neither
/// has a node.
function makeMatcher(place) {
  const at = R.places[place];
  const nodes = new Set(at.nodes);
  const known = new Map();
  return (other) => {
    if (!other) return false;
    if (!known.has(other)) {
      const there = R.places[other];
      const shares = there.nodes.some((node) => nodes.has(node));
      const sameLine = (!nodes.size || !there.nodes.length) &&
        at.file >= 0 && at.file === there.file && at.line === there.line;
      known.set(other, shares || sameLine);
    }
    return known.get(other);
  };
}

/// The path of modules around something, as its node says it.
function moduleOf(place) {
  const at = R.places[place];
  if (at.module) return at.module;
  for (const node of at.nodes)
    if (R.nodes[node].module) return R.nodes[node].module;
  return "";
}
