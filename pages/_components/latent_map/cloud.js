// A cloud: dots of a projection with no plane behind them. A place between two dots is no code, so
// the pointer always means the nearest dot, whose reconstruction is among the tiles at hand.

// What is marked is the server's to say: a number that is typed marks a dot too.
function markCloud(map) {
  map.pin = map.data.pin ?? null;
  map.selected = new Set(map.data.selected ?? []);
  map.redraw();
}

function previewTile(map, px, py, kind) {
  const { tiles, look } = map;
  if (!tiles || !look) return;
  const { columns, width, height, bitmap } = tiles;
  const canvas = map.box.querySelector("canvas");
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const [column, row] = [look.index % columns, Math.floor(look.index / columns)];
  const from = [column * width, row * height, width, height];
  canvas.getContext("2d").drawImage(bitmap, ...from, 0, 0, width, height);
  show(map, px, py, kind, `test image ${look.index}, class ${className(map, look.index)}`);
}
