// The visible square of the plane, and the conversion between its points and pixels.

const MAX_ZOOM = 64; // times closer than the whole map
const MIN_ZOOM = 0.5;

const span = (view) => view.right - view.left;
// With as many digits as the address holds, so that its link shows the same pixels.
const sixDigits = (value) => Number(value.toPrecision(6));
function rounded(view) {
  const [left, top, size] = [view.left, view.top, span(view)].map(sixDigits);
  return { left, right: left + size, bottom: top - size, top };
}
const toScreen = (map, x, y) => [
  ((x - map.view.left) / span(map.view)) * map.size,
  ((map.view.top - y) / span(map.view)) * map.size,
];
const toPlane = (map, px, py) => [
  map.view.left + (px / map.size) * span(map.view),
  map.view.top - (py / map.size) * span(map.view),
];

function zoomAt(map, factor, px, py) {
  const whole = span(map.data.extent);
  const wanted = Math.min(whole / MIN_ZOOM, Math.max(whole / MAX_ZOOM, span(map.view) / factor));
  const [x, y] = toPlane(map, px, py);
  const left = x - (px / map.size) * wanted;
  const top = y + (py / map.size) * wanted;
  setView(map, { left, right: left + wanted, top, bottom: top - wanted });
}

function panBy(map, dx, dy) {
  const unit = span(map.view) / map.size;
  const { left, right, top, bottom } = map.view;
  setView(map, { left: left - dx * unit, right: right - dx * unit, top: top + dy * unit, bottom: bottom + dy * unit });
}

// The middle of the view stays within the map's extent.
function setView(map, view) {
  const { extent } = map.data;
  const shiftInto = (low, high, min, max) => {
    const middle = (low + high) / 2;
    return Math.min(max, Math.max(min, middle)) - middle;
  };
  const dx = shiftInto(view.left, view.right, extent.left, extent.right);
  const dy = shiftInto(view.bottom, view.top, extent.bottom, extent.top);
  adoptView(map, { left: view.left + dx, right: view.right + dx, bottom: view.bottom + dy, top: view.top + dy });
  notifyLinked(map, { view: map.view });
}

function adoptView(map, view) {
  map.view = view;
  map.redraw();
  map.sendViewSoon();
}

const number = (value) => {
  const text = value.toFixed(2).replace("-", "−");
  return text === "−0.00" ? "0.00" : text;
};
