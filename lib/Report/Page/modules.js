// Modules of a graph as a tree.
const wantedBoxes = 40;

/// Modules as a tree. A group with one group in it and nothing else is one box
/// with it.
function buildTree(graph, hidden) {
  const root = {name: graph.name, path: "", groups: new Map(), nodes: [], size: 0};
  const pathOf = (i) => {
    const node = graph.nodes[i];
    if (node.parent >= 0)
      return [...pathOf(node.parent), `${graph.nodes[node.parent].label} #${node.parent}`];
    return moduleOf(node.place).split(".").filter((part) => part);
  };
  const isParent = new Set(graph.nodes.map((node) => node.parent));
  graph.nodes.forEach((node, i) => {
    if (hidden.has(i)) return;
    let at = root;
    const path = pathOf(i);
    if (isParent.has(i)) path.push(`${node.label} #${i}`);
    for (const part of path) {
      at.size++;
      if (!at.groups.has(part))
        at.groups.set(part, {name: part, path: at.path + "/" + part, groups: new Map(),
          nodes: [], size: 0, up: at});
      at = at.groups.get(part);
    }
    at.size++;
    at.nodes.push(i);
  });
  const merge = (group) => {
    for (const [key, inner] of group.groups) {
      let child = inner;
      while (child.groups.size === 1 && !child.nodes.length) {
        const [only] = child.groups.values();
        only.name = child.name + "." + only.name;
        child = only;
      }
      child.up = group;
      group.groups.set(key, child);
      merge(child);
    }
  };
  merge(root);
  return root;
}

/// Opens groups, the largest of the outermost ones first, while there is room.
function openFirst(root) {
  const open = new Set([root.path]);
  let shown = root.groups.size + root.nodes.length;
  const queue = [...root.groups.values()];
  while (queue.length) {
    const group = queue.shift();
    const more = group.groups.size + group.nodes.length;
    if (shown + more > wantedBoxes) continue;
    open.add(group.path);
    shown += more;
    queue.push(...group.groups.values());
  }
  return open;
}
