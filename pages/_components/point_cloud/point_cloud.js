// A cloud of dots that stands still: the class of the dot under the pointer is named.

const REACH = 10; // pixels around a dot that mean it

function mount({ parentElement, data }) {
  const root = parentElement.querySelector("figure");
  const cloud = (root.cloud ??= make(root));
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  cloud.data = { ...data, labels: bytes(data.labels) };
  cloud.moment = { points: new Float32Array(bytes(data.points).buffer), window: data.window };
  root.querySelector("canvas").setAttribute("aria-label", data.alt);
  const legend = root.querySelector("figcaption > div");
  scrollLegend(legend, data.marks);
  legend.replaceChildren(
    ...data.classes.map((name, label) => {
      const chip = document.createElement("i");
      chip.textContent = name;
      markEntry(chip, data.colors[label], data.marks[label]);
      return chip;
    }),
  );
  paintCloud(cloud.canvas, cloud.moment, cloud.data);
}

function make(root) {
  const canvas = root.querySelector("canvas");
  const cloud = { canvas, said: root.querySelector("output") };
  // A finger taps where a mouse hovers.
  for (const kind of ["pointermove", "pointerdown"]) {
    canvas.addEventListener(kind, ({ offsetX, offsetY }) => {
      cloud.said.textContent = classAt(cloud, offsetX, offsetY);
    });
  }
  canvas.addEventListener("pointerleave", () => (cloud.said.textContent = ""));
  new ResizeObserver(() => cloud.data && paintCloud(canvas, cloud.moment, cloud.data)).observe(canvas);
  return cloud;
}

// The class of the nearest dot within reach, or nothing.
function classAt({ canvas, moment, data }, px, py) {
  const [x0, y0, half] = moment.window;
  const unit = canvas.clientWidth / (2 * half);
  const [x, y] = [x0 + px / unit - half, y0 + half - py / unit];
  let [found, nearest] = ["", (REACH / unit) ** 2];
  data.labels.forEach((label, i) => {
    const distance = (moment.points[2 * i] - x) ** 2 + (moment.points[2 * i + 1] - y) ** 2;
    if (distance < nearest) [found, nearest] = [data.classes[label], distance];
  });
  return found;
}
