// A latent map: a dot for each test image, which may glide from moment to moment.

const UNITS = 16000; // of a coordinate, from the centre of its window to the edge
const SIGMAS = [1, 2, 3]; // standard deviations of the prior
const FULL_TURN = 2 * Math.PI;
const NAME_SIZE = 0.8; // of the page's text

// Where the dots of a moment lie in latent space, and which part of it is visible.
function momentOf(frame) {
  const bytes = Uint8Array.from(atob(frame.points), (sign) => sign.charCodeAt(0));
  const units = new Int16Array(bytes.buffer);
  const [x, y, half] = frame.window;
  const points = Float32Array.from(units, (unit, i) => (i % 2 ? y : x) + (unit / UNITS) * half);
  return { points, window: frame.window };
}

function between(from, to, fraction) {
  if (fraction >= 1 || !from || from.points.length !== to.points.length) return to;
  const mix = (a, b) => a + (b - a) * fraction;
  return {
    points: to.points.map((value, i) => mix(from.points[i], value)),
    window: to.window.map((value, i) => mix(from.window[i], value)),
  };
}

function paintCloud(canvas, moment, { labels, colors, marks, classes, hasPrior, names }) {
  const side = canvas.clientWidth;
  if (!side) return;
  const scale = window.devicePixelRatio || 1;
  const pixels = Math.round(side * scale);
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  // Drawn by the processor: without a graphics card it is the faster one.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, side, side);
  const style = getComputedStyle(canvas);
  const [x0, y0, half] = moment?.window ?? [0, 0, 3.5];
  const unit = side / (2 * half);
  if (hasPrior) paintPrior(context, side / 2 - x0 * unit, side / 2 + y0 * unit, unit, style);
  const place = (i) => [side / 2 + (moment.points[2 * i] - x0) * unit, side / 2 - (moment.points[2 * i + 1] - y0) * unit];
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  if (moment) {
    const radius = Math.max(1.8, side / 170) * (areMany(marks) ? LARGER : 1);
    colors.forEach((color, label) => {
      context.fillStyle = color;
      context.globalAlpha = 0.85;
      context.beginPath();
      for (let i = 0; i < labels.length; i++) {
        if (labels[i] !== label) continue;
        MARKS[marks[label]](context, ...place(i), radius);
      }
      context.fill();
    });
    if (areMany(marks)) {
      const places = middles(moment.points, labels).map(([label, i]) => [label, ...place(i)]);
      writeNames(context, classes, places, { size: NAME_SIZE * rem, ground: style.getPropertyValue("--st-background-color"), style });
    }
  }
  context.globalAlpha = 1;
  context.fillStyle = style.color;
  const size = 0.84 * rem;
  context.font = `${size}px ${style.fontFamily}`;
  context.textAlign = "right";
  context.fillText(`${names[0]} →`, side - 8, side - 8);
  context.textAlign = "left";
  if (names[1]) context.fillText(`↑ ${names[1]}`, 8, 8 + size);
}

function paintPrior(context, x, y, unit, style) {
  context.strokeStyle = style.color;
  context.globalAlpha = 0.3;
  context.lineWidth = 1;
  for (const sigma of SIGMAS) {
    context.beginPath();
    context.arc(x, y, sigma * unit, 0, FULL_TURN);
    context.stroke();
  }
}
