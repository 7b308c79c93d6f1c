// The map itself: its state between two calls, the tools around the board, the box beside the
// pointer. Bulky data come through feeds (see feed.js), so that an answer to a click is small.

const LAYERS = [
  ["dots", "Test images"],
  ["images", "Decoded images"],
  ["prior", "Prior"],
  ["density", "Posteriors"],
  ["regions", "Class regions"],
  ["holes", "Holes"],
];
// Where there is a finger, it scrolls the page until one of the others is chosen.
const TOOLS = [["scroll", "Scroll"], ["move", "Move"], ["box", "Box"], ["lasso", "Lasso"]];
const HAS_FINGERS = "(any-pointer: coarse)";
const LAYERS_PENDING = "Loading this layer…";
const DENSITY = [13, 148, 136];

function mount(component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".map");
  const first = !root.map;
  const map = (root.map ??= create(root, data));
  map.data = data;
  // With its moment, since the same choice may be made again after Back has undone it.
  map.sendSelection = (selection) => setStateValue("selection", { ...selection, plane: data.plane, at: Date.now() });
  map.sendShown = () => setStateValue("shown", { layers: [...map.shown], hidden: [...map.hidden], at: Date.now() });
  map.requestDetails = (index) => setTriggerValue("hover", index);
  map.sendView = (view, isCoarse) => setTriggerValue("view", { ...view, isCoarse, plane: data.plane });
  if (map.plane !== data.plane) reset(map);
  if (map.visit !== data.visit) followLink(map);
  else if (data.small) showLayers(map);
  if (data.answer) map.details.set(data.answer.index, data.answer);
  if (map.hovered && data.answer?.index === map.hovered.index) Object.assign(map.hovered, data.answer);
  if (data.isCloud) markCloud(map);
  if (first) build(map);
  listenWhileShown(map, "vae-lab-feed", () => loadFeeds(map));
  listenToLinked(map);
  loadFeeds(map);
  paintMarks(map);
  if (map.pointer) preview(map, ...map.pointer);
  else showPinned(map);
}

function create(root, data) {
  root.classList.toggle("small", Boolean(data.small));
  root.classList.toggle("linked", Boolean(data.link));
  root.classList.toggle("cloud", Boolean(data.isCloud));
  const part = (name) => root.querySelector(name);
  const map = {
    root, board: part(".board"), ground: part(".ground"), dots: part(".dots"), box: part(".preview"),
    axes: part(".axes"), contours: part(".contours"), marks: part(".marks"), status: part(".status"),
    listeners: new Set(), shown: new Set(), hidden: new Set(), selected: new Set(), details: new Map(),
    tool: matchMedia(HAS_FINGERS).matches ? "scroll" : "move", count: 0, size: 0, rem: 16, loaded: {}, pin: null, cursor: null, hovered: null, pointer: null,
  };
  map.redraw = () => {
    map.painting ??= requestAnimationFrame(() => {
      map.painting = null;
      paint(map);
    });
  };
  map.sendViewSoon = () => {
    clearTimeout(map.viewTimer);
    map.viewTimer = setTimeout(() => {
      const { sendsView } = map.data;
      if (sendsView) map.view = rounded(map.view);
      const isCoarse = needsAtlas(map);
      if (isCoarse || sendsView) map.sendView(map.view, isCoarse);
    }, SETTLE_MS);
  };
  return map;
}

// What the user has chosen holds until a link, Back or Forward asks for something else.
function followLink(map) {
  const { data } = map;
  Object.assign(map, { visit: data.visit, pin: data.pin ?? null, hidden: new Set(data.hidden), selected: selectedIn(data.selected) });
  if (data.sendsView) {
    map.view = { ...(data.view ?? data.extent) };
    clearTimeout(map.viewTimer);
  }
  showLayers(map);
  hideClasses(map, map.hidden);
}

// The places of the bits that are 1.
function selectedIn(bits) {
  const packed = typeof bits === "string" ? bytes(bits) : [];
  return new Set([...Array(8 * packed.length).keys()].filter((i) => packed[i >> 3] & (128 >> (i & 7))));
}

function showLayers(map) {
  if (map.layersWanted === map.data.layers.join() && map.data.small) return;
  map.layersWanted = map.data.layers.join();
  map.shown = new Set(map.data.layers);
  for (const button of map.root.querySelectorAll(".layers button")) {
    button.setAttribute("aria-pressed", map.shown.has(button.dataset.name));
  }
  map.redraw();
}

