// Left the discriminative model, shaded by p(y | x); right the generative one, shaded by p(x), with the
// ellipses of one, two and three standard deviations. The "?" is the same point in both.

const SIDE = 300, GROUND = 60; // units of a plane, and pixels of its shading
const MOST_NEW = 300; // sampled points that are shown
const FAR = [-0.86, 0.8]; // of the reach: where nothing is

function mount({ parentElement, data }) {
  once(parentElement, (root) => build(root, data));
}

function build(root, data) {
  const { reach, names } = data;
  const figure = { data, root, x: linear([-reach, reach], [0, SIDE]), y: linear([-reach, reach], [SIDE, 0]) };
  figure.planes = [plane(figure, "Discriminative: p(y | x)"), plane(figure, "Generative: p(x, y)")];
  const [first, second] = data.axes;
  figure.sliders = [first, second].map((name, axis) =>
    slider(name, { min: -reach, max: reach, step: 0.1, value: 0, hue: "var(--st-primary-color)" }, (value) => {
      figure.probe[axis] = value;
      answer(figure);
    }),
  );
  const key = node("div", "key", ...names.map((name, label) => {
    const chip = node("i", label ? "" : "round");
    chip.style.background = data.colors[label];
    return node("span", "", chip, name);
  }));
  root.append(
    key,
    node("div", "planes", ...figure.planes.map((each) => each.box)),
    node("div", "sliders", ...figure.sliders),
    node("div", "row",
      press("Far away", () => move(figure, FAR.map((part) => part * reach))),
      ...names.map((name, label) => press(`Call the ? a ${name}`, () => add(figure, label))),
      press("Sample 50", () => sample(figure, 50)),
      press("Start over", () => begin(figure)),
    ),
  );
  begin(figure);
  return figure;
}

function plane(figure, title) {
  const svg = shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  const canvas = Object.assign(node("canvas"), { width: GROUND, height: GROUND });
  const made = { title, svg, canvas, marks: shape("g"), dots: shape("g"), fresh: shape("g"), handle: shape("g", { class: "handle" }), said: node("p", "said") };
  made.said.setAttribute("aria-live", "polite");
  made.handle.append(shape("circle", { r: 13 }), words("?", 0, 6, "middle"));
  const [first, second] = figure.data.axes;
  svg.append(made.marks, made.dots, made.fresh, words(`${first} →`, SIDE - 6, SIDE - 8, "end"), words(`↑ ${second}`, 6, 18, "start"), made.handle);
  made.box = node("section", "", node("h4", "", title), node("div", "plane", canvas, svg), made.said);
  follow(figure, svg, made.handle);
  return made;
}

// A mouse moves the "?" from anywhere, a finger takes hold of it: elsewhere it scrolls.
function follow(figure, svg, handle) {
  const at = (event) => {
    const box = svg.getBoundingClientRect(), scale = SIDE / box.width;
    move(figure, [figure.x.invert((event.clientX - box.left) * scale), figure.y.invert((event.clientY - box.top) * scale)]);
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button || (event.pointerType === "touch" && !handle.contains(event.target))) return;
    svg.setPointerCapture(event.pointerId);
    at(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) at(event);
  });
}

function begin(figure) {
  figure.points = figure.data.points.map((point) => [...point]);
  for (const each of figure.planes) each.fresh.replaceChildren();
  learn(figure);
  move(figure, [0.4, 0.4]);
}

function add(figure, label) {
  figure.points.push([...figure.probe, label]);
  learn(figure);
  answer(figure);
}

// Both models learn the points anew.
function learn(figure) {
  const { points, planes: [left, right], x, y, data } = figure;
  figure.boundary = fitBoundary(points);
  figure.densities = fitDensities(points);
  figure.seen = points.map(([a, b]) => figure.densities.logDensity(a, b)).sort((a, b) => a - b);
  for (const { dots } of figure.planes) dots.replaceChildren(...points.map((point) => dot(figure, point, "dot")));
  const [w0, w1, w2] = figure.boundary.w, r = 3 * data.reach;
  const [from, to] = Math.abs(w1) > Math.abs(w2)
    ? [-r, r].map((b) => [x(-(w0 + w2 * b) / w1), y(b)])
    : [-r, r].map((a) => [x(a), y(-(w0 + w1 * a) / w2)]);
  left.marks.replaceChildren(shape("line", { class: "boundary", x1: from[0], y1: from[1], x2: to[0], y2: to[1] }));
  right.marks.replaceChildren(...figure.densities.classes.flatMap((each, label) => [1, 2, 3].map((r) => ellipse(figure, each, r, data.colors[label]))));
  shade(figure, left.canvas, (a, b) => {
    const p = figure.boundary.probability(a, b);
    return [p, 0.55 * Math.abs(2 * p - 1)];
  });
  const peak = Math.max(...figure.densities.classes.map(({ mean }) => figure.densities.logDensity(...mean)));
  shade(figure, right.canvas, (a, b) => [figure.densities.probability(a, b), 0.7 * Math.sqrt(Math.exp(figure.densities.logDensity(a, b) - peak))]);
}

