// The map: the test images' codes on a plane of latent space. Every point of it is a code, which
// decodes exactly.

const DOT = 2.3; // pixels, radius
const TILES = 24; // decoded images across and up
const CONTOURS = [1, 2, 3]; // standard deviations of the prior
const LINE_HEIGHT = 0.8; // of the height, which the classes share where there is one dimension

function makeMap(lab) {
  const box = document.querySelector(".map");
  const find = (name) => box.querySelector(name);
  const map = {
    lab,
    plane: lab.run.plane,
    board: find(".board"),
    preview: find(".preview"),
    ground: find(".ground"),
    dots: find(".dots"),
    axes: find(".axes"),
    contours: find(".contours"),
    marks: find(".marks"),
    shown: new Set([lab.codes.length ? "dots" : "images", "prior"]),
    hidden: new Set(),
    cursor: null,
    hovered: -1,
  };
  map.points = lab.codes.map((z, i) => (map.plane.isLine ? rowed(map, z, i) : pointOf(map, z)));
  const named = { dots: "Test images", images: "Decoded images", prior: "Prior" };
  if (!lab.codes.length) delete named.dots; // no image has a code
  const layers = Object.entries(named).map(([name, text]) => chip(text, map.shown.has(name), () => {
    flip(map.shown, name);
    paint(map);
  }));
  find(".layers").append(...layers);
  const colored = lab.codes.length ? lab.run.classes : [];
  map.looks = lab.run.classes.map(({ mark }) => mark);
  const classes = colored.map(({ name, color, mark }, label) => {
    const button = chip(name, true, () => {
      flip(map.hidden, label);
      paintDots(map);
    });
    markEntry(button, color, mark);
    return button;
  });
  find(".classes").append(...classes);
  scrollLegend(find(".classes"), map.looks);
  listen(map);
  new ResizeObserver(() => paint(map)).observe(map.board);
  lab.onCode((relabelled) => {
    if (relabelled && map.size) paintGround(map);
    paintMarks(map);
  });
}

function chip(text, pressed, act) {
  const button = element("button", { type: "button", "aria-pressed": pressed }, text);
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    act();
  });
  return button;
}

const flip = (set, value) => set.delete(value) || set.add(value);

const side = ({ plane: { extent } }) => extent.right - extent.left;
const toScreen = (map, [x, y]) => [
  ((x - map.plane.extent.left) / side(map)) * map.size,
  ((map.plane.extent.top - y) / side(map)) * map.size,
];
const toPlane = (map, px, py) => [
  map.plane.extent.left + (px / map.size) * side(map),
  map.plane.extent.top - (py / map.size) * side(map),
];

// origin + point · axes
function codeAt({ plane: { origin, axes } }, [x, y]) {
  return Float32Array.from(origin, (value, i) => value + x * axes[0][i] + y * axes[1][i]);
}

// The point that is nearest to a code.
function pointOf({ plane: { origin, inverse } }, z) {
  let [x, y] = [0, 0];
  inverse.forEach(([across, up], i) => {
    x += (z[i] - origin[i]) * across;
    y += (z[i] - origin[i]) * up;
  });
  return [x, y];
}

// With one dimension nothing lies above or below: the classes are drawn apart, and a little spread.
function rowed(map, z, i) {
  const { top, bottom } = map.plane.extent;
  const spread = (i * 0.618034) % 1;
  const fraction = (map.lab.labels[i] + 0.15 + 0.7 * spread) / map.lab.run.classes.length;
  return [pointOf(map, z)[0], (top + bottom) / 2 + LINE_HEIGHT * (top - bottom) * (fraction - 0.5)];
}

function paint(map) {
  map.size = map.board.clientWidth;
  if (!map.size) return;
  paintGround(map);
  paintDots(map);
  paintAxes(map);
  paintMarks(map);
}