function reset(map) {
  const { data } = map;
  Object.assign(map, {
    plane: data.plane, view: { ...data.extent }, hovered: null, cursor: null, details: new Map(), loaded: {},
    pin: data.pin ?? null, count: 0, atlas: null, layers: null, tiles: null,
  });
  map.redraw();
  notifyLinked(map, { view: map.view });
}

// Some layers take the server a second: they are computed when one of them is shown.
const needsSlowLayers = (map) => ["density", "regions", "holes"].some((name) => map.shown.has(name));

// Zoomed in or moved beyond its edge, the loaded atlas is too coarse.
function needsAtlas(map) {
  const { atlas, view } = map;
  if (!atlas) return false;
  return !covers(atlas, view) || span(view) < 0.6 * (atlas.extent.right - atlas.extent.left);
}

function build(map) {
  const { root, board } = map;
  const toggle = (name, text, on, act, group) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: text });
    button.dataset.name = name;
    button.setAttribute("aria-pressed", on);
    button.addEventListener("click", () => act(button, group));
    return button;
  };
  const layer = (button) => {
    const { name } = button.dataset;
    if (!map.shown.delete(name)) map.shown.add(name);
    button.setAttribute("aria-pressed", map.shown.has(name));
    if (needsSlowLayers(map) && !map.data.feeds.layers) announce(map, LAYERS_PENDING);
    map.sendShown();
    map.redraw();
  };
  const tool = (button) => {
    map.tool = button.dataset.name;
    board.dataset.tool = map.tool;
    for (const each of root.querySelectorAll(".tools button")) each.setAttribute("aria-pressed", each === button);
  };
  root.querySelector(".layers").append(...LAYERS.map(([name, text]) => toggle(name, text, map.shown.has(name), layer)));
  root.querySelector(".tools").append(...TOOLS.map(([name, text]) => toggle(name, text, name === map.tool, tool)));
  board.dataset.tool = map.tool;
  const zoom = (text, label, act) => {
    const button = toggle("", text, false, act);
    button.removeAttribute("aria-pressed");
    button.setAttribute("aria-label", label);
    return button;
  };
  root.querySelector(".zoom").append(
    zoom("+", "Zoom in", () => zoomAt(map, 1.5, map.size / 2, map.size / 2)),
    zoom("−", "Zoom out", () => zoomAt(map, 1 / 1.5, map.size / 2, map.size / 2)),
    zoom("All", "Show the whole map", () => setView(map, { ...map.data.extent })),
  );
  listen(map);
  new ResizeObserver(() => {
    map.size = board.clientWidth;
    map.rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    paint(map);
    showPinned(map);
  }).observe(board);
}

// Listens to the window while the map is on the page: a listener left behind would keep its images in memory.
function listenWhileShown(map, name, act) {
  if (map.listeners.has(name)) return;
  map.listeners.add(name);
  const listener = (event) => {
    if (map.root.isConnected) return act(event);
    removeEventListener(name, listener);
    map.listeners.delete(name);
  };
  addEventListener(name, listener);
}

// The classes: a click shows or hides one, a double click shows it alone.
function buildClasses(map) {
  const change = (hidden) => {
    hideClasses(map, hidden);
    map.sendShown();
    notifyLinked(map, { hidden });
  };
  const legend = map.root.querySelector(".classes");
  scrollLegend(legend, map.data.marks);
  legend.replaceChildren(
    ...map.data.classes.map((name, label) => {
      const chip = document.createElement("button");
      Object.assign(chip, { type: "button", textContent: name, title: "Shows or hides this class. Twice, or with Shift: this one alone." });
      markEntry(chip, map.data.colors[label], map.data.marks[label]);
      const alone = () => {
        const is = map.hidden.size === map.data.classes.length - 1 && !map.hidden.has(label);
        change(new Set(is ? [] : map.data.classes.map((_, i) => i).filter((i) => i !== label)));
      };
      chip.addEventListener("click", ({ shiftKey }) => {
        if (shiftKey) return alone();
        const hidden = new Set(map.hidden);
        if (!hidden.delete(label)) hidden.add(label);
        change(hidden);
      });
      chip.addEventListener("dblclick", alone);
      return chip;
    }),
  );
  hideClasses(map, map.hidden);
}

function hideClasses(map, hidden) {
  map.hidden = hidden;
  [...map.root.querySelector(".classes").children].forEach((chip, label) => chip.setAttribute("aria-pressed", !hidden.has(label)));
  map.redraw();
}

