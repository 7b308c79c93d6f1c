// One training step as a film of nine parts. It plays by itself; keys and buttons lead through it.
// The same data again leave it where it is, new data start it anew.

const STAGE_MS = 1200;
const PATIENCE_MS = 15000; // a process that has to start first takes about ten seconds
const ICONS = {
  back: "M15.4 7.4 14 6l-6 6 6 6 1.4-1.4L10.8 12z",
  on: "M8.6 16.6 10 18l6-6-6-6-1.4 1.4 4.6 4.6z",
  up: "m7.4 15.4 4.6-4.6 4.6 4.6L18 14l-6-6-6 6z",
  down: "M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z",
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
};
const KEYS = {
  " ": (film, held) => held || toggle(film),
  ArrowLeft: (film) => walk(film, -1),
  ArrowRight: (film, held) => walk(film, 1, held),
  ArrowUp: (film) => pick(film, -1),
  ArrowDown: (film) => pick(film, 1),
};

function mount(component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".slow");
  const film = (root.film ??= { root, shownJson: "", playing: !still() });
  film.ask = () => setTriggerValue("next", true);
  const shownJson = JSON.stringify(data);
  if (film.shownJson === shownJson) return;
  const first = film.shownJson === "";
  Object.assign(film, { data, shownJson, stage: 0, example: 0, waiting: false });
  if (first) build(film);
  describe(film);
  fill(film);
  show(film);
  if (first) takeFocus(root);
  if (first) root.scrollIntoView({ block: "nearest", behavior: still() ? "instant" : "smooth" });
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Whoever is typing elsewhere keeps the keyboard.
function takeFocus(root) {
  const typing = "input, textarea, select, [contenteditable=true]";
  if (!document.activeElement?.closest(typing)) root.focus({ preventScroll: true });
}

function build(film) {
  film.cards = film.data.stages.map((_, index) => {
    const card = { title: node("h4"), body: node("div", "body"), note: node("small"), timer: node("div", "timer") };
    card.box = node("section", "", card.title, card.body, card.note, card.timer);
    card.box.addEventListener("click", () => goTo(film, index));
    return card;
  });
  film.caption = node("p", "caption");
  film.caption.setAttribute("aria-live", "polite");
  film.detail = node("p", "detail");
  film.place = node("span", "place");
  film.image = node("span");
  film.buttons = {
    back: button("back", "Previous part", () => walk(film, -1)),
    play: button("play", "Play", () => toggle(film)),
    on: button("on", "Next part", () => walk(film, 1)),
    up: button("up", "Previous image of the batch", () => pick(film, -1)),
    down: button("down", "Next image of the batch", () => pick(film, 1)),
    next: button("", "Next training step", () => request(film)),
  };
  const { back, play, on, up, down, next } = film.buttons;
  next.setAttribute("aria-live", "polite");
  film.root.append(
    node("div", "stages", ...film.cards.map((card) => card.box)),
    film.caption,
    film.detail,
    node(
      "div", "controls", node("div", "", back, play, on), node("div", "", up, down, film.image),
      node("span", "keys", ...["space", "←", "→", "↑", "↓"].map((key) => node("kbd", "", key))), film.place, next,
    ),
  );
  film.root.addEventListener("keydown", (event) => press(film, event));
}

function press(film, event) {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === " " && event.target.closest("button")) return; // the button hears it itself
  event.preventDefault();
  act(film, event.repeat);
}

function toggle(film) {
  film.playing = !film.playing;
  show(film);
}

function walk(film, by, held = false) {
  const over = film.stage + by === film.cards.length;
  if (!over) goTo(film, film.stage + by);
  else if (!held) request(film);
}

// Who steps with the keys wants no animation that runs on.
function goTo(film, stage) {
  film.stage = Math.max(0, stage);
  film.playing = false;
  show(film);
}

function pick(film, by) {
  const wanted = film.example + by;
  if (!film.data.examples[wanted]) return;
  film.example = wanted;
  fill(film);
  show(film);
}

function request(film) {
  if (film.waiting) return;
  film.waiting = true;
  // A request that meets a rerun of the page can get lost: after a while one may ask again.
  const asked = film.data;
  setTimeout(() => {
    if (film.data !== asked || !film.waiting) return;
    film.waiting = false;
    show(film);
  }, PATIENCE_MS);
  show(film);
  film.ask();
}

function schedule(film) {
  clearTimeout(film.timeout);
  film.running?.cancel();
  const last = film.stage === film.cards.length - 1;
  if (!film.playing || (film.waiting && last)) return;
  film.timeout = setTimeout(() => {
    if (!film.root.isConnected) return;
    if (document.hidden) return schedule(film); // nobody watches: no step is taken
    if (last) return request(film);
    film.stage += 1;
    show(film);
  }, STAGE_MS);
  if (still()) return;
  const frames = [{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }];
  film.running = film.cards[film.stage].timer.animate(frames, STAGE_MS);
}

// What belongs to the step, whichever of its images is shown.
function describe(film) {
  const { data } = film;
  for (const [name, hue] of Object.entries(data.hues)) film.root.style.setProperty(`--hue-${name}`, hue);
  film.cards.forEach((card, index) => {
    card.stage = data.stages[index];
    card.box.className = `stage ${card.stage.name}`;
    card.box.classList.toggle("absent", card.stage.absent !== "");
    hued(card.box, card.stage.hue || "none");
    write(card.title, card.stage.title);
    card.note.textContent = card.stage.note;
  });
  film.place.textContent = data.place;
}

