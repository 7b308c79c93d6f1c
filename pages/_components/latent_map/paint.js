// What is drawn: grounds and dots on canvases, which the theme leaves alone; axes, contours and
// marks in SVG, which follow it.

const DOT = 2.2; // pixels, radius
const FADED = 0.12;
const NAME_SIZE = 0.8; // of the page's text
const HATCH = 9; // pixels from stripe to stripe
const CONTOURS = [1, 2, 3]; // standard deviations of the prior
const SIGMAS = [1, 2]; // of a posterior

function paint(map) {
  if (!map.size || !map.view) return;
  paintGround(map);
  paintDots(map);
  paintAxes(map);
}

function clearedContext(map, canvas) {
  const scale = window.devicePixelRatio || 1;
  const side = Math.round(map.size * scale);
  if (canvas.width !== side) canvas.width = canvas.height = side;
  // Drawn by the processor: without a graphics card ten thousand dots would take half a second.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, map.size, map.size);
  return context;
}

function paintGround(map) {
  const context = clearedContext(map, map.ground);
  if (map.shown.has("images") && map.atlas) {
    paintTiles(map, context);
  }
  for (const name of ["density", "regions"]) {
    const layer = map.shown.has(name) && map.layers?.[name];
    if (!layer) continue;
    context.imageSmoothingEnabled = name === "density";
    context.drawImage(layer, ...rectangleOf(map, map.layers.extent));
  }
}

function rectangleOf(map, extent) {
  const [x, y] = toScreen(map, extent.left, extent.top);
  const [right, bottom] = toScreen(map, extent.right, extent.bottom);
  return [x, y, right - x, bottom - y];
}

// Stripes of black and white, over the dots, stand out on each theme, class and image.
function hatch(map, context) {
  const stripe = new OffscreenCanvas(HATCH, HATCH);
  const lines = stripe.getContext("2d");
  for (const [color, shift] of [["rgb(0 0 0 / 75%)", 0], ["rgb(255 255 255 / 75%)", 1.5]]) {
    lines.strokeStyle = color;
    lines.lineWidth = 1.5;
    for (const at of [shift - HATCH, shift, shift + HATCH]) {
      lines.beginPath();
      lines.moveTo(at - 1, HATCH + 1);
      lines.lineTo(at + HATCH + 1, -1);
      lines.stroke();
    }
  }
  const shape = new OffscreenCanvas(map.size, map.size);
  const inside = shape.getContext("2d");
  inside.imageSmoothingEnabled = false;
  inside.drawImage(map.layers.holes, ...rectangleOf(map, map.layers.extent));
  inside.globalCompositeOperation = "source-in";
  inside.fillStyle = inside.createPattern(stripe, "repeat");
  inside.fillRect(0, 0, map.size, map.size);
  context.globalAlpha = 1;
  context.drawImage(shape, 0, 0);
}

// As many whole tiles as there is room for, each large enough to recognise.
function paintTiles(map, context) {
  const { atlas, view } = map;
  const minSize = Math.max(22, map.size / 24);
  const [x0, y0] = toScreen(map, atlas.extent.left, atlas.extent.top);
  const [x1, y1] = toScreen(map, atlas.extent.right, atlas.extent.bottom);
  const count = Math.max(1, Math.min(atlas.columns, Math.round((x1 - x0) / minSize)));
  const [across, up] = [(x1 - x0) / count, (y1 - y0) / count];
  const image = new ImageData(atlas.width, atlas.height);
  const tile = new OffscreenCanvas(atlas.width, atlas.height);
  context.imageSmoothingEnabled = false;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const [px, py] = [x0 + column * across, y0 + row * up];
      if (px > map.size || py > map.size || px + across < 0 || py + up < 0) continue;
      blend(atlas, ...toPlane(map, px + across / 2, py + up / 2), image);
      tile.getContext("2d").putImageData(image, 0, 0);
      // To whole pixels, so that no seam shows between two tiles.
      const [left, top] = [Math.floor(px), Math.floor(py)];
      context.drawImage(tile, left, top, Math.ceil(px + across) - left, Math.ceil(py + up) - top);
    }
  }
}

function paintDots(map) {
  const context = clearedContext(map, map.dots);
  if (map.points && map.shown.has("dots")) {
    fillAll(map, context);
    if (areMany(map.data.marks)) nameClasses(map, context);
  }
  if (map.points) map.root.dataset.painted = map.plane; // for who waits until they are there
  if (map.layers && map.shown.has("holes")) hatch(map, context);
}

// One path a color; where some are selected, the others fade.
function fillAll(map, context) {
  const near = Math.min(3, Math.max(1, Math.sqrt(span(map.data.extent) / span(map.view))));
  const usual = DOT * (map.count < 2000 ? 1.5 : 1) * Math.min(1.6, Math.max(0.65, map.size / 540));
  const large = areMany(map.data.marks) ? LARGER : 1;
  const radius = large * near * (map.data.dot ? map.data.dot * (map.rem / 16) : usual);
  const strong = map.data.opacity ?? (map.shown.has("images") ? 0.9 : 0.7);
  if (!map.selected.size) return fillDots(map, context, radius, strong, () => true);
  fillDots(map, context, radius, FADED, (i) => !map.selected.has(i));
  fillDots(map, context, radius, 1, (i) => map.selected.has(i));
}