function dot({ x, y, data }, [a, b, label], kind) {
  const color = data.colors[label];
  const attributes = { class: kind, ...(kind === "dot" ? { fill: color } : { stroke: color }) };
  if (label) return shape("rect", { ...attributes, x: x(a) - 4.5, y: y(b) - 4.5, width: 9, height: 9 });
  return shape("circle", { ...attributes, cx: x(a), cy: y(b), r: 5 });
}

function ellipse({ x, y }, model, deviations, color) {
  const around = Array.from({ length: 49 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 48;
    const [a, b] = onEllipse(model, deviations * Math.cos(angle), deviations * Math.sin(angle));
    return `${x(a).toFixed(1)} ${y(b).toFixed(1)}`;
  });
  return shape("path", { class: "ellipse", stroke: color, d: `M${around.join("L")}Z` });
}

// what: of a point, p(1 | x) and how much of the class's color.
function shade({ data }, canvas, what) {
  const context = canvas.getContext("2d"), image = context.createImageData(GROUND, GROUND);
  const hues = data.colors.map((hue) => [1, 3, 5].map((at) => parseInt(hue.slice(at, at + 2), 16)));
  for (let row = 0; row < GROUND; row++) {
    for (let column = 0; column < GROUND; column++) {
      const a = data.reach * ((2 * (column + 0.5)) / GROUND - 1), b = data.reach * (1 - (2 * (row + 0.5)) / GROUND);
      const [p, alpha] = what(a, b);
      image.data.set([...hues[p > 0.5 ? 1 : 0], 255 * alpha], 4 * (row * GROUND + column));
    }
  }
  context.putImageData(image, 0, 0);
}

function move(figure, at) {
  const { reach } = figure.data;
  figure.probe = at.map((value) => Math.max(-reach, Math.min(reach, value)));
  figure.sliders.forEach((each, axis) => each.set(figure.probe[axis]));
  answer(figure);
}

// What both say of the "?".
function answer(figure) {
  const { probe: [a, b], planes: [left, right], points, seen, data: { names } } = figure;
  for (const { handle } of figure.planes) handle.setAttribute("transform", `translate(${figure.x(a)} ${figure.y(b)})`);
  left.said.innerHTML = `<b>${named(figure.boundary.probability(a, b), names)}</b>. Right for ${rightOf(figure.boundary, points)} of ${points.length} points.`;
  const log = figure.densities.logDensity(a, b), lower = seen.filter((each) => each > log).length;
  right.said.innerHTML =
    `<b>${named(figure.densities.probability(a, b), names)}</b>. Right for ${rightOf(figure.densities, points)} of ${points.length} points.<br>` +
    `p(x) = ${scientific(log)}: ${verdict(lower, points.length)}`;
  for (const { svg, title, said } of figure.planes) svg.setAttribute("aria-label", `${title}. At the question mark: ${said.textContent}`);
}

function named(p, names) {
  const sure = Math.max(p, 1 - p);
  return `${names[p > 0.5 ? 1 : 0]}, ${sure > 0.9999 ? "over 99.99" : (100 * sure).toFixed(sure > 0.99 ? 2 : 1)} %`;
}

const rightOf = (model, points) => points.filter(([a, b, label]) => (model.probability(a, b) > 0.5 ? 1 : 0) === label).length;

function verdict(lower, count) {
  if (lower === count) return `less than at each of the ${count} points. <b>It has never seen such a thing.</b>`;
  return `less than at ${lower} of the ${count} points${lower >= 0.95 * count ? ", so this is rare" : ", nothing unusual"}.`;
}

function scientific(log) {
  const power = Math.floor(log / Math.LN10);
  if (power >= -2) return Math.exp(log).toFixed(3);
  return `${Math.exp(log - power * Math.LN10).toFixed(1)} · 10<sup>−${-power}</sup>`;
}

// New points from p(x, y) rain down on the right: the left model has none to give.
function sample(figure, count) {
  const { fresh } = figure.planes[1];
  const made = Array.from({ length: count }, () => dot(figure, figure.densities.sample(), "new falling"));
  fresh.append(...made);
  while (fresh.children.length > MOST_NEW) fresh.firstChild.remove();
  requestAnimationFrame(() => made.forEach((each, i) => setTimeout(() => each.classList.remove("falling"), still() ? 0 : 12 * i)));
}