function fresh(map, canvas) {
  const scale = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(map.size * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(scale, scale);
  return context;
}

function paintGround(map) {
  const context = fresh(map, map.ground);
  context.imageSmoothingEnabled = false;
  const tile = document.createElement("canvas");
  const edge = (count) => Math.round((count * map.size) / TILES);
  const tiles = map.shown.has("images") ? Array.from({ length: TILES ** 2 }, (_, i) => i) : [];
  // From the middle outwards, where most of the prior is.
  const distance = (i) => Math.hypot(Math.floor(i / TILES) - (TILES - 1) / 2, (i % TILES) - (TILES - 1) / 2);
  tiles.sort((a, b) => distance(a) - distance(b));
  oneByOne("tiles", tiles.map((i) => () => {
    const [row, column] = [Math.floor(i / TILES), i % TILES];
    const [left, top] = [edge(column), edge(row)];
    const [right, bottom] = [edge(column + 1), edge(row + 1)];
    map.lab.paint(tile, map.lab.decode(codeAt(map, toPlane(map, (left + right) / 2, (top + bottom) / 2))));
    context.drawImage(tile, left, top, right - left, bottom - top);
  }));
}

// One path a class.
function paintDots(map) {
  const context = fresh(map, map.dots);
  if (!map.shown.has("dots")) return;
  const radius = DOT * (areMany(map.looks) ? LARGER : 1) * (map.points.length < 2000 ? 1.4 : 1) * Math.min(1, Math.max(0.65, map.size / 540));
  context.globalAlpha = map.shown.has("images") ? 0.9 : 0.7;
  map.lab.run.classes.forEach(({ color, mark }, label) => {
    if (map.hidden.has(label)) return;
    context.fillStyle = color;
    context.beginPath();
    map.points.forEach((point, i) => {
      if (map.lab.labels[i] !== label) return;
      MARKS[mark](context, ...toScreen(map, point), radius);
    });
    context.fill();
  });
  if (areMany(map.looks)) nameClasses(map, context);
}

function nameClasses(map, context) {
  map.middles ??= middles(map.points.flat(), map.lab.labels);
  const style = getComputedStyle(map.board);
  const places = map.middles
    .filter(([label]) => !map.hidden.has(label))
    .map(([label, i]) => [label, ...toScreen(map, map.points[i])]);
  const names = map.lab.run.classes.map(({ name }) => name);
  writeNames(context, names, places, { size: 13, ground: style.backgroundColor, style });
}

function paintAxes(map) {
  const { extent, names, isLine, prior } = map.plane;
  const { size } = map;
  const marks = [];
  for (const value of ticks(extent.left, extent.right, size / 70)) {
    const [x] = toScreen(map, [value, 0]);
    marks.push(shape("line", { class: "tick", x1: x, x2: x, y1: size - 5, y2: size }));
    if (x > 12 && x < size - 12) marks.push(shape("text", { x, y: size - 9, "text-anchor": "middle" }, short(value)));
  }
  for (const value of isLine ? [] : ticks(extent.bottom, extent.top, size / 70)) {
    const [, y] = toScreen(map, [0, value]);
    if (y < 30 || y > size - 30) continue; // there the axes have their names and numbers
    marks.push(shape("line", { class: "tick", x1: 0, x2: 5, y1: y, y2: y }));
    marks.push(shape("text", { x: 9, y: y + 4 }, short(value)));
  }
  marks.push(shape("text", { class: "name", x: size - 9, y: size - 26, "text-anchor": "end" }, `${names[0]} →`));
  if (!isLine) marks.push(shape("text", { class: "name", x: 9, y: 19 }, `↑ ${names[1]}`));
  map.axes.replaceChildren(...marks);
  map.contours.replaceChildren(...(map.shown.has("prior") ? CONTOURS.map((sigma) => ellipse(map, prior, sigma)) : []));
}

// Its half axes are the columns of the covariance's Cholesky root; of one dimension it is two lines.
function ellipse(map, { mean, covariance: [[a, b], [, d]] }, sigma) {
  const across = Math.sqrt(a);
  if (map.plane.isLine) {
    const [left, right] = [-sigma, sigma].map((sign) => toScreen(map, [mean[0] + sign * across, 0])[0]);
    return shape("path", { class: "contour", d: `M${left} 0V${map.size}M${right} 0V${map.size}` });
  }
  const low = across ? b / across : 0;
  const rest = Math.sqrt(Math.max(0, d - low * low));
  const corners = Array.from({ length: 90 }, (_, i) => {
    const [c, s] = [Math.cos((i * Math.PI) / 45), Math.sin((i * Math.PI) / 45)];
    return toScreen(map, [mean[0] + sigma * across * c, mean[1] + sigma * (low * c + rest * s)]).join();
  });
  return shape("polygon", { class: "contour", points: corners.join(" ") });
}

// What moves with the pointer: all else stays as it is.
function paintMarks(map) {
  if (!map.size) return;
  const marks = [];
  if (map.hovered >= 0) {
    const [cx, cy] = toScreen(map, map.points[map.hovered]);
    marks.push(shape("circle", { class: "ring", cx, cy, r: 8 }));
  }
  const cross = (name, [x, y]) => shape("path", { class: name, d: `M${x - 10} ${y}h20M${x} ${y - 10}v20` });
  const pin = toScreen(map, map.lab.pinned ?? pointOf(map, map.lab.z));
  marks.push(cross("halo", pin), cross("pin", pin));
  if (map.cursor) marks.push(cross("cursor", toScreen(map, map.cursor)));
  map.marks.replaceChildren(...marks);
}