// What belongs to the shown image.
function fill(film) {
  const { layers, batch, reach, examples } = film.data;
  const shown = examples[film.example];
  const code = (name, most) => (shown[name].length ? [bars(shown[name], most, name)] : []);
  const bodies = {
    image: () => [picture(shown.image, "Image of the batch")],
    encoder: () => [strip(shown.encoder)],
    cloud: () => [...code("mean", reach.code), ...code("log_var", reach.log_var)],
    epsilon: () => code("epsilon", reach.code),
    z: () => [clouded(bars(shown.z, reach.code, "z"), shown, reach.code)],
    decoder: () => [strip(shown.decoder)],
    reconstruction: () => [picture(shown.reconstruction, "Its reconstruction")],
    losses: () => costs(shown, reach),
    gradient: () => [
      bars(layers, reach.gradient, "gradient", "oneway"),
      node("p", "change", node("span", "", "loss of the batch"), `${batch.before} → `, node("b", "", batch.after)),
    ],
  };
  for (const { stage, body } of film.cards) {
    body.replaceChildren(...(stage.absent ? [node("p", "", stage.absent)] : bodies[stage.name]()));
  }
  film.image.textContent = `Image ${film.example + 1} of ${examples.length}`;
}

function show(film) {
  const { data, stage, example, buttons, waiting } = film;
  film.cards.forEach((card, index) => {
    card.box.dataset.state = index < stage ? "done" : index === stage ? "active" : "later";
    card.box.setAttribute("aria-current", index === stage ? "step" : "false");
    card.body.setAttribute("aria-hidden", index > stage);
  });
  write(film.caption, data.examples[example].captions[stage]);
  write(film.detail, data.examples[example].details[stage]);
  film.root.classList.toggle("waiting", waiting);
  const idle = {
    back: stage === 0,
    on: waiting && stage === film.cards.length - 1,
    up: example === 0,
    down: example === data.examples.length - 1,
    next: waiting,
  };
  // A button that is truly disabled would lose the focus, and with it the keyboard.
  for (const [name, off] of Object.entries(idle)) buttons[name].setAttribute("aria-disabled", off);
  draw(buttons.play, film.playing ? "pause" : "play", film.playing ? "Pause" : "Play");
  buttons.next.textContent = waiting ? "Waiting for the next step…" : "Next training step";
  schedule(film);
}

function picture(src, alt) {
  return Object.assign(node("img"), { src, alt });
}

function strip(heat) {
  const cells = heat.map((value, place) => vars(node("i", value === null ? "lost" : ""), { heat: value ?? 0, place }));
  return vars(node("div", "strip", ...cells), { columns: heat.length > 32 ? 4 : heat.length > 8 ? 2 : 1 });
}

function bars(list, reach, hue, kind = "") {
  return hued(node("div", `bars ${kind}`, ...list.map((each) => bar(each, [each], reach))), hue);
}

// A name, a bar of one or more parts end to end, a number.
function bar({ name, text }, parts, reach) {
  const fills = parts.map(({ value, hue }) => {
    const part = vars(node("span", "fill"), { share: (value ?? 0) / reach });
    return hue ? hued(part, hue) : part;
  });
  const track = node("span", "track", ...fills, node("output", parts[0].value < 0 ? "right" : "", text));
  const row = node("div", "bar", node("span", "name", name), track);
  row.title = `${name}: ${text}`;
  return row;
}

// Behind each bar of z lies the cloud that it was drawn from.
function clouded(box, { mean, spread }, reach) {
  spread.forEach((each, index) => {
    if (each === null || mean[index].value === null) return;
    const back = vars(node("span", "behind"), { mean: mean[index].value / reach, spread: each / reach });
    box.querySelectorAll(".track")[index].prepend(back);
  });
  return box;
}

function costs({ losses, kl }, reach) {
  const hues = ["reconstruction", "kl", "loss"];
  const rows = losses.slice(0, 3).map((each, index) => {
    const parts = index < 2 ? [each] : [{ ...losses[0], hue: hues[0] }, { ...losses[3], hue: hues[1] }];
    return hued(node("div", "bars oneway cost", bar(each, parts, reach.nats)), hues[index]);
  });
  rows[1].classList.toggle("absent", kl.length === 0);
  const columns = kl.map((each) => {
    const column = vars(node("i"), { share: (each.value ?? 0) / reach.kl });
    column.title = `KL of dimension ${each.name}: ${each.text} nats`;
    return column;
  });
  rows.splice(2, 0, hued(node("div", "columns", ...columns), "kl"));
  return rows;
}

// "z[z₁ = 0.3]" is "z₁ = 0.3" in the hue of z.
function write(target, text) {
  if (target.written === text) return;
  target.written = text;
  const parts = text.split(/(\w+)\[([^\]]*)\]/).map((part, index, all) => {
    if (index % 3 === 0) return part;
    return index % 3 === 1 ? hued(node("span", "word", all[index + 1]), part) : "";
  });
  target.replaceChildren(...parts);
}

function button(icon, label, act) {
  const made = node("button", icon ? "icon" : "next", label);
  made.type = "button";
  if (icon) draw(made, icon, label);
  made.addEventListener("click", () => made.getAttribute("aria-disabled") === "true" || act());
  return made;
}

function draw(target, icon, label) {
  if (target.title === label) return;
  target.title = label;
  target.setAttribute("aria-label", label);
  target.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
}

function node(name, className = "", ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

function vars(target, values) {
  for (const [name, value] of Object.entries(values)) target.style.setProperty(`--${name}`, value);
  return target;
}

const hued = (target, hue) => vars(target, { hue: `var(--hue-${hue}, var(--st-text-color))` });
