// Three panels with one zoom over the epochs: drag across a panel to look closer, double-click to
// come back. New data redraw what is inside the nodes and touch neither the nodes nor the zoom.

const MIN_DRAG = 6; // pixels; less is a click
// In pixels, as all that follows; it grows with the text of the page.
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const margins = () => {
  const size = rem();
  return { left: 3.1 * size, right: 0.75 * size, top: 0.5 * size, bottom: 1.5 * size };
};

function showCurves(root, data) {
  const chart = (root.chart ??= { root, zoom: null, data: null, panels: [] });
  chart.data = data;
  if (!chart.panels.length) build(chart);
  draw(chart);
}

function build(chart) {
  const { root, data } = chart;
  root.classList.toggle("small", Boolean(data.small));
  root.style.setProperty("--panels", data.panels.length);
  chart.panels = data.panels.map((spec) => panel(chart, spec));
  root.append(...chart.panels.map((each) => each.box), legend(chart));
  new ResizeObserver(() => draw(chart)).observe(root);
}

function panel(chart, spec) {
  const box = element("div", { class: "panel" });
  const header = element("header");
  const title = element("strong", {}, `${spec.title} (${spec.unit})`);
  const readout = element("output", { "aria-live": "off" }); // the pointer's
  header.append(title, readout);
  const svg = shape("svg", { role: "img" });
  const parts = {
    axes: shape("g"),
    marks: shape("g"),
    training: shape("path", { class: "line training", stroke: spec.color }),
    validation: shape("path", { class: "line validation", stroke: spec.color }),
    cursor: shape("line", { class: "cursor" }),
    brush: shape("rect", { class: "brush", width: 0 }),
  };
  svg.append(...Object.values(parts));
  box.append(header, svg);
  const made = { box, svg, readout, spec, parts };
  listen(chart, made);
  return made;
}

function legend(chart) {
  const box = element("div", { class: "legend" });
  for (const [name, dashes] of [["training", ""], ["validation", "5 4"]]) {
    const span = element("span");
    const sample = shape("svg");
    sample.append(shape("line", { x1: 0, x2: 28, y1: 5, y2: 5, "stroke-dasharray": dashes }));
    span.append(sample, name);
    box.append(span);
    if (name === "validation") chart.validationKey = span;
  }
  if (!chart.data.small) box.append(element("span", {}, "Drag to zoom."));
  chart.back = element("button", { type: "button", hidden: "" }, "Show all epochs");
  chart.back.addEventListener("click", () => zoomTo(chart, null));
  box.append(chart.back);
  return box;
}

function listen(chart, each) {
  let from = null;
  const position = (event) => event.clientX - each.svg.getBoundingClientRect().left;
  each.svg.addEventListener("pointerdown", (event) => {
    from = position(event);
    each.svg.setPointerCapture(event.pointerId);
  });
  each.svg.addEventListener("pointermove", (event) => {
    const at = position(event);
    if (from === null) return hover(chart, each.scale.epoch(at));
    set(each.parts.brush, {
      x: Math.min(from, at), width: Math.abs(at - from),
      y: each.scale.margin.top, height: each.scale.high,
    });
  });
  const drop = (event) => {
    const at = position(event);
    set(each.parts.brush, { width: 0 });
    if (from !== null && event.type === "pointerup" && Math.abs(at - from) > MIN_DRAG) {
      const [low, high] = [each.scale.epoch(from), each.scale.epoch(at)].sort((a, b) => a - b);
      zoomTo(chart, [Math.max(0, low), high]);
    }
    from = null;
  };
  each.svg.addEventListener("pointerup", drop);
  each.svg.addEventListener("pointercancel", drop);
  each.svg.addEventListener("pointerleave", () => hover(chart, null));
  each.svg.addEventListener("dblclick", () => zoomTo(chart, null));
}

function zoomTo(chart, zoom) {
  chart.zoom = zoom;
  draw(chart);
}

function draw(chart) {
  const { points, marks } = chart.data;
  const last = Math.max(1, ...points.training.epoch.slice(-1), ...points.validation.epoch.slice(-1));
  const [low, high] = chart.zoom ?? [0, last];
  chart.back.hidden = chart.zoom === null;
  chart.root.dataset.zoom = chart.zoom ? chart.zoom.map((x) => x.toFixed(2)).join(" ") : "";
  chart.validationKey.hidden = points.validation.epoch.length === 0;
  for (const each of chart.panels) drawPanel(each, points, marks, low, high);
}

// The moment at which a person changed a setting; neighbours are written on lines of their own.
function drawMark(mark, index, { x, margin, high: inner }, low, high) {
  if (mark.epoch < low || mark.epoch > high) return [];
  const at = x(mark.epoch);
  const line = shape("line", { class: "mark", x1: at, x2: at, y1: margin.top, y2: margin.top + inner });
  const late = mark.epoch > (low + high) / 2;
  const row = margin.top + (0.65 + (index % 3) * 0.9) * rem();
  const text = words(mark.text, at + (late ? -4 : 4), row, late ? "end" : "start");
  text.classList.add("mark");
  return [line, text];
}

