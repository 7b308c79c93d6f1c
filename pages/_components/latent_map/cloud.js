// Dots of a projection that has no inverse. A place between two dots is no code, so the pointer
// always selects the nearest dot, whose reconstruction is one of the loaded tiles.

// The server says what is selected, since the number field selects a dot too.
function markCloud(map) {
  map.pin = map.data.pin ?? null;
  map.selected = new Set(map.data.selected ?? []);
  map.redraw();
}

function previewTile(map, px, py, kind) {
  const { tiles, hovered } = map;
  if (!tiles || !hovered) return;
  const { columns, width, height, bitmap } = tiles;
  const canvas = map.box.querySelector("canvas");
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const [column, row] = [hovered.index % columns, Math.floor(hovered.index / columns)];
  const from = [column * width, row * height, width, height];
  canvas.getContext("2d").drawImage(bitmap, ...from, 0, 0, width, height);
  show(map, px, py, kind, `test image ${hovered.index}, class ${className(map, hovered.index)}`);
}
