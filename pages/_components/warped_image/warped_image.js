// Each variant takes its pixels from other places of the image: turned about its middle, scaled,
// shifted, and moved by a few random points with smooth curves between them. What lies outside is
// black. The random numbers of a variant stay while the slider moves.

const VARIANTS = 9, POINTS = 4;

function mount({ parentElement, data }) {
  const figure = once(parentElement, build);
  figure.data = data;
  figure.source = Uint8Array.from(atob(data.pixels), (each) => each.charCodeAt(0));
  draw(figure);
}

function build(root) {
  const figure = { strength: 1, random: Array.from({ length: VARIANTS }, randoms) };
  figure.canvases = Array.from({ length: VARIANTS + 1 }, () => node("canvas"));
  figure.grid = node("div", "variants", ...figure.canvases);
  figure.grid.setAttribute("role", "img");
  root.append(
    figure.grid,
    node("div", "sliders", slider("strength", { min: 0, max: 3, step: 0.1, value: 1, hue: "var(--st-primary-color)", format: (value) => value.toFixed(1) }, (strength) => {
      figure.strength = strength;
      draw(figure);
    })),
    node("div", "row", press("New variants", () => {
      figure.random = Array.from({ length: VARIANTS }, randoms);
      draw(figure);
    })),
  );
  return figure;
}

function randoms() {
  const uniform = () => 2 * Math.random() - 1;
  const bends = () => Array.from({ length: POINTS ** 2 }, normal);
  return { turn: uniform(), across: uniform(), down: uniform(), right: uniform(), below: uniform(), bends: [bends(), bends()] };
}

function draw({ data, source, strength, random, canvases, grid }) {
  grid.setAttribute("aria-label", data.alt);
  canvases.forEach((canvas, i) => show(canvas, data, source, i ? random[i - 1] : null, strength));
}

function show(canvas, { width, height, shift, turn, scale, bend }, source, own, strength) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const angle = own ? strength * turn * own.turn : 0;
  const [across, down] = own ? [Math.exp(strength * scale * own.across), Math.exp(strength * scale * own.down)] : [1, 1];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const y = (row + 0.5) / height - 0.5, x = (column + 0.5) / width - 0.5;
      let fromY = down * (Math.cos(angle) * y + Math.sin(angle) * x);
      let fromX = across * (Math.cos(angle) * x - Math.sin(angle) * y);
      if (own) {
        fromY += strength * (shift * own.below + bend * between(own.bends[0], y, x));
        fromX += strength * (shift * own.right + bend * between(own.bends[1], y, x));
      }
      const grey = pixel(source, (fromY + 0.5) * height - 0.5, (fromX + 0.5) * width - 0.5, height, width);
      image.data.set([grey, grey, grey, 255], 4 * (row * width + column));
    }
  }
  context.putImageData(image, 0, 0);
}

// A smooth surface through random heights, at a place of the image from -0.5 to 0.5.
function between(heights, y, x) {
  const weights = (at) => Array.from({ length: POINTS }, (_, i) => Math.exp(-(((at + 0.5) * (POINTS - 1) - i) ** 2)));
  const [rows, columns] = [weights(y), weights(x)];
  let sum = 0;
  for (let i = 0; i < POINTS; i++) for (let j = 0; j < POINTS; j++) sum += rows[i] * columns[j] * heights[i * POINTS + j];
  return sum;
}

function pixel(source, y, x, height, width) {
  const top = Math.floor(y), left = Math.floor(x);
  const at = (row, column) => (row < 0 || column < 0 || row >= height || column >= width ? 0 : source[row * width + column]);
  const [down, right] = [y - top, x - left];
  return (
    (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
    down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1))
  );
}
