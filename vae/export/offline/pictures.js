// Pixels in [0, 1] on canvases, and many pictures in turn without holding up the pointer.

const BUSY_MS = 12; // of a frame's 16

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
function oneByOne(name, tasks) {
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

const short = (value) => String(Number(value.toPrecision(4))).replace("-", "−");
const fixed = (value) => value.toFixed(2).replace("-", "−").replace("−0.00", "0.00");
