// Mouse, touch, pen and keys. One finger scrolls the page and a tap picks, until another tool is
// chosen; two fingers pan and zoom. A mouse hovers, and pans by dragging.

const CLICK = 5; // pixels that a click may move
const REACH = { mouse: 8, pen: 10, touch: 16 }; // pixels around a dot that count as on it
const DWELL_MS = 70;
const SETTLE_MS = 250;
const WHEEL = 1.0015;

function listen(map) {
  const { board } = map;
  const fingers = new Map();
  let drag = null;
  const place = (event) => {
    const box = board.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  board.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    board.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    const [px, py] = place(event);
    drag = fingers.size > 1 ? null : { from: [px, py], last: [px, py], moved: false };
    if (fingers.size > 1) map.lasso = null;
    else if (map.tool === "move" || map.tool === "scroll") hoverSoon(map, px, py, event.pointerType);
  });
  board.addEventListener("pointermove", (event) => {
    const [px, py] = place(event);
    if (fingers.size > 1 && fingers.has(event.pointerId)) return pinch(map, fingers, event.pointerId, [px, py]);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, [px, py]);
    if (!drag) return fingers.size ? undefined : hoverSoon(map, px, py, event.pointerType);
    drag.moved ||= Math.hypot(px - drag.from[0], py - drag.from[1]) > CLICK;
    if (!drag.moved) return;
    if (map.tool === "box" || map.tool === "lasso") outline(map, drag, px, py);
    else if (event.pointerType === "touch" && map.tool === "scroll") hoverSoon(map, px, py, "touch");
    else panBy(map, px - drag.last[0], py - drag.last[1]);
    drag.last = [px, py];
  });
  const release = (event) => {
    fingers.delete(event.pointerId);
    const done = drag;
    drag = null;
    if (!done || event.type === "pointercancel") return (map.lasso = null), clearPointer(map);
    if (map.lasso) return selectInside(map);
    const [px, py] = place(event);
    if (!done.moved || (event.pointerType === "touch" && map.tool === "scroll")) select(map, px, py, event.pointerType);
    if (event.pointerType === "touch") clearPointer(map);
  };
  board.addEventListener("pointerup", release);
  board.addEventListener("pointercancel", release);
  board.addEventListener("pointerleave", () => fingers.size || clearPointer(map));
  board.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomAt(map, WHEEL ** -event.deltaY, ...place(event));
  }, { passive: false });
  // Two fingers are the map's, never the page's: the browser would take them for scrolling.
  for (const kind of ["touchstart", "touchmove"]) {
    board.addEventListener(kind, (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  }
  board.addEventListener("keydown", (event) => key(map, event));
  board.addEventListener("blur", () => { map.keyed = false; clearPointer(map); });
}

function pinch(map, fingers, id, now) {
  const [other] = [...fingers].filter(([key]) => key !== id).map(([, at]) => at);
  const before = fingers.get(id);
  fingers.set(id, now);
  const gap = (at) => Math.max(10, Math.hypot(at[0] - other[0], at[1] - other[1]));
  panBy(map, (now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
  zoomAt(map, gap(now) / gap(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
}

function outline(map, drag, px, py) {
  if (map.tool === "box") {
    const [x, y] = drag.from;
    map.lasso = [[x, y], [px, y], [px, py], [x, py]];
  } else {
    map.lasso = [...(map.lasso ?? [drag.from]), [px, py]];
  }
  paintMarks(map);
}

function selectInside(map) {
  const corners = map.lasso;
  map.lasso = null;
  const chosen = [];
  for (let i = 0; i < map.count; i++) {
    if (map.hidden.has(map.labels[i])) continue;
    if (inside(corners, toScreen(map, map.points[2 * i], map.points[2 * i + 1]))) chosen.push(i);
  }
  map.selected = new Set(chosen);
  map.pin = null;
  paintDots(map);
  paintMarks(map);
  if (chosen.length) map.sendSelection({ kind: "selection", indices: chosen });
  announce(map, `${chosen.length.toLocaleString("en")} test images selected.`);
}

// Even-odd rule: a ray to the right crosses the outline an odd number of times.
function inside(corners, [x, y]) {
  let odd = false;
  corners.forEach(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
  });
  return odd;
}

function nearest(map, px, py, kind) {
  const pixels = map.data.isCloud ? Infinity : (REACH[kind] ?? REACH.mouse);
  const reach = pixels * (span(map.view) / map.size);
  const [x, y] = toPlane(map, px, py);
  let [best, smallest] = [-1, reach * reach];
  for (let i = 0; i < map.count; i++) {
    const [dx, dy] = [map.points[2 * i] - x, map.points[2 * i + 1] - y];
    const distance = dx * dx + dy * dy;
    if (distance < smallest && !map.hidden.has(map.labels[i])) [best, smallest] = [i, distance];
  }
  return best;
}

function hoverSoon(map, px, py, kind) {
  map.pointer = [px, py, kind];
  map.frame ??= requestAnimationFrame(() => {
    map.frame = null;
    if (map.pointer) hover(map, ...map.pointer);
  });
}

function hover(map, px, py, kind) {
  map.place = toPlane(map, px, py);
  const index = map.shown.has("dots") ? nearest(map, px, py, kind) : -1;
  if (index !== (map.hovered?.index ?? -1)) hoverDot(map, index);
  preview(map, px, py, kind);
}

// The dot under the pointer: its images are requested once the pointer has rested on it.
function hoverDot(map, index) {
  setHovered(map, index);
  paintMarks(map);
  notifyLinked(map, { hovered: index });
}

function setHovered(map, index) {
  clearTimeout(map.dwell);
  map.hovered = index < 0 ? null : { index, place: dotAt(map, index), ...map.details.get(index) };
  if (map.data.isCloud) return map.hovered && (map.hovered.ringed = true);
  if (map.hovered && !map.details.has(index)) map.dwell = setTimeout(() => map.requestDetails(index), DWELL_MS);
}

const dotAt = (map, index) => [map.points[2 * index], map.points[2 * index + 1]];

function clearPointer(map) {
  map.pointer = map.place = null;
  clearTimeout(map.dwell);
  if (!map.keyed) map.cursor = null;
  if (map.hovered) notifyLinked(map, { hovered: -1 });
  map.hovered = null;
  paintMarks(map);
  showPinned(map);
}

function select(map, px, py, kind) {
  map.board.focus({ preventScroll: true });
  const index = map.shown.has("dots") ? nearest(map, px, py, kind) : -1;
  const [x, y] = index < 0 ? toPlane(map, px, py).map(sixDigits) : dotAt(map, index);
  map.pin = [x, y];
  map.selected = new Set();
  map.sendSelection(index < 0 ? { kind: "place", x, y } : { kind: "image", index });
  notifyLinked(map, { selected: index });
  paintDots(map);
  paintMarks(map);
  // On a phone a sheet covers the lower half of the screen: what was picked stays in sight.
  if (innerWidth > 640) return;
  const below = map.board.getBoundingClientRect().top + py - 0.35 * innerHeight;
  if (below > 0) document.querySelector('[data-testid="stMain"]')?.scrollBy({ top: below });
}

function key(map, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return; // shortcuts of the browser
  const step = (span(map.view) / map.size) * (event.shiftKey ? 40 : 8);
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const middle = [(map.view.left + map.view.right) / 2, (map.view.top + map.view.bottom) / 2];
  const [x, y] = map.cursor ?? map.pin ?? middle;
  const done = () => event.preventDefault();
  if (moves[event.key]) {
    done();
    const [dx, dy] = map.cursor ? moves[event.key] : [0, 0];
    const { view } = map;
    map.keyed = true;
    map.cursor = [
      Math.min(view.right, Math.max(view.left, x + dx * step)),
      Math.min(view.top, Math.max(view.bottom, y + dy * step)),
    ];
    const [px, py] = toScreen(map, ...map.cursor);
    hover(map, px, py, "mouse");
    paintMarks(map);
    describe(map);
  } else if (event.key === "Enter" || event.key === " ") {
    done();
    if (map.cursor) select(map, ...toScreen(map, ...map.cursor), "mouse");
  } else if (event.key === "+" || event.key === "=" || event.key === "-") {
    done();
    zoomAt(map, event.key === "-" ? 0.8 : 1.25, ...toScreen(map, x, y));
  } else if (event.key === "0") {
    setView(map, { ...map.data.extent });
  } else if (event.key === "Escape") {
    map.keyed = false;
    map.pin = map.cursor = null;
    map.selected = new Set();
    map.sendSelection({ kind: "none" });
    notifyLinked(map, { selected: -1 });
    paintDots(map);
    clearPointer(map);
  }
}
