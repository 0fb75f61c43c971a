// Layered layout: what is computed first is above. Boxes of one layer keep
// their distance; long edges bend around boxes.
const boxGap = 18, layerGap = 44, edgeGap = 8;
const maxBends = 20000;

/// Gives every box ({width, height, isFirst, isLast}) its centre x, y, and every
/// edge ([from, to]) its points. Returns {width, height, lines}.
function layoutLayers(boxes, edges) {
  const count = boxes.length;
  const forward = breakCycles(count, edges);
  const layer = assignLayers(boxes, forward);
  const items = boxes.map((box, i) => ({width: box.width, layer: layer[i], above: [], below: []}));
  const bends = edges.map(() => []);
  let numBends = 0;
  forward.forEach(([from, to], edge) => {
    if (from === null) return;
    let last = from;
    const span = layer[to] - layer[from];
    if (numBends + span < maxBends)
      for (let at = layer[from] + 1; at < layer[to]; at++) {
        const bend = items.length;
        items.push({width: edgeGap, layer: at, above: [last], below: []});
        items[last].below.push(bend);
        bends[edge].push(bend);
        last = bend;
        numBends++;
      }
    items[last].below.push(to);
    items[to].above.push(last);
  });
  const layers = [];
  items.forEach((item, i) => (layers[item.layer] ||= []).push(i));
  orderLayers(items, layers);
  placeInLayers(items, layers, count);

  const heights = layers.map((list) =>
    Math.max(0, ...list.filter((i) => i < count).map((i) => boxes[i].height)));
  const tops = [];
  let y = 0;
  heights.forEach((height, i) => { tops[i] = y; y += height + layerGap; });
  let left = Infinity, right = -Infinity;
  for (const item of items) {
    left = Math.min(left, item.x - item.width / 2);
    right = Math.max(right, item.x + item.width / 2);
  }
  boxes.forEach((box, i) => {
    box.x = items[i].x - left;
    box.y = tops[layer[i]] + heights[layer[i]] / 2;
  });
  const lines = edges.map(([from, to], edge) => {
    const a = boxes[from], b = boxes[to];
    const points = [[a.x + (a.outX || 0), a.y + a.height / 2]];
    for (const bend of bends[edge]) {
      const x = items[bend].x - left, at = items[bend].layer;
      points.push([x, tops[at]], [x, tops[at] + heights[at]]);
    }
    points.push([b.x + (b.inX || 0), b.y - b.height / 2]);
    return points;
  });
  return {width: count ? right - left : 0, height: Math.max(0, y - layerGap), lines};
}

/// The edges, with nulls for those that close a cycle.
function breakCycles(count, edges) {
  const out = Array.from({length: count}, () => []);
  edges.forEach(([from, to], i) => out[from].push([to, i]));
  const state = new Uint8Array(count);
  const result = edges.map((edge) => edge);
  for (let root = 0; root < count; root++) {
    if (state[root]) continue;
    const stack = [[root, 0]];
    state[root] = 1;
    while (stack.length) {
      const top = stack[stack.length - 1];
      if (top[1] === out[top[0]].length) {
        state[top[0]] = 2;
        stack.pop();
        continue;
      }
      const [to, edge] = out[top[0]][top[1]++];
      if (state[to] === 1) result[edge] = [null, null];
      else if (!state[to]) { state[to] = 1; stack.push([to, 0]); }
    }
  }
  return result;
}

/// As high as what they read allows, but what reads nothing is near its readers.
function assignLayers(boxes, edges) {
  const count = boxes.length;
  const out = Array.from({length: count}, () => []);
  const open = new Int32Array(count), layer = new Int32Array(count);
  for (const [from, to] of edges)
    if (from !== null) { out[from].push(to); open[to]++; }
  const isSource = boxes.map((box, i) => !open[i] && !box.isFirst);
  const hasFirst = boxes.some((box) => box.isFirst);
  boxes.forEach((box, i) => { layer[i] = hasFirst && !box.isFirst ? 1 : 0; });
  const queue = [];
  for (let i = 0; i < count; i++) if (!open[i]) queue.push(i);
  for (let at = 0; at < queue.length; at++)
    for (const to of out[queue[at]]) {
      layer[to] = Math.max(layer[to], layer[queue[at]] + 1);
      if (!--open[to]) queue.push(to);
    }
  for (let i = 0; i < count; i++)
    if (isSource[i] && out[i].length)
      layer[i] = Math.max(layer[i], Math.min(...out[i].map((to) => layer[to])) - 1);
  let last = 0;
  for (let i = 0; i < count; i++)
    if (!boxes[i].isLast) last = Math.max(last, layer[i]);
  boxes.forEach((box, i) => { if (box.isLast) layer[i] = last + 1; });
  return layer;
}

/// Fewer crossings: by the mean place of neighbours, down and up again.
function orderLayers(items, layers) {
  const place = () => layers.forEach((list) => list.forEach((i, at) => { items[i].at = at; }));
  place();
  for (let sweep = 0; sweep < 8; sweep++) {
    const isDown = sweep % 2 === 0;
    const order = isDown ? layers : [...layers].reverse();
    for (const list of order) {
      for (const i of list) {
        const near = isDown ? items[i].above : items[i].below;
        items[i].key = near.length
          ? near.reduce((sum, j) => sum + items[j].at, 0) / near.length : items[i].at;
      }
      list.sort((a, b) => items[a].key - items[b].key);
      list.forEach((i, at) => { items[i].at = at; });
    }
  }
}

/// Each item as near to its neighbours' mean as order and distances allow: per
/// layer the least squares solution, by pooling neighbours that want to overlap.
function placeInLayers(items, layers, count) {
  const gap = (a, b) => (items[a].width + items[b].width) / 2 +
    (a < count && b < count ? boxGap : edgeGap);
  for (const list of layers) {
    let x = 0;
    list.forEach((i, at) => {
      if (at) x += gap(list[at - 1], i);
      items[i].x = x;
    });
    list.forEach((i) => { items[i].x -= x / 2; });
  }
  for (let sweep = 0; sweep < 10; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const list of isDown ? layers : [...layers].reverse()) {
      let offset = 0;
      const pools = [];
      list.forEach((i, at) => {
        if (at) offset += gap(list[at - 1], i);
        const near = isDown ? items[i].above : items[i].below;
        const wanted = near.length
          ? near.reduce((sum, j) => sum + items[j].x, 0) / near.length : items[i].x;
        // Bends pull harder, so that long edges are straight.
        const weight = i >= count ? 3 : near.length ? 1 : 0.05;
        pools.push({sum: (wanted - offset) * weight, weight, size: 1});
        items[i].offset = offset;
        for (let top = pools.length - 1; top > 0 &&
             pools[top - 1].sum / pools[top - 1].weight >= pools[top].sum / pools[top].weight; top--) {
          const pool = pools.pop();
          pools[top - 1].sum += pool.sum;
          pools[top - 1].weight += pool.weight;
          pools[top - 1].size += pool.size;
        }
      });
      let next = 0;
      for (const pool of pools)
        for (let i = 0; i < pool.size; i++, next++)
          items[list[next]].x = pool.sum / pool.weight + items[list[next]].offset;
    }
  }
}
