// What all panels share: one pointer, one zoom, and the group that is held up.

function mount({ parentElement, data }) {
  const root = parentElement.querySelector(".overlay");
  const chart = (root.chart ??= { root, panels: [], zoom: null, at: null, chosen: null });
  if (chart.axis !== data.axis) Object.assign(chart, { axis: data.axis, zoom: null });
  Object.assign(chart, { data, at: null, chosen: null });
  buildPanels(chart);
  buildLegend(chart);
  if (!chart.observer) {
    chart.observer = new ResizeObserver(() => drawAll(chart));
    chart.observer.observe(root);
  }
  drawAll(chart);
}

function extentOf({ data: { panels } }) {
  const ends = panels.flatMap(({ curves }) => curves.flatMap(({ x }) => [x[0], x.at(-1)]));
  const [low, high] = [Math.min(0, ...ends), Math.max(...ends)];
  return [low, high > low ? high : low + 1];
}

function drawAll(chart) {
  chart.shown = chart.zoom ?? extentOf(chart);
  chart.root.dataset.zoom = chart.zoom ? chart.zoom.map((x) => x.toFixed(2)).join(" ") : "";
  chart.back.hidden = !chart.zoom;
  for (const panel of chart.panels) drawPanel(chart, panel);
  pointAt(chart, chart.at);
}

function zoomTo(chart, zoom) {
  chart.zoom = zoom;
  drawAll(chart);
}

// at: a place on the axis that all panels share; null: the pointer has left.
function pointAt(chart, at) {
  chart.at = at;
  for (const panel of chart.panels) drawPointer(chart, panel);
  fillLegend(chart);
}

function hold(chart, group) {
  chart.chosen = group;
  for (const part of chart.root.querySelectorAll("[data-group]")) {
    part.classList.toggle("dim", group !== null && Number(part.dataset.group) !== group);
  }
}

// The point of a curve that is nearest to a place; null where the curve has none any more.
function pointOf({ x, y, spread }, at) {
  const place = at ?? x.at(-1);
  if (place < x[0] || place > x.at(-1)) return null;
  let [low, high] = [0, x.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= place) low = middle;
    else high = middle;
  }
  const i = place - x[low] <= x[high] - place ? low : high;
  return { x: x[i], y: y[i], spread: spread?.[i] };
}

const asText = (value) => Number(value.toPrecision(5)).toLocaleString("en", { maximumSignificantDigits: 5 });
const inTable = (value) => (Math.abs(value) >= 0.1 ? value.toFixed(2) : String(Number(value.toPrecision(2))));

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
