// A panel: the curves of one quantity, a band of one standard deviation around a mean over seeds.

const MIN_DRAG = 6; // pixels; less is a click
const KEY_STEP = 0.02; // of what is shown
let panelCount = 0;

function buildPanels(chart) {
  chart.panels = chart.data.panels.map((spec) => {
    const id = `panel-${panelCount++}`;
    const svg = shape("svg", { tabindex: 0, role: "slider", "aria-label": `${spec.title}, ${spec.unit}` });
    const parts = {
      axes: shape("g"), clip: shape("clipPath", { id }), curves: shape("g", { "clip-path": `url(#${id})` }),
      pointer: shape("g"), brush: shape("rect", { class: "brush", width: 0 }),
    };
    parts.frame = shape("rect");
    parts.clip.append(parts.frame);
    svg.append(...Object.values(parts).filter((part) => part !== parts.frame));
    const title = element("figcaption", {}, element("strong", {}, spec.title), ` ${spec.unit}`);
    const panel = { spec, svg, parts, box: element("figure", { "data-quantity": spec.quantity }, title, svg) };
    listen(chart, panel);
    return panel;
  });
  chart.root.style.setProperty("--panels", chart.panels.length);
  chart.root.querySelector(".panels").replaceChildren(...chart.panels.map(({ box }) => box));
}

function listen(chart, panel) {
  const { svg, parts } = panel;
  let from = null;
  const place = (event) => event.clientX - svg.getBoundingClientRect().left;
  const within = (x) => Math.min(chart.shown[1], Math.max(chart.shown[0], x));
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    from = place(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    const at = place(event);
    pointAt(chart, within(panel.scale.value(at)));
    if (from === null || event.pointerType === "touch") return;
    const { top, high } = panel.scale;
    set(parts.brush, { x: Math.min(from, at), width: Math.abs(at - from), y: top, height: high });
  });
  svg.addEventListener("pointerup", (event) => {
    const [start, at] = [from, place(event)];
    from = null;
    set(parts.brush, { width: 0 });
    if (start === null || event.pointerType === "touch" || Math.abs(at - start) <= MIN_DRAG) return;
    zoomTo(chart, [start, at].map((x) => within(panel.scale.value(x))).sort((a, b) => a - b));
  });
  svg.addEventListener("pointercancel", () => {
    from = null;
    set(parts.brush, { width: 0 });
  });
  svg.addEventListener("pointerleave", () => pointAt(chart, null));
  svg.addEventListener("dblclick", () => zoomTo(chart, null));
  svg.addEventListener("blur", () => pointAt(chart, null));
  svg.addEventListener("keydown", (event) => {
    const [low, high] = chart.shown;
    const step = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (event.key === "Escape") return pointAt(chart, null);
    if (!step) return undefined;
    event.preventDefault();
    return pointAt(chart, within((chart.at ?? high) + step * (high - low)));
  });
}

function drawPanel(chart, panel) {
  const { svg, spec, parts } = panel;
  const [width, height] = [svg.clientWidth, svg.clientHeight];
  if (!width || !height) return;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [left, top] = [3.4 * rem, 0.5 * rem];
  const [wide, high] = [width - left - 0.8 * rem, height - top - 2.5 * rem];
  const [first, last] = chart.shown;
  const { isLog } = chart.data;
  const up = isLog ? Math.log : (value) => value;
  const [low, peak] = [up(spec.low), up(spec.high)];
  const x = (value) => left + ((value - first) / (last - first)) * wide;
  const y = (value) => top + ((peak - up(value)) / (peak - low)) * high;
  panel.scale = { x, y, top, high, value: (pixel) => first + ((pixel - left) / wide) * (last - first) };
  set(parts.frame, { x: left, y: top, width: wide, height: high });
  set(svg, { "aria-valuemin": first, "aria-valuemax": last });
  const heights = isLog ? powers(spec.low, spec.high) : ticks(spec.low, spec.high, high / (2.2 * rem));
  const bottom = top + high;
  parts.axes.replaceChildren(
    ...heights.flatMap((value) => [
      shape("line", { class: "grid", x1: left, x2: left + wide, y1: y(value), y2: y(value) }),
      words(asText(value), left - 0.4 * rem, y(value) + 0.3 * rem, "end"),
    ]),
    ...ticks(first, last, Math.max(2, wide / (4 * rem)), 1).map((value) =>
      words(asText(value), x(value), bottom + 1.1 * rem, "middle"),
    ),
    words(chart.data.axis, left + wide / 2, bottom + 2.2 * rem, "middle"),
  );
  parts.curves.replaceChildren(...spec.curves.flatMap((curve) => drawCurve(chart, curve, x, y, spec.low)));
  hold(chart, chart.chosen);
}

function drawCurve(chart, { group, x: xs, y: ys, spread }, x, y, low) {
  const { color, dashed } = chart.data.groups[group];
  const own = { "data-group": group };
  const line = (values) => values.map((value, i) => `${x(xs[i]).toFixed(1)} ${y(value).toFixed(1)}`);
  const marks = [];
  if (spread) {
    const above = line(ys.map((value, i) => value + spread[i]));
    const below = line(ys.map((value, i) => Math.max(value - spread[i], chart.data.isLog ? low : -Infinity)));
    marks.push(shape("path", { ...own, class: "band", fill: color, d: `M${[...above, ...below.reverse()].join("L")}Z` }));
  }
  const dash = dashed ? "6 4" : "none";
  const one = xs.length === 1 ? "h0" : ""; // a line of no length with round ends
  marks.push(shape("path", { ...own, class: one ? "line dot" : "line", stroke: color, "stroke-dasharray": dash, d: `M${line(ys).join("L")}${one}` }));
  return marks;
}

// Ones, twos and fives of each power of ten; between closer ends the steps of a plain axis.
function powers(low, high) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    found.push(...[1, 2, 5].map((factor) => factor * 10 ** power).filter((value) => value >= low && value <= high));
  }
  return found.length > 1 ? found : ticks(low, high, 4).filter((value) => value > 0);
}

function drawPointer(chart, { spec, svg, parts, scale }) {
  if (!scale) return;
  const { at, data, shown } = chart;
  const found = spec.curves.map((curve) => ({ ...curve, point: pointOf(curve, at) })).filter(({ point }) => point);
  const said = found.map(({ group, point }) => `${data.groups[group].label} ${inTable(point.y)}`);
  const where = at === null ? "at the end" : `${data.axis} ${asText(at)}`;
  set(svg, { "aria-valuenow": at ?? shown[1], "aria-valuetext": `${where}: ${said.join("; ")}` });
  if (at === null) return parts.pointer.replaceChildren();
  const column = scale.x(at);
  parts.pointer.replaceChildren(
    shape("line", { class: "cursor", x1: column, x2: column, y1: scale.top, y2: scale.top + scale.high }),
    ...found
      .filter(({ point }) => point.y >= spec.low && point.y <= spec.high && point.x >= shown[0])
      .map(({ group, point }) =>
        shape("circle", { "data-group": group, cx: scale.x(point.x), cy: scale.y(point.y), r: 4.5, fill: data.groups[group].color }),
      ),
  );
}

const set = (node, attributes) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
};
