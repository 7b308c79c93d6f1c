// The gradient with respect to μ of the mean of (z − a)², with z from N(μ, σ²): exactly 2 (μ − a).
// Each estimate is the average over a batch of codes; both ways get the same codes.
//   pathwise: 2 (z − a)        score function: (z − a)² (z − μ) / σ²

const WIDE = 560, HIGH = 150, BINS = 60, TARGET = 1;
const MAX_ESTIMATES = 4000, FRAME_ESTIMATES = 40;
const WAYS = [
  { name: "pathwise", hue: "z", one: (z, mean, deviation) => 2 * (z - TARGET) },
  { name: "score function", hue: "reconstruction", one: (z, mean, deviation) => ((z - TARGET) ** 2 * (z - mean)) / deviation ** 2 },
];

// The variances of one code's gradient, by the moments of the bell curve.
function exact({ mean, deviation }) {
  const d2 = (mean - TARGET) ** 2, s2 = deviation ** 2;
  return [4 * s2, d2 ** 2 / s2 + 14 * d2 + 15 * s2];
}

function mount({ parentElement, data }) {
  const figure = once(parentElement, (root) => build(root, data.hues));
  if (!figure.count) run(figure);
}

function build(root, hues) {
  const figure = { root, mean: 0, deviation: 0.5, batch: 10, count: 0 };
  const change = (values) => {
    Object.assign(figure, values);
    reset(figure);
    run(figure);
  };
  figure.charts = WAYS.map((way) => chart(way, hues[way.hue]));
  figure.cells = WAYS.map(() => [node("td"), node("td"), node("td")]);
  const body = node("tbody", "", ...WAYS.map((way, i) => node("tr", "", node("th", "", way.name), ...figure.cells[i])));
  const head = node("thead", "", node("tr", "", ...["way", "mean", "variance", "by formula"].map((text) => node("th", "", text))));
  figure.said = node("p", "said");
  root.append(
    node("div", "sliders",
      slider("μ", { min: -2, max: 2, step: 0.1, value: figure.mean, hue: hues.mean }, (mean) => change({ mean })),
      slider("σ", { min: 0.1, max: 2, step: 0.05, value: figure.deviation, hue: hues.log_var }, (deviation) => change({ deviation })),
      slider("batch", { min: 1, max: 200, step: 1, value: figure.batch, hue: hues.loss, format: String }, (batch) => change({ batch })),
    ),
    ...figure.charts.map((each) => each.svg),
    node("table", "", head, body),
    figure.said,
  );
  reset(figure);
  return figure;
}

function reset(figure) {
  Object.assign(figure, { count: 0, sums: [0, 0], squares: [0, 0] });
  const spread = Math.max(...exact(figure).map((variance) => Math.sqrt(variance / figure.batch)));
  const middle = 2 * (figure.mean - TARGET);
  figure.range = [middle - 3.5 * spread, middle + 3.5 * spread];
  figure.bins = WAYS.map(() => new Array(BINS).fill(0));
  figure.turn = (figure.turn ?? 0) + 1;
}

// A few estimates a frame, so that one sees them come; without motion all at once.
function run(figure) {
  const turn = figure.turn;
  const frame = () => {
    if (turn !== figure.turn || !figure.root.isConnected) return;
    estimate(figure, still() ? MAX_ESTIMATES : FRAME_ESTIMATES);
    draw(figure);
    if (figure.count < MAX_ESTIMATES) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function estimate(figure, count) {
  const { mean, deviation, batch, range } = figure;
  for (let done = 0; done < count; done++) {
    const sums = [0, 0];
    for (let i = 0; i < batch; i++) {
      const z = mean + deviation * normal();
      for (const [way, { one }] of WAYS.entries()) sums[way] += one(z, mean, deviation);
    }
    for (const [way, sum] of sums.entries()) {
      const value = sum / batch;
      figure.sums[way] += value;
      figure.squares[way] += value * value;
      const bin = Math.floor(((value - range[0]) / (range[1] - range[0])) * BINS);
      if (bin >= 0 && bin < BINS) figure.bins[way][bin]++;
    }
  }
  figure.count += count;
}

function chart(way, hue) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": `Estimates of the gradient, ${way.name}` });
  const bars = Array.from({ length: BINS }, () => shape("rect", { class: "bar", fill: hue }));
  const truth = shape("line", { class: "axis", y1: 24, y2: HIGH - 22, "stroke-dasharray": "4 4" });
  const axis = shape("g");
  svg.append(words(`${way.name} estimates`, 0, 16, "start"), ...bars, truth, shape("line", { class: "axis", x1: 0, x2: WIDE, y1: HIGH - 22, y2: HIGH - 22 }), axis);
  return { svg, bars, truth, axis };
}

function draw(figure) {
  const { range, charts, bins, count, batch } = figure;
  const x = linear(range, [0, WIDE]);
  const truth = 2 * (figure.mean - TARGET);
  const [pathwise, score] = exact(figure).map((variance) => variance / batch);
  const number = (value) => (value === 0 ? 0 : value).toPrecision(3).replace("-", "−");
  for (const [way, each] of charts.entries()) {
    const y = linear([0, Math.max(...bins[way], 1)], [HIGH - 22, 24]);
    for (const [bin, bar] of each.bars.entries()) {
      const top = y(bins[way][bin]);
      setAll(bar, { x: (bin * WIDE) / BINS, width: WIDE / BINS - 1, y: top, height: HIGH - 22 - top });
    }
    setAll(each.truth, { x1: x(truth), x2: x(truth) });
    each.axis.replaceChildren(...ticks(...range, 7).map((tick) => words(`${Number(tick.toPrecision(6))}`.replace("-", "−"), x(tick), HIGH - 4, "middle")));
    const mean = figure.sums[way] / count;
    const variance = figure.squares[way] / count - mean ** 2;
    const cells = [mean, variance, [pathwise, score][way]];
    for (const [i, value] of cells.entries()) figure.cells[way][i].textContent = number(value);
  }
  figure.said.textContent =
    `After ${count.toLocaleString("en")} estimates each: the exact gradient is ${number(truth)}, ` +
    `and the score function's variance is ${number(score / pathwise)} times the pathwise one's.`;
}
