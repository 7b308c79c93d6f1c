// One latent dimension of one image: its posterior N(μ, σ²) against the prior N(0, 1).
//   KL = ½ (μ² + σ² − 1 − log σ²)
// Where a reconstruction pulls too, its decoder copies the code z with a Gaussian of precision SHARP
// around the image's own code OWN, so that its cost is ½ SHARP ((μ − OWN)² + σ²), up to a constant.

const WIDE = 560, HIGH = 260, RANGE = [-4, 4], BASE = 230, PEAK = 1.3;
const OWN = 2, SHARP = 4;
const MIN_LOG_VAR = -4, MAX_LOG_VAR = 2;
const LONGEST = 12; // nats: a full bar
const RATE = 0.04; // of one frame's step downhill

const klOf = ({ mean, logVar }) => (mean ** 2 + Math.exp(logVar) - 1 - logVar) / 2;
const copyOf = ({ mean, logVar }) => (SHARP * ((mean - OWN) ** 2 + Math.exp(logVar))) / 2;

function mount({ parentElement, data }) {
  draw(once(parentElement, (root) => build(root, data)));
}

function build(root, { hues, hasReconstruction }) {
  const figure = { root, hues, mean: 1.5, logVar: -1, beta: 1, hasReconstruction };
  figure.x = linear(RANGE, [10, WIDE - 10]);
  figure.y = linear([0, PEAK], [BASE, 16]);
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", class: "field" });
  const prior = shape("path", { class: "line", stroke: hues.loss, "stroke-dasharray": "6 5", d: curve((at) => bell(at, 0, 1), RANGE, figure.x, figure.y) });
  figure.posterior = shape("path", { class: "line", stroke: hues.kl });
  figure.middle = shape("circle", { r: 9, fill: hues.mean });
  svg.append(shape("line", { class: "axis", x1: 10, x2: WIDE - 10, y1: BASE, y2: BASE }), prior, figure.posterior, figure.middle);
  for (let at = -4; at <= 4; at += 2) svg.append(words(`${at}`.replace("-", "−"), figure.x(at), 250, "middle"));
  svg.append(words("prior N(0, 1), dashed", 14, 22, "start"));
  if (hasReconstruction) svg.append(shape("line", { class: "line", stroke: hues.reconstruction, "stroke-dasharray": "3 5", x1: figure.x(OWN), x2: figure.x(OWN), y1: 40, y2: BASE }), words("where copies are best", figure.x(OWN), 32, "middle"));
  figure.svg = svg;
  follow(figure);
  figure.sliders = [
    slider("μ", { min: -3, max: 3, step: 0.05, value: figure.mean, hue: hues.mean }, (mean) => change(figure, { mean })),
    slider("log σ²", { min: MIN_LOG_VAR, max: MAX_LOG_VAR, step: 0.05, value: figure.logVar, hue: hues.log_var }, (logVar) => change(figure, { logVar })),
  ];
  const rows = hasReconstruction ? [["reconstruction", hues.reconstruction], ["beta × KL", hues.kl], ["loss", hues.loss]] : [["KL", hues.kl]];
  figure.costs = rows.map(([name, hue]) => {
    const bar = node("i");
    bar.style.background = hue;
    return { name: node("span", "", name), bar, value: node("output") };
  });
  figure.said = node("p", "said");
  const sliders = node("div", "sliders", ...figure.sliders);
  root.append(svg, sliders, node("div", "costs", ...figure.costs.flatMap(({ name, bar, value }) => [name, bar, value])), figure.said);
  if (hasReconstruction) {
    sliders.append(slider("beta", { min: 0, max: 8, step: 0.1, value: 1, hue: hues.loss, format: (value) => value.toFixed(1) }, (beta) => change(figure, { beta })));
    root.append(node("div", "row", press("Let both pull", () => descend(figure))));
  }
  return figure;
}

// A drag moves the curve: sideways its mean, up and down its width.
function follow(figure) {
  const at = (event) => {
    const box = figure.svg.getBoundingClientRect();
    const scale = WIDE / box.width;
    const peak = figure.y.invert((event.clientY - box.top) * scale);
    const deviation = 1 / (Math.max(peak, 0.15) * Math.sqrt(2 * Math.PI));
    change(figure, { mean: figure.x.invert((event.clientX - box.left) * scale), logVar: 2 * Math.log(deviation) });
  };
  figure.svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls; it has the sliders
    figure.svg.setPointerCapture(event.pointerId);
    at(event);
  });
  figure.svg.addEventListener("pointermove", (event) => {
    if (figure.svg.hasPointerCapture(event.pointerId)) at(event);
  });
}

function change(figure, values) {
  figure.turn = null; // whoever moves it by hand ends the descent
  place(figure, values);
}

function place(figure, values) {
  Object.assign(figure, values);
  figure.mean = Math.max(-3, Math.min(3, figure.mean));
  figure.logVar = Math.max(MIN_LOG_VAR, Math.min(MAX_LOG_VAR, figure.logVar));
  figure.sliders[0].set(figure.mean);
  figure.sliders[1].set(figure.logVar);
  draw(figure);
}

function gradient({ mean, logVar, beta }) {
  const variance = Math.exp(logVar);
  return [SHARP * (mean - OWN) + beta * mean, (SHARP * variance + beta * (variance - 1)) / 2];
}

function descend(figure) {
  const turn = (figure.turn = {});
  const frame = () => {
    if (figure.turn !== turn || !figure.root.isConnected) return;
    const steps = still() ? 500 : 1;
    let slope = [0, 0];
    for (let step = 0; step < steps; step++) {
      slope = gradient(figure);
      Object.assign(figure, { mean: figure.mean - RATE * slope[0], logVar: Math.max(MIN_LOG_VAR, figure.logVar - 2 * RATE * slope[1]) });
    }
    place(figure, {});
    if (Math.hypot(...slope) > 1e-3 && figure.logVar > MIN_LOG_VAR) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function draw(figure) {
  const { mean, logVar, beta, x, y, hasReconstruction } = figure;
  const deviation = Math.exp(logVar / 2);
  const kl = klOf(figure);
  figure.posterior.setAttribute("d", curve((at) => Math.min(bell(at, mean, deviation), PEAK), RANGE, x, y));
  setAll(figure.middle, { cx: x(mean), cy: y(Math.min(bell(mean, mean, deviation), PEAK)) });
  const costs = hasReconstruction ? [copyOf(figure), beta * kl, copyOf(figure) + beta * kl] : [kl];
  for (const [i, { bar, value }] of figure.costs.entries()) {
    bar.style.width = `${Math.min(100, (100 * costs[i]) / LONGEST)}%`;
    value.textContent = twoDigits(costs[i]);
  }
  const minus = (value) => (value < 0 ? `+ ${twoDigits(-value)}` : `− ${twoDigits(value)}`);
  const square = mean < 0 ? `(${twoDigits(mean)})²` : `${twoDigits(mean)}²`;
  const sum = `½ (${square} + ${twoDigits(deviation ** 2)} − 1 ${minus(logVar)})`;
  figure.said.textContent = hasReconstruction
    ? `Both are least at μ = ${twoDigits((SHARP * OWN) / (SHARP + beta))}, σ = ${twoDigits(Math.sqrt(beta / (SHARP + beta)))} for this beta. In nats.`
    : `KL = ${sum} = ${twoDigits(kl)} nats. It is 0 where the curves are the same, and never below.`;
  figure.svg.setAttribute("aria-label", `Bell curve with mean ${twoDigits(mean)} and standard deviation ${twoDigits(deviation)}; its KL against the prior is ${twoDigits(kl)} nats`);
}