function fillDots(map, context, radius, alpha, wanted) {
  const { points, labels, colors } = map;
  context.globalAlpha = alpha;
  colors.forEach((color, label) => {
    if (map.hidden.has(label)) return;
    context.fillStyle = color;
    context.beginPath();
    for (let i = 0; i < map.count; i++) {
      if (labels[i] !== label || !wanted(i)) continue;
      const [x, y] = toScreen(map, points[2 * i], points[2 * i + 1]);
      if (x < -9 || y < -9 || x > map.size + 9 || y > map.size + 9) continue;
      MARKS[map.data.marks[label]](context, x, y, radius);
    }
    context.fill();
  });
}

// Each where most of the class is, as far as that is in sight.
function nameClasses(map, context) {
  map.middles ??= middles(map.points, map.labels);
  const style = getComputedStyle(map.root);
  const places = map.middles
    .filter(([label]) => !map.hidden.has(label))
    .map(([label, i]) => [label, ...toScreen(map, map.points[2 * i], map.points[2 * i + 1])]);
  writeNames(context, map.data.classes, places, { size: NAME_SIZE * map.rem, ground: style.getPropertyValue("--st-background-color"), style });
}

// Measured in the size of the page's text, with which the numbers grow.
function paintAxes(map) {
  const { view, size, rem } = map;
  const marks = [];
  const [gap, corner, apart] = [0.5 * rem, 2 * rem, 4.5 * rem]; // corner: for the names of the axes
  for (const value of ticks(view.left, view.right, size / apart)) {
    const [x] = toScreen(map, value, 0);
    if (x < corner || x > size - corner / 2) continue; // half a number, or one on another
    marks.push(shape("line", { class: "tick", x1: x, x2: x, y1: size - 0.3 * rem, y2: size }));
    marks.push(words(short(value), x, size - gap, "middle"));
  }
  for (const value of map.data.isLine ? [] : ticks(view.bottom, view.top, size / apart)) {
    const [, y] = toScreen(map, 0, value);
    if (y < corner || y > size - corner) continue; // there the axis has its name, or the other one
    marks.push(shape("line", { class: "tick", x1: 0, x2: 0.3 * rem, y1: y, y2: y }));
    marks.push(words(short(value), gap, y + 0.3 * rem, "start"));
  }
  const [across, up] = map.data.small ? map.data.short : map.data.names;
  marks.push(words(`${across} →`, size - gap, size - 1.7 * rem, "end"));
  marks.push(words(up ? `↑ ${up}` : "", gap, 1.2 * rem, "start"));
  map.axes.classList.toggle("on-images", map.shown.has("images"));
  map.axes.replaceChildren(...marks);
  const contours = map.shown.has("prior") ? CONTOURS : [];
  map.contours.replaceChildren(
    ...contours.map((sigma) => ellipse(map, map.data.prior.mean, map.data.prior.covariance, sigma, "contour")),
  );
  paintMarks(map);
}

// Only the marks that follow the pointer: everything else stays as it is.
function paintMarks(map) {
  const marks = [];
  const { hovered, pin, cursor, lasso } = map;
  if (hovered && hovered.covariance) {
    marks.push(...SIGMAS.map((sigma) => ellipse(map, hovered.place, hovered.covariance, sigma, "posterior")));
  }
  if (hovered?.ringed) {
    const [cx, cy] = toScreen(map, ...hovered.place);
    marks.push(shape("circle", { class: "ring", cx, cy, r: 0.55 * map.rem }));
  }
  if (map.data.posterior) {
    const { mean, covariance } = map.data.posterior;
    marks.push(...SIGMAS.map((sigma) => ellipse(map, mean, covariance, sigma, "posterior")));
  }
  if (map.data.path) marks.push(...path(map, map.data.path));
  for (const i of (map.points && map.data.neighbours) ?? []) {
    const [x, y] = toScreen(map, map.points[2 * i], map.points[2 * i + 1]);
    marks.push(shape("circle", { class: "neighbour", cx: x, cy: y, r: 0.36 * map.rem }));
  }
  if (pin) marks.push(cross(map, pin, "pin"));
  if (cursor) marks.push(cross(map, cursor, "cursor"));
  if (lasso) marks.push(shape("polygon", { class: "lasso", points: lasso.map((p) => p.join()).join(" ") }));
  map.marks.replaceChildren(...marks);
}

function cross(map, [x, y], name) {
  const [px, py] = toScreen(map, x, y);
  const arm = 0.55 * map.rem;
  return shape("path", { class: name, d: `M${px - arm} ${py}h${2 * arm}M${px} ${py - arm}v${2 * arm}` });
}

// From a ring, over a bead for each step, to a point.
function path(map, places) {
  const line = places.map(([x, y]) => toScreen(map, x, y));
  const beads = line.map(([cx, cy], i) => {
    const name = i === 0 ? "bead start" : "bead";
    return shape("circle", { class: name, cx, cy, r: map.rem * (i === 0 || i === line.length - 1 ? 0.38 : 0.16) });
  });
  return [shape("polyline", { class: "path", points: line.map((p) => p.join()).join(" ") }), ...beads];
}

// A polygon of the points at so many standard deviations, from the covariance's square root.
function ellipse(map, mean, [[a, b], [, d]], sigma, name) {
  const trace = Math.sqrt(Math.max(0, a)) || 0;
  const low = trace ? b / trace : 0;
  const rest = Math.sqrt(Math.max(0, d - low * low));
  const corners = Array.from({ length: 72 }, (_, i) => {
    const [c, s] = [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)];
    return toScreen(map, mean[0] + sigma * trace * c, mean[1] + sigma * (low * c + rest * s)).join();
  });
  return shape("polygon", { class: name, points: corners.join(" ") });
}

const short = (value) => String(Number(value.toPrecision(4))).replace("-", "−");