function drawPanel(each, points, marks, low, high) {
  const width = each.svg.clientWidth;
  const height = each.svg.clientHeight;
  if (!width || !height) return;
  const quantity = each.spec.quantity;
  const values = Object.values(points).flatMap((part) =>
    part[quantity].filter((_, i) => part.epoch[i] >= low && part.epoch[i] <= high),
  );
  let [bottom, top] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  // What differs in the last digits alone is flat: closer up it would be rounding errors.
  const minimum = 1e-6 * Math.max(1, Math.abs(bottom), Math.abs(top));
  const spread = Math.max(0.5, minimum);
  if (top - bottom < minimum) [bottom, top] = [bottom - spread, top + spread];
  const [margin, size] = [margins(), rem()];
  const inner = { x: width - margin.left - margin.right, y: height - margin.top - margin.bottom };
  const x = (epoch) => margin.left + ((epoch - low) / (high - low)) * inner.x;
  const y = (nats) => margin.top + ((top - nats) / (top - bottom)) * inner.y;
  const epoch = (pixel) => low + ((pixel - margin.left) / inner.x) * (high - low);
  each.scale = { x, y, epoch, margin, high: inner.y };
  each.points = points;
  set(each.svg, { "aria-label": label(each, points) });
  const labelled = heights(bottom, top, height > 9.4 * size ? 5 : 3);
  each.parts.axes.replaceChildren(
    // Without points there is nothing to measure.
    ...(values.length ? labelled.flatMap((value) => [
      shape("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }),
      words(short(value), margin.left - 0.35 * size, y(value) + 0.3 * size, "end"),
    ]) : [words("No points yet", margin.left + inner.x / 2, margin.top + inner.y / 2, "middle")]),
    ...ticks(low, high, Math.max(2, Math.floor(inner.x / (2.4 * size))), 1).map((value) =>
      words(short(value), x(value), height - 0.4 * size, "middle"),
    ),
    words("epoch", margin.left - 0.6 * size, height - 0.4 * size, "end"),
  );
  each.parts.marks.replaceChildren(...marks.flatMap((mark, i) => drawMark(mark, i, each.scale, low, high)));
  for (const part of ["training", "validation"]) {
    const shown = inside(points[part], quantity, x, y, low, high);
    // A line needs two points; one alone is a line of no length with round ends.
    each.parts[part].classList.toggle("dot", shown.length === 1);
    set(each.parts[part], { d: shown.length ? `M${shown.join("L")}${shown.length === 1 ? "h0" : ""}` : "" });
  }
}

// The numbers beside an axis: one alone would not say how far apart things are.
function heights(bottom, top, count) {
  const values = ticks(bottom, top, count);
  return values.length > 1 ? values : ticks(bottom, top, count + 2);
}

function inside(part, quantity, x, y, low, high) {
  const shown = [];
  part.epoch.forEach((epoch, i) => {
    if (epoch >= low && epoch <= high) {
      shown.push(`${x(epoch).toFixed(1)} ${y(part[quantity][i]).toFixed(1)}`);
    }
  });
  return shown;
}

function hover(chart, epoch) {
  for (const each of chart.panels) {
    const inside = epoch !== null && each.scale;
    const found = inside ? nearest(each.points.training.epoch, epoch) : -1;
    if (found < 0) {
      each.readout.textContent = "";
      set(each.parts.cursor, { x1: -9, x2: -9 });
      continue;
    }
    const at = each.points.training.epoch[found];
    const parts = [`epoch ${at.toFixed(1)}: ${each.points.training[each.spec.quantity][found].toFixed(2)}`];
    const held = nearest(each.points.validation.epoch, at);
    if (held >= 0) {
      parts.push(`validation ${each.points.validation[each.spec.quantity][held].toFixed(2)}`);
    }
    each.readout.textContent = parts.join(", ");
    const column = each.scale.x(at);
    set(each.parts.cursor, { x1: column, x2: column, y1: each.scale.margin.top, y2: each.scale.margin.top + each.scale.high });
  }
}

function nearest(values, wanted) {
  let best = -1;
  values.forEach((value, i) => {
    if (best < 0 || Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = i;
  });
  return best;
}

function label(each, points) {
  const last = points.training[each.spec.quantity].at(-1);
  return last === undefined
    ? `${each.spec.title}: no points yet`
    : `${each.spec.title} over epochs, now ${last.toFixed(2)} ${each.spec.unit}`;
}

const short = (value) => String(Number(value.toPrecision(5)));
const set = (node, attributes) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
};

function element(name, attributes = {}, text = "") {
  const node = document.createElement(name);
  set(node, attributes);
  node.textContent = text;
  return node;
}
