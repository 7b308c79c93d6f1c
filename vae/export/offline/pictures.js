// Pixels in [0, 1] on canvases, and many pictures in turn without holding up the hand.

const BUSY_MS = 12; // of a frame's 16
const SVG = "http://www.w3.org/2000/svg";

function makePainter([height, width, channels]) {
  const image = new ImageData(width, height);
  return (canvas, pixels) => {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    for (let i = 0, to = 0; i < pixels.length; i += channels, to += 4) {
      for (let k = 0; k < 3; k++) image.data[to + k] = 255 * pixels[i + (channels === 3 ? k : 0)];
      image.data[to + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  };
}

// Does tasks one after the other, a few a frame; what is begun later under the same name takes over.
const begun = new Map();
function inTurn(name, tasks) {
  begun.set(name, tasks);
  let next = 0;
  const go = () => {
    if (begun.get(name) !== tasks) return;
    const until = performance.now() + BUSY_MS;
    while (next < tasks.length && performance.now() < until) tasks[next++]();
    if (next < tasks.length) requestAnimationFrame(go);
  };
  go();
}

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function shape(name, attributes = {}, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

// Round steps of 1, 2 or 5 times a power of ten.
function ticks(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

const short = (value) => String(Number(value.toPrecision(4))).replace("-", "−");
const fixed = (value) => value.toFixed(2).replace("-", "−").replace("−0.00", "0.00");
