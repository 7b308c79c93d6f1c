// The cross-entropy of one pixel: −x ln p − (1 − x) ln (1 − p), for the grey level x of the image and
// the one, p, of the reconstruction. It is least at p = x.

const WIDE = 560, HIGH = 250, BASE = 210, MOST = 5; // nats
const costOf = (x, p) => (x ? -x * Math.log(p) : 0) - (x < 1 ? (1 - x) * Math.log(1 - p) : 0);

function mount({ parentElement, data }) {
  draw(once(parentElement, (root) => build(root, data.hues)));
}

function build(root, hues) {
  const figure = { image: 1, copy: 0.3, x: linear([0, 1], [34, WIDE - 12]), y: linear([0, MOST], [BASE, 14]) };
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" });
  svg.append(shape("line", { class: "axis", x1: 34, x2: WIDE - 12, y1: BASE, y2: BASE }));
  for (const at of [0, 0.25, 0.5, 0.75, 1]) svg.append(words(`${at}`, figure.x(at), BASE + 18, "middle"));
  for (const at of [1, 2, 3, 4, 5]) svg.append(words(`${at}`, 24, figure.y(at) + 5, "end"));
  svg.append(words("nats", 40, 16, "start"), words("grey level p of the reconstruction", WIDE - 12, BASE + 36, "end"));
  figure.curve = shape("path", { class: "line", stroke: hues.reconstruction });
  figure.least = shape("line", { class: "axis", "stroke-dasharray": "4 4", y1: 14, y2: BASE });
  figure.dot = shape("circle", { r: 8, fill: hues.reconstruction });
  svg.append(figure.least, figure.curve, figure.dot);
  figure.svg = svg;
  figure.said = node("p", "said");
  const change = (values) => draw(Object.assign(figure, values));
  root.append(
    svg,
    node("div", "sliders",
      slider("pixel x", { min: 0, max: 1, step: 0.05, value: figure.image, hue: hues.loss }, (image) => change({ image })),
      slider("copy p", { min: 0.01, max: 0.99, step: 0.01, value: figure.copy, hue: hues.reconstruction }, (copy) => change({ copy })),
    ),
    figure.said,
  );
  return figure;
}

function draw({ image, copy, x, y, curve: path, least, dot, said, svg }) {
  const cost = costOf(image, copy);
  path.setAttribute("d", curve((p) => Math.min(costOf(image, p), MOST), [0.005, 0.995], x, y));
  setAll(least, { x1: x(image), x2: x(image) });
  setAll(dot, { cx: x(copy), cy: y(Math.min(cost, MOST)) });
  const best = image > 0 && image < 1 ? costOf(image, image) : 0;
  said.textContent = `This pixel costs ${twoDigits(cost)} nats; a perfect copy costs ${twoDigits(best)}.`;
  svg.setAttribute("aria-label", said.textContent);
}