function loadFeeds(map) {
  const feeds = window.vaeLabFeeds ?? new Map();
  for (const [name, id] of Object.entries(map.data.feeds)) {
    const feed = id && feeds.get(id);
    if (!feed || map.loaded[name] === id) continue;
    map.loaded[name] = id;
    if (name === "points") loadPoints(map, feed);
    if (name === "layers") loadLayers(map, feed);
    if (name === "atlas" || name === "tiles") {
      loadAtlas(map, { ...feed, id }).then((atlas) => {
        if (map.loaded[name] !== id) return;
        map[name] = atlas;
        map.root.dataset[name] = id;
        map.redraw();
        if (map.pointer) preview(map, ...map.pointer);
      });
    }
  }
}

function loadPoints(map, feed) {
  Object.assign(map, { points: floats(feed.xy), labels: bytes(feed.labels), colors: map.data.colors, middles: null });
  map.count = map.labels.length;
  buildClasses(map);
  map.redraw();
}

function loadLayers(map, feed) {
  if (map.status.textContent === LAYERS_PENDING) announce(map, "");
  const { side } = feed;
  const colored = (values, color) => {
    const canvas = new OffscreenCanvas(side, side);
    const image = new ImageData(side, side);
    bytes(values).forEach((value, i) => image.data.set(color(value), 4 * i));
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  };
  const hues = map.data.colors.map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  map.layers = {
    extent: feed.extent,
    density: colored(feed.density, (value) => [...DENSITY, value * 0.85]),
    regions: colored(feed.regions, (label) => [...hues[label % hues.length], 95]),
    holes: colored(feed.holes, (hole) => [0, 0, 0, hole ? 255 : 0]),
  };
  map.redraw();
}

// The box beside the pointer: the image decoded there, or a test image and its reconstruction.
function preview(map, px, py, kind) {
  const { hovered, place } = map;
  if (map.data.isCloud) return previewTile(map, px, py, kind);
  if (!place || !(map.atlas || hovered)) return;
  if (map.atlas) blendInto(map, ...place);
  const details = hovered?.png && { png: hovered.png, text: hovered.text };
  show(map, px, py, kind, map.atlas && where(map, place), details);
}

function blendInto(map, x, y) {
  const canvas = map.box.querySelector("canvas");
  const { width, height } = map.atlas;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  if (map.image?.width !== width || map.image?.height !== height) map.image = new ImageData(width, height);
  blend(map.atlas, x, y, map.image);
  canvas.getContext("2d").putImageData(map.image, 0, 0);
}

// decoded: the caption of the blended image, "" to hide it; details: a picture beside it, with its caption.
function show(map, px, py, kind, decoded, details) {
  const { box } = map;
  const [left, right] = box.children;
  left.hidden = !decoded;
  right.hidden = !details;
  if (decoded) left.lastElementChild.textContent = decoded;
  if (details) {
    const picture = right.firstElementChild;
    if (picture.src !== details.png) picture.src = details.png;
    right.lastElementChild.textContent = details.text;
  }
  box.hidden = false;
  box.classList.toggle("pinned", kind === "pinned");
  const [wide, high] = [box.offsetWidth, box.offsetHeight];
  const gap = kind === "touch" ? 34 : 16;
  const x = px + gap + wide > map.size ? px - gap - wide : px + gap;
  const y = py - gap - high < 0 ? py + gap : py - gap - high;
  const within = (value, size) => Math.max(0, Math.min(map.size - size, value));
  box.style.transform = `translate(${within(x, wide)}px, ${within(y, high)}px)`;
}

// Nothing is under the pointer: shows the pinned image again, if there is one.
function showPinned(map) {
  if (map.keyed) return;
  const { hovered, data: { pinned } } = map;
  if (hovered?.png) return show(map, ...toScreen(map, ...hovered.place), "mouse", "", hovered);
  if (!pinned || !map.pin) return (map.box.hidden = true);
  show(map, ...toScreen(map, ...map.pin), "pinned", "", pinned);
}

const className = (map, index) => map.data.classes[map.labels[index]];
const where = (map, [x, y]) =>
  map.data.isLine ? `${map.data.short[0]} ${number(x)}` : `${map.data.short[0]} ${number(x)}, ${map.data.short[1]} ${number(y)}`;

function describe(map) {
  const { hovered } = map;
  const details = hovered ? `, at test image ${hovered.index}, class ${className(map, hovered.index)}` : "";
  announce(map, where(map, map.cursor) + details);
}

function announce(map, text) {
  map.status.textContent = text;
}
