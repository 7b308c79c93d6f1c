// Mouse, finger, pen and keys on the map: to move shows an image, to press or drag takes its code.

const REACH = { mouse: 7, pen: 8, touch: 12 }; // pixels around a dot that mean it
const TREMBLE = 4; // pixels that are no drag
const GAP = 14; // pixels between the pointer and what it shows
const FINGER = 34; // a finger covers more

function listen(map) {
  const { board } = map;
  let from = null;
  const position = (event) => {
    const box = board.getBoundingClientRect();
    return [event.clientX - box.left - board.clientLeft, event.clientY - box.top - board.clientTop];
  };
  board.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    board.setPointerCapture(event.pointerId);
    from = { at: position(event), moved: false };
    show(map, ...from.at, event.pointerType);
    take(map, ...from.at, map.hovered);
  });
  board.addEventListener("pointermove", (event) => {
    const at = position(event);
    show(map, ...at, event.pointerType);
    if (!from) return;
    from.moved ||= Math.hypot(at[0] - from.at[0], at[1] - from.at[1]) > TREMBLE;
    if (from.moved) take(map, ...at, -1);
  });
  const lift = (event) => {
    from = null;
    if (event.pointerType !== "mouse") leave(map);
  };
  board.addEventListener("pointerup", lift);
  board.addEventListener("pointercancel", lift);
  board.addEventListener("pointerleave", () => from || leave(map));
  board.addEventListener("blur", () => leave(map));
  board.addEventListener("keydown", (event) => key(map, event));
}

// A dot's own code has more dimensions than the plane; where there are two, they are the same.
function nearest(map, px, py, kind) {
  if (!map.shown.has("dots")) return -1;
  const [x, y] = toPlane(map, px, py);
  let [best, smallest] = [-1, ((REACH[kind] ?? REACH.mouse) * (side(map) / map.size)) ** 2];
  map.points.forEach(([across, up], i) => {
    const distance = (across - x) ** 2 + (up - y) ** 2;
    if (distance < smallest && !map.hidden.has(map.lab.labels[i])) [best, smallest] = [i, distance];
  });
  return best;
}

function show(map, px, py, kind) {
  const inside = px >= 0 && py >= 0 && px <= map.size && py <= map.size;
  if (!inside) return leave(map);
  map.hovered = nearest(map, px, py, kind);
  paintMarks(map);
  const { lab, preview } = map;
  const [x, y] = toPlane(map, px, py);
  const [here, dot] = preview.querySelectorAll("figure");
  lab.paint(here.querySelector("canvas"), lab.decode(codeAt(map, [x, y])));
  here.querySelector("figcaption").textContent = map.plane.isLine ? fixed(x) : `${fixed(x)}, ${fixed(y)}`;
  dot.hidden = map.hovered < 0;
  if (map.hovered >= 0) {
    lab.paint(dot.querySelector("canvas"), lab.decode(lab.codes[map.hovered], lab.labels[map.hovered]));
    const { name, color } = lab.run.classes[lab.labels[map.hovered]];
    dot.style.setProperty("--hue", color);
    dot.querySelector("figcaption").textContent = name;
  }
  preview.hidden = false;
  // On the side where there is room, and never under a finger.
  const { offsetWidth: width, offsetHeight: height } = preview;
  const gap = kind === "touch" ? FINGER : GAP;
  const left = kind === "touch" ? px - width / 2 : px + gap + width > map.size ? px - gap - width : px + gap;
  const top = py - gap - height < 0 ? py + gap : py - gap - height;
  const within = (value, end) => Math.min(Math.max(4, value), end - 4);
  preview.style.transform = `translate(${within(left, map.size - width)}px, ${within(top, map.size - height)}px)`;
}

function take(map, px, py, dot) {
  const clamp = (value) => Math.min(Math.max(0, value), map.size);
  const point = toPlane(map, clamp(px), clamp(py));
  if (dot >= 0) return map.lab.setImage(dot, map.points[dot]);
  map.lab.setCode(codeAt(map, point), "A place on the map.", point);
}

function leave(map) {
  map.cursor = null;
  map.hovered = -1;
  map.preview.hidden = true;
  paintMarks(map);
}

function key(map, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return; // those are the browser's
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const move = moves[event.key];
  if (move) {
    const step = event.shiftKey ? 40 : 8;
    const [px, py] = toScreen(map, map.cursor ?? map.lab.pinned ?? pointOf(map, map.lab.z));
    const clamp = (value) => Math.min(Math.max(0, value), map.size);
    const at = [clamp(px + move[0] * step), clamp(py + move[1] * step)];
    map.cursor = toPlane(map, ...at);
    show(map, ...at, "mouse");
  } else if ((event.key === "Enter" || event.key === " ") && map.cursor) {
    take(map, ...toScreen(map, map.cursor), map.hovered);
  } else if (event.key === "Escape") {
    leave(map);
  } else {
    return;
  }
  event.preventDefault();
}
