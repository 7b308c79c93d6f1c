// Nodes of SVG, and the round numbers beside an axis: for the components of pages and the offline demo.

const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes = {}, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

function words(text, x, y, anchor) {
  return shape("text", { x, y, "text-anchor": anchor }, text);
}

// Round steps of 1, 2 or 5 times a power of ten; of minStep at least where the range is above 2.
function ticks(low, high, maxCount, minStep = 0) {
  const rough = (high - low) / maxCount;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].find((factor) => factor * power >= rough) * power, high - low > 2 ? minStep : 0);
  const first = Math.ceil(low / step);
  // Counted, since to add a step that is less than a rounding error leads nowhere.
  const count = Math.min(Math.floor(high / step + 1e-6) - first + 1, 2 * maxCount);
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}
