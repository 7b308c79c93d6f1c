// The grid is one picture: 900 elements of their own would be slow, and look the same.
const MAX_HEIGHT = 0.8; // of the window

function mount(component) {
  const { parentElement, data, setStateValue } = component;
  const tiles = parentElement.querySelector(".tiles");
  const image = tiles.querySelector("img");
  const state = (tiles.state ??= { grid: null, selected: null });
  state.send = (index) => setStateValue("selection", { grid: data.grid, index });
  state.rows = data.rows;
  state.columns = data.columns;
  if (image.src !== data.image) image.src = data.image;
  image.alt = data.alt;
  tiles.setAttribute("aria-label", `${data.alt}: the arrow keys pick one`);
  image.onload = () => {
    const ratio = image.naturalWidth / image.naturalHeight;
    tiles.style.width = `min(100%, ${window.innerHeight * MAX_HEIGHT * ratio}px)`;
  };
  if (state.grid !== data.grid) {
    state.grid = data.grid;
    state.selected = data.selected;
    highlight(tiles, ".selected", state, state.selected);
    highlight(tiles, ".hovered", state, null);
  }
  tiles.onpointermove = (event) => highlight(tiles, ".hovered", state, indexAt(tiles, state, event));
  tiles.onpointerleave = () => highlight(tiles, ".hovered", state, null);
  tiles.onclick = (event) => select(tiles, state, indexAt(tiles, state, event));
  tiles.onkeydown = (event) => {
    const index = nextIndex(state, event.key);
    if (index === null) return;
    event.preventDefault();
    select(tiles, state, index);
  };
}

function indexAt(tiles, { rows, columns }, event) {
  const box = tiles.getBoundingClientRect();
  const cellAt = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
  const column = cellAt((event.clientX - box.left) / box.width, columns);
  return cellAt((event.clientY - box.top) / box.height, rows) * columns + column;
}

function nextIndex({ rows, columns, selected }, key) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (!(key in steps)) return null;
  if (selected === null) return 0;
  const index = selected + steps[key];
  return index >= 0 && index < rows * columns ? index : selected;
}

function select(tiles, state, index) {
  if (index === state.selected) return;
  state.selected = index;
  highlight(tiles, ".selected", state, index);
  tiles.querySelector(".status").textContent =
    `Row ${Math.floor(index / state.columns) + 1}, column ${(index % state.columns) + 1}`;
  // On a phone a sheet covers the lower half of the screen: what was picked stays in sight.
  if (window.innerWidth <= 640) tiles.querySelector(".selected").scrollIntoView({ block: "nearest" });
  state.send(index);
}

function highlight(tiles, name, { rows, columns }, index) {
  const { style } = tiles.querySelector(name);
  style.display = index === null ? "none" : "block";
  if (index === null) return;
  style.left = `${(100 * (index % columns)) / columns}%`;
  style.top = `${(100 * Math.floor(index / columns)) / rows}%`;
  style.width = `${100 / columns}%`;
  style.height = `${100 / rows}%`;
}
