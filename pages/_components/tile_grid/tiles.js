// The grid is one picture: 900 elements of their own would be slow, and look the same.
const HIGHEST = 0.8; // of the window

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const tiles = parentElement.querySelector(".tiles");
  const image = tiles.querySelector("img");
  const state = (tiles.state ??= { grid: null, picked: null });
  state.send = (place) => setStateValue("pick", { grid: data.grid, place });
  state.rows = data.rows;
  state.columns = data.columns;
  if (image.src !== data.image) image.src = data.image;
  image.alt = data.alt;
  tiles.setAttribute("aria-label", `${data.alt}: the arrow keys pick one`);
  image.onload = () => {
    const ratio = image.naturalWidth / image.naturalHeight;
    tiles.style.width = `min(100%, ${window.innerHeight * HIGHEST * ratio}px)`;
  };
  if (state.grid !== data.grid) {
    state.grid = data.grid;
    state.picked = data.picked;
    mark(tiles, ".picked", state, state.picked);
    mark(tiles, ".under", state, null);
  }
  tiles.onpointermove = (event) => mark(tiles, ".under", state, placeAt(tiles, state, event));
  tiles.onpointerleave = () => mark(tiles, ".under", state, null);
  tiles.onclick = (event) => pick(tiles, state, placeAt(tiles, state, event));
  tiles.onkeydown = (event) => {
    const place = moved(state, event.key);
    if (place === null) return;
    event.preventDefault();
    pick(tiles, state, place);
  };
}

function placeAt(tiles, { rows, columns }, event) {
  const box = tiles.getBoundingClientRect();
  const along = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
  const column = along((event.clientX - box.left) / box.width, columns);
  return along((event.clientY - box.top) / box.height, rows) * columns + column;
}

function moved({ rows, columns, picked }, key) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (!(key in steps)) return null;
  if (picked === null) return 0;
  const place = picked + steps[key];
  return place >= 0 && place < rows * columns ? place : picked;
}

function pick(tiles, state, place) {
  if (place === state.picked) return;
  state.picked = place;
  mark(tiles, ".picked", state, place);
  tiles.querySelector(".said").textContent =
    `Row ${Math.floor(place / state.columns) + 1}, column ${(place % state.columns) + 1}`;
  state.send(place);
}

function mark(tiles, name, { rows, columns }, place) {
  const { style } = tiles.querySelector(name);
  style.display = place === null ? "none" : "block";
  if (place === null) return;
  style.left = `${(100 * (place % columns)) / columns}%`;
  style.top = `${(100 * Math.floor(place / columns)) / rows}%`;
  style.width = `${100 / columns}%`;
  style.height = `${100 / rows}%`;
}
