// The atlas: images decoded on a grid, of which any place in between is blended.

async function loadAtlas(map, feed) {
  const bitmap = await feed.bitmap;
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  return {
    id: feed.id,
    extent: feed.extent,
    columns: feed.columns,
    rows: feed.rows,
    width: bitmap.width / feed.columns,
    height: bitmap.height / feed.rows,
    stride: bitmap.width,
    pixels: data,
    bitmap,
  };
}

// Bilinear between the centres of the four tiles around a place, as `vae.latent.atlas.preview` does.
function blend(atlas, x, y, image) {
  const { extent, columns, rows, width, height, stride, pixels } = atlas;
  const clip = (value, max) => Math.min(max, Math.max(0, value));
  const column = clip(((x - extent.left) / (extent.right - extent.left)) * columns - 0.5, columns - 1);
  const row = clip(((extent.top - y) / (extent.top - extent.bottom)) * rows - 0.5, rows - 1);
  const left = Math.floor(column);
  const upper = Math.floor(row);
  const [fx, fy] = [column - left, row - upper];
  const right = Math.min(left + 1, columns - 1);
  const lower = Math.min(upper + 1, rows - 1);
  const start = (r, c) => 4 * (r * height * stride + c * width);
  const corners = [start(upper, left), start(upper, right), start(lower, left), start(lower, right)];
  const weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
  const out = image.data;
  for (let v = 0, to = 0; v < height; v++) {
    let at = 4 * v * stride;
    for (let u = 0; u < width; u++, at += 4, to += 4) {
      for (let k = 0; k < 3; k++) {
        out[to + k] =
          weights[0] * pixels[corners[0] + at + k] +
          weights[1] * pixels[corners[1] + at + k] +
          weights[2] * pixels[corners[2] + at + k] +
          weights[3] * pixels[corners[3] + at + k];
      }
      out[to + 3] = 255;
    }
  }
}

const covers = (atlas, view) =>
  atlas &&
  view.left >= atlas.extent.left - 1e-9 &&
  view.right <= atlas.extent.right + 1e-9 &&
  view.bottom >= atlas.extent.bottom - 1e-9 &&
  view.top <= atlas.extent.top + 1e-9;

function bytes(text) {
  const letters = atob(text);
  const found = new Uint8Array(letters.length);
  for (let i = 0; i < found.length; i++) found[i] = letters.charCodeAt(i);
  return found;
}
const floats = (text) => new Float32Array(bytes(text).buffer);
