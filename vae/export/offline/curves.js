// The learning curves, one panel a quantity, each in its unit.

const EDGE = { left: 46, right: 16, top: 8, bottom: 24 };
const HEIGHT = 128;

function makeCurves(lab) {
  const { titles, units, points } = lab.run.curves;
  const box = document.querySelector(".curves");
  for (const [name, title] of Object.entries(titles)) {
    const readout = element("output");
    const svg = shape("svg", { role: "img" });
    const header = element("header", {}, element("strong", {}, title), element("span", {}, units[name]), readout);
    const panel = { name, title, unit: units[name], svg, readout, points, hue: lab.run.hues[name] };
    box.append(element("div", { class: "panel" }, header, svg));
    svg.addEventListener("pointermove", (event) => {
      if (panel.x) read(panel, panel.epoch(event.clientX - svg.getBoundingClientRect().left));
    });
    svg.addEventListener("pointerleave", () => read(panel, null));
    new ResizeObserver(() => drawPanel(panel)).observe(svg);
  }
  const learning = document.querySelector(".learning");
  learning.hidden = !Object.keys(titles).length;
  learning.querySelector(".dashed").hidden = !points.validation.epoch.length;
}

function drawPanel(panel) {
  const { svg, points, name, hue, title, unit } = panel;
  const width = svg.clientWidth;
  if (!width) return;
  const parts = Object.values(points);
  const values = parts.flatMap((part) => part[name]).filter((value) => value !== null);
  const last = Math.max(1, ...parts.map((part) => part.epoch.at(-1) ?? 1));
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (high - low < 1e-6 * Math.max(1, Math.abs(high))) [low, high] = [low - 0.5, high + 0.5];
  const inner = { x: width - EDGE.left - EDGE.right, y: HEIGHT - EDGE.top - EDGE.bottom };
  const x = (epoch) => EDGE.left + (epoch / last) * inner.x;
  const y = (nats) => EDGE.top + ((high - nats) / (high - low)) * inner.y;
  const marks = ticks(low, high, 3).flatMap((value) => [
    shape("line", { class: "rule", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
    shape("text", { x: EDGE.left - 7, y: y(value) + 4, "text-anchor": "end" }, short(value)),
  ]);
  const whole = ticks(0, last, Math.max(2, Math.floor(inner.x / 60))).filter(Number.isInteger);
  marks.push(...whole.map((value) => shape("text", { x: x(value), y: HEIGHT - 6, "text-anchor": "middle" }, value)));
  marks.push(shape("text", { x: EDGE.left - 7, y: HEIGHT - 6, "text-anchor": "end" }, "epoch"));
  const lines = ["training", "validation"].map((part) => {
    // A line needs two points; one alone is a line of no length with round ends.
    const dot = points[part].epoch.length === 1;
    const d = path(points[part], name, x, y) + (dot ? "h0" : "");
    return shape("path", { class: `line ${part}${dot ? " dot" : ""}`, stroke: hue, d });
  });
  svg.replaceChildren(...marks, ...lines, shape("line", { class: "reader", x1: -9, x2: -9, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
  const end = points.training[name].findLast((value) => value !== null);
  svg.setAttribute("aria-label", `${title} over the epochs, at the end ${end.toFixed(2)} ${unit}`);
  Object.assign(panel, { x, epoch: (pixel) => ((pixel - EDGE.left) / inner.x) * last });
  read(panel, null);
}

function path(part, name, x, y) {
  let pen = "M";
  return part.epoch.map((epoch, i) => {
    const value = part[name][i];
    if (value === null) return (pen = "M"), "";
    const step = `${pen}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
    return step;
  }).join("");
}

// What the curves say at an epoch; at none, how they ended.
function read(panel, epoch) {
  const { points, name, svg, readout, x } = panel;
  const at = (part) => {
    const index = part.epoch.reduce(
      (best, value, i) => (epoch === null || Math.abs(value - epoch) < Math.abs(part.epoch[best] - epoch) ? i : best), 0,
    );
    return part.epoch.length && part[name][index] !== null ? [part.epoch[index], part[name][index]] : null;
  };
  const [trained, held] = [at(points.training), at(points.validation)];
  const words = trained ? [`epoch ${trained[0].toFixed(1)}: ${trained[1].toFixed(2)}`] : [];
  if (held) words.push(`validation ${held[1].toFixed(2)}`);
  readout.textContent = words.join(", ");
  const position = epoch === null || !trained ? -9 : x(trained[0]);
  for (const end of ["x1", "x2"]) svg.querySelector(".reader").setAttribute(end, position);
}
