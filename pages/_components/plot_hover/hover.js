// Beside a Plotly chart of Streamlit's: the picture of the dot under the pointer, and which dot is
// clicked. Plotly's labels hold no pictures, and Streamlit hears no click on a dot in space.

const CLICK = 5; // pixels that the pointer may move in a click

function mount({ parentElement, data, setStateValue, setTriggerValue }) {
  const flat = parentElement.querySelector(".flat");
  flat.hidden = hasWebGL();
  // Plotly shows a message of its own there, with a link to another host (see `latent_style`).
  document.documentElement.toggleAttribute("data-no-webgl", !flat.hidden);
  flat.querySelector("button").onclick = () => setTriggerValue("flat", true);
  const turn = parentElement.querySelector(".turn");
  turn.onclick = () => {
    turn.setAttribute("aria-pressed", turn.getAttribute("aria-pressed") !== "true");
    letFingersScroll(data.chart, turn);
  };
  const box = parentElement.querySelector(".box");
  const hover = (box.hover ??= { box, index: null, pressed: null, tiles: null });
  hover.data = data;
  hover.turned = (camera) => setTriggerValue("camera", camera);
  hover.send = (index) => setStateValue("selection", { kind: "image", index });
  loadTiles(hover);
  if (hover.watching) return undefined;
  const loadFeeds = () => loadTiles(hover);
  addEventListener("vae-lab-feed", loadFeeds);
  // The chart may come later than this, and comes anew whenever its figure changes.
  hover.turn = turn;
  hover.watching = new MutationObserver(() => listen(hover));
  hover.watching.observe(document.body, { childList: true, subtree: true });
  listen(hover);
  return () => {
    removeEventListener("vae-lab-feed", loadFeeds);
    hover.watching.disconnect();
    hover.watching = null;
  };
}

function hasWebGL() {
  const context = document.createElement("canvas").getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext(); // there are but a few for a page
  return Boolean(context);
}

// Plotly takes each finger's drag for its own: it gets them only while the button is pressed.
function letFingersScroll(chart, turn) {
  const takesPointer = matchMedia("not (any-pointer: coarse)").matches || turn.getAttribute("aria-pressed") === "true";
  const plot = document.querySelector(`.st-key-${CSS.escape(chart)} .js-plotly-plot`);
  if (plot) plot.style.pointerEvents = takesPointer ? "" : "none";
}

async function loadTiles(hover) {
  const { tiles: id } = hover.data;
  const feed = window.vaeLabFeeds?.get(id);
  if (!feed || hover.loaded === id) return;
  hover.loaded = id;
  const bitmap = await feed.bitmap;
  if (hover.loaded !== id) return;
  const { columns, rows } = feed;
  hover.tiles = { bitmap, columns, width: bitmap.width / columns, height: bitmap.height / rows };
}

function listen(hover) {
  const chart = document.querySelector(`.st-key-${CSS.escape(hover.data.chart)} .js-plotly-plot`);
  if (!chart?.on || hover.chart === chart) return;
  hover.chart = chart;
  letFingersScroll(hover.data.chart, hover.turn);
  hide(hover);
  chart.on("plotly_hover", ({ points: [point] }) => {
    hover.index = Number(point.customdata);
    draw(hover);
  });
  chart.on("plotly_relayout", (change) => {
    if (change["scene.camera"]) hover.turned(change["scene.camera"]);
  });
  chart.on("plotly_unhover", () => hide(hover));
  chart.addEventListener("pointerleave", () => hide(hover));
  // Plotly tells of a click at the press already: one that turns the cloud means no dot.
  chart.addEventListener("pointerdown", ({ clientX, clientY }) => (hover.pressed = [clientX, clientY]), true);
  chart.addEventListener("pointerup", ({ clientX, clientY }) => {
    const [x, y] = hover.pressed ?? [Infinity, Infinity];
    hover.pressed = null;
    if (hover.index !== null && Math.hypot(clientX - x, clientY - y) < CLICK) hover.send(hover.index);
  }, true);
  chart.addEventListener("pointermove", ({ clientX, clientY }) => {
    hover.pointer = [clientX, clientY];
    positionBox(hover);
  }, true);
}

function hide(hover) {
  hover.index = null;
  hover.box.hidden = true;
}

function draw(hover) {
  const { box, tiles, index } = hover;
  if (!tiles) return;
  const { bitmap, columns, width, height } = tiles;
  const canvas = box.querySelector("canvas");
  Object.assign(canvas, { width, height });
  const from = [(index % columns) * width, Math.floor(index / columns) * height, width, height];
  canvas.getContext("2d").drawImage(bitmap, ...from, 0, 0, width, height);
  box.dataset.index = index;
  box.hidden = false;
  positionBox(hover);
}

// Left of the pointer: Plotly's label is at its right.
function positionBox({ box, pointer }) {
  if (box.hidden || !pointer) return;
  const [x, y] = pointer;
  const left = Math.max(4, x - box.offsetWidth - 18);
  const top = Math.max(4, Math.min(innerHeight - box.offsetHeight - 4, y - box.offsetHeight / 2));
  box.style.transform = `translate(${left}px, ${top}px)`;
}
