// Data of two bells, a generator that learns to make such numbers, and a discriminator that tells
// them apart. Both densities are smoothed by the same kernel, so that where the generator is
// perfect they are equal, and the best discriminator of all, p / (p + q), is a half.

const WIDE = 560, HIGH = 300, RANGE = [-5, 5], BASE = 270, TOP = 34;
const PEAK = 0.62; // of a density: what is higher is cut
const KERNEL = 0.2, CODES = 200;
const FRAME_STEPS = 4, STILL_STEPS = 1500, ALONE_STEPS = 150, MAX_STEPS = 6000;

const X = linear(RANGE, [20, WIDE - 20]);
const DENSITY = linear([0, PEAK], [BASE, TOP]);
const CHANCE = linear([0, 1], [BASE, TOP]);
// Evenly likely codes: quantiles of N(0, 1), by the sum that a table of them would be read from.
const codes = (() => {
  const found = [];
  let at = -5, below = 0;
  for (let i = 0; i < CODES; i++) {
    for (; below < (i + 0.5) / CODES; at += 0.001) below += 0.001 * bell(at, 0, 1);
    found.push(at);
  }
  return found;
})();

function mount({ parentElement, data }) {
  draw(once(parentElement, (root) => build(root, data.hues)));
}

function build(root, hues) {
  const figure = { root, distance: 1.5, G: network(1), D: network(1) };
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" });
  svg.append(
    shape("line", { class: "axis", x1: 20, x2: WIDE - 20, y1: BASE, y2: BASE }),
    shape("line", { class: "axis half", x1: 20, x2: WIDE - 20, y1: CHANCE(0.5), y2: CHANCE(0.5) }),
    words("D = ½", WIDE - 20, CHANCE(0.5) - 6, "end"),
  );
  for (let at = -4; at <= 4; at += 2) svg.append(words(`${at}`.replace("-", "−"), X(at), HIGH - 8, "middle"));
  const line = (name, hue) => {
    const made = shape("path", { class: name, stroke: hue, fill: name === "area" ? hue : "none" });
    svg.append(made);
    return made;
  };
  figure.parts = {
    p: line("area", hues.d_real), q: line("area", hues.d_fake),
    best: line("line dashed", hues.loss), learned: line("line", hues.discriminator_loss),
  };
  figure.svg = svg;
  figure.go = press("Train", () => (figure.turn ? stop(figure) : start(figure)));
  figure.said = node("p", "said");
  root.append(
    legend([["data p", hues.d_real], ["generator q", hues.d_fake], ["D", hues.discriminator_loss], ["best D = p / (p + q), dashed", hues.loss]]),
    svg,
    node("div", "row", figure.go,
      press("Train D alone", () => alone(figure)),
      press("Start again", () => again(figure))),
    node("div", "sliders", slider("distance", { min: 0, max: 3, step: 0.1, value: figure.distance, hue: hues.d_real, format: (value) => value.toFixed(1) }, (distance) => {
      figure.distance = distance;
      draw(figure);
    })),
    figure.said,
  );
  return figure;
}

// Two curves are drawn from q, at the same places.
function remembered(f) {
  const known = new Map();
  return (x) => known.get(x) ?? known.set(x, f(x)).get(x);
}

function legend(entries) {
  return node("div", "legend", ...entries.map(([name, hue]) => {
    const chip = node("i");
    chip.style.background = hue;
    return node("span", "", chip, name);
  }));
}

function start(figure) {
  const turn = (figure.turn = {});
  figure.go.textContent = "Pause";
  const begun = figure.G.steps;
  const frame = () => {
    if (figure.turn !== turn || !figure.root.isConnected) return;
    for (let step = 0; step < (still() ? STILL_STEPS : FRAME_STEPS); step++) train(figure, false);
    draw(figure);
    if (still() || figure.G.steps - begun >= MAX_STEPS) return stop(figure);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function stop(figure) {
  figure.turn = null;
  figure.go.textContent = "Train";
}

function alone(figure) {
  stop(figure);
  for (let step = 0; step < ALONE_STEPS; step++) train(figure, true);
  draw(figure);
}

function again(figure) {
  stop(figure);
  Object.assign(figure, { G: network(1), D: network(1) });
  draw(figure);
}

function draw(figure) {
  const { parts, G, D, distance } = figure;
  const made = codes.map((z) => output(G, z));
  const wide = Math.hypot(WIDTH, KERNEL);
  const p = (x) => (bell(x, -distance, wide) + bell(x, distance, wide)) / 2;
  const q = remembered((x) => made.reduce((sum, at) => sum + bell(x, at, KERNEL), 0) / CODES);
  const cut = (density) => (x) => Math.min(density(x), PEAK);
  const closed = (d) => `${d}L${X(RANGE[1])} ${BASE}L${X(RANGE[0])} ${BASE}z`;
  setAll(parts.p, { d: closed(curve(cut(p), RANGE, X, DENSITY)) });
  setAll(parts.q, { d: closed(curve(cut(q), RANGE, X, DENSITY)) });
  // Where neither has anything, no best D is defined: 1e-4 of both makes it a half there.
  setAll(parts.best, { d: curve((x) => (p(x) + 1e-4) / (p(x) + q(x) + 2e-4), RANGE, X, CHANCE) });
  setAll(parts.learned, { d: curve((x) => sigmoid(output(D, x)), RANGE, X, CHANCE) });
  const left = made.filter((x) => x < 0).length / CODES;
  const fake = made.reduce((sum, x) => sum + sigmoid(output(D, x)), 0) / CODES;
  const [chance, share] = [fake, left].map((fraction) => Math.round(100 * fraction));
  figure.said.textContent =
    `${G.steps.toLocaleString("en")} steps of G, ${D.steps.toLocaleString("en")} of D. ` +
    `To D, what G makes is real with a probability of ${chance} % on average. ` +
    `${share} % of it lie on the left, ${100 - share} % on the right.`;
  figure.svg.setAttribute("aria-label", `Two densities and the discriminator. ${figure.said.textContent}`);
}
