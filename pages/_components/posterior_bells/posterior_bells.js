// Per dimension two lines from -3 to 3: above, the one number that an autoencoder gives; below it, the
// bell curve of a VAE with the codes that were sampled from it.

const WIDE = 320, HIGH = 190, RANGE = [-3.2, 3.2];
const X = linear(RANGE, [12, WIDE - 12]);

function mount({ parentElement, data }) {
  const root = parentElement.querySelector(".figure");
  root.replaceChildren(node("div", "rows", ...data.mean.map((_, dimension) => row(data, dimension))));
}

function row({ mean, deviation, samples, point, hues }, dimension) {
  const middle = mean[dimension], width = deviation[dimension];
  const svg = shape("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    role: "img",
    "aria-label": `z${dimension + 1}: one number, ${twoDigits(point[dimension])}, against a bell curve with mean ${twoDigits(middle)} and standard deviation ${twoDigits(width)}`,
  });
  const peak = bell(middle, middle, width);
  const y = linear([0, Math.max(peak, 0.4)], [150, 62]);
  const within = (value) => X(Math.max(RANGE[0], Math.min(RANGE[1], value)));
  svg.append(
    words(`z${dimension + 1}, autoencoder: ${twoDigits(point[dimension])}`, 0, 14, "start"),
    shape("line", { class: "axis", x1: 12, x2: WIDE - 12, y1: 34, y2: 34 }),
    shape("circle", { cx: within(point[dimension]), cy: 34, r: 7, fill: hues.reconstruction }),
    words(`VAE: ${twoDigits(middle)} ± ${twoDigits(width)}`, 0, 60, "start"),
    shape("line", { class: "axis", x1: 12, x2: WIDE - 12, y1: 150, y2: 150 }),
    shape("path", { class: "line", stroke: hues.mean, d: curve((at) => bell(at, middle, width), RANGE, X, y, 320) }),
    ...samples.map((code) => shape("circle", { cx: within(code[dimension]), cy: 150, r: 5, fill: hues.z, opacity: 0.8 })),
    ...[-2, 0, 2].map((at) => words(`${at}`.replace("-", "−"), X(at), 174, "middle")),
  );
  return svg;
}
