// Dots are the codes of test images; the ring is a code of one's own, decoded while it moves: out of the
// atlas's tiles the four nearest ones are blended, as vae/latent/atlas.py does.

const SIDE = 400, DOTS = 800; // units of the plane, and pixels of the canvas with the dots
const NEAREST = 20; // test images that say what is around a code

function mount({ parentElement, data }) {
  const figure = once(parentElement, (root) => build(root));
  if (figure.atlas !== data.atlas) load(figure, data);
}

function build(root) {
  const svg = shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  const figure = {
    root, svg,
    handle: shape("g", { class: "handle" }),
    names: [words("", SIDE - 6, SIDE - 8, "end"), words("", 6, 18, "start")],
    dots: Object.assign(node("canvas"), { width: DOTS, height: DOTS }),
    image: node("canvas"),
    key: node("div", "key"),
    said: node("p", "said"),
    sliders: node("div", "sliders"),
  };
  figure.handle.append(shape("circle", { r: 11 }), shape("circle", { r: 11 }));
  svg.append(...figure.names, figure.handle);
  figure.said.setAttribute("aria-live", "polite");
  figure.image.setAttribute("role", "img");
  root.append(
    figure.key,
    node("div", "board", node("div", "plane", figure.dots, svg), node("figure", "decoded", figure.image)),
    figure.sliders,
    node("div", "row", press("Between the clusters", () => between(figure)), press("On a test image", () => onDot(figure))),
    figure.said,
  );
  follow(figure);
  return figure;
}

async function load(figure, data) {
  const [left, right, bottom, top] = data.extent;
  Object.assign(figure, { atlas: data.atlas, data, x: linear([left, right], [0, SIDE]), y: linear([bottom, top], [SIDE, 0]) });
  figure.key.replaceChildren(...data.names.map((name, label) => {
    const chip = node("i");
    chip.style.background = data.colors[label];
    return node("span", "", chip, name);
  }));
  figure.names.forEach((text, axis) => (text.textContent = axis ? `↑ ${data.axes[axis]}` : `${data.axes[axis]} →`));
  figure.axes = [[left, right], [bottom, top]].map(([min, max], axis) =>
    slider(data.axes[axis], { min, max, step: (max - min) / 200, value: 0, hue: "var(--st-primary-color)", format: (value) => value.toFixed(1).replace("-", "−") }, (value) => {
      figure.probe[axis] = value;
      show(figure);
    }),
  );
  figure.sliders.replaceChildren(...figure.axes);
  paintDots(figure);
  const image = new Image();
  image.src = data.atlas;
  await image.decode();
  if (figure.atlas !== data.atlas) return;
  figure.tiles = image;
  Object.assign(figure.image, { width: image.width / data.tiles, height: image.height / data.tiles });
  onDot(figure);
}

function paintDots({ dots, data, x, y }) {
  const context = dots.getContext("2d"), scale = DOTS / SIDE;
  context.clearRect(0, 0, DOTS, DOTS);
  context.globalAlpha = 0.75;
  for (const [a, b, label] of data.points) {
    context.fillStyle = data.colors[label];
    context.beginPath();
    context.arc(scale * x(a), scale * y(b), 4.5, 0, 2 * Math.PI);
    context.fill();
  }
}

// A mouse moves the code from anywhere, a finger takes hold of the ring: elsewhere it scrolls.
function follow(figure) {
  const { svg, handle } = figure;
  const at = (event) => {
    const box = svg.getBoundingClientRect(), scale = SIDE / box.width;
    move(figure, [figure.x.invert((event.clientX - box.left) * scale), figure.y.invert((event.clientY - box.top) * scale)]);
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button || !figure.tiles || (event.pointerType === "touch" && !handle.contains(event.target))) return;
    svg.setPointerCapture(event.pointerId);
    at(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) at(event);
  });
}

function move(figure, at) {
  const [left, right, bottom, top] = figure.data.extent;
  figure.probe = [Math.max(left, Math.min(right, at[0])), Math.max(bottom, Math.min(top, at[1]))];
  figure.axes.forEach((each, axis) => each.set(figure.probe[axis]));
  show(figure);
}

const some = (list) => list[Math.floor(Math.random() * list.length)];

function onDot(figure) {
  if (figure.tiles) move(figure, some(figure.data.points).slice(0, 2));
}

// Halfway between two test images of different classes.
function between(figure) {
  if (!figure.tiles) return;
  const { points } = figure.data, one = some(points), other = some(points.filter((point) => point[2] !== one[2]));
  move(figure, [0, 1].map((axis) => (one[axis] + other[axis]) / 2));
}

function show(figure) {
  const { probe: [a, b], handle, x, y, data, said, svg, image } = figure;
  handle.setAttribute("transform", `translate(${x(a)} ${y(b)})`);
  decode(figure);
  const around = data.points
    .map(([c, d, label]) => [(c - a) ** 2 + (d - b) ** 2, label])
    .sort((one, other) => one[0] - other[0])
    .slice(0, NEAREST);
  const counts = new Map();
  for (const [, label] of around) counts.set(label, (counts.get(label) ?? 0) + 1);
  const ranked = [...counts].sort((one, other) => other[1] - one[1]);
  const list = ranked.map(([label, count]) => `${count} × ${data.names[label]}`).join(", ");
  said.textContent = `The ${NEAREST} nearest test images: ${list}.${ranked[0][1] < 0.6 * NEAREST ? " This is between the clusters." : ""}`;
  svg.setAttribute("aria-label", `Codes of ${data.points.length} test images, colored by class. ${said.textContent}`);
  image.setAttribute("aria-label", `Decoded image of the code ${twoDigits(a)}, ${twoDigits(b)}`);
}

function decode({ probe: [a, b], x, y, data: { tiles: count }, tiles, image }) {
  const { width, height } = image, context = image.getContext("2d");
  const column = Math.max(0, Math.min(count - 1, (x(a) / SIDE) * count - 0.5));
  const row = Math.max(0, Math.min(count - 1, (y(b) / SIDE) * count - 0.5));
  const [left, upper] = [Math.floor(column), Math.floor(row)];
  context.globalCompositeOperation = "copy";
  context.globalAlpha = 1;
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "lighter";
  for (const [i, j] of [[left, upper], [left + 1, upper], [left, upper + 1], [left + 1, upper + 1]]) {
    const weight = (1 - Math.abs(column - i)) * (1 - Math.abs(row - j));
    if (weight <= 0) continue;
    context.globalAlpha = weight;
    context.drawImage(tiles, width * i, height * j, width, height, 0, 0, width, height);
  }
}
