// What is under the pointer or has the focus is shown beside it, with samples that the server sends.

const DWELL_MS = 70;

function mount({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".board");
  const board = (root.board ??= { root, svg: root.querySelector("svg"), hint: root.querySelector(".hint"), pictures: new Map(), at: null, focused: 0 });
  const isSame = JSON.stringify([board.data?.dots, board.data?.isLog]) === JSON.stringify([data.dots, data.isLog]);
  Object.assign(board, {
    data,
    ask: (index) => setTriggerValue("hover", index),
    open: (index) => setTriggerValue("open", index),
  });
  if (data.answer) board.pictures.set(data.answer.index, data.answer);
  if (!isSame) {
    board.pictures = new Map(data.answer ? [[data.answer.index, data.answer]] : []);
    Object.assign(board, { at: null, focused: Math.min(board.focused, data.dots.length - 1) });
    showLegend(board);
    showNumbers(board);
    drawBoard(board);
  }
  showHint(board);
  if (!board.observer) {
    board.observer = new ResizeObserver(() => drawBoard(board));
    board.observer.observe(board.svg);
  }
}

function pointAt(board, index) {
  clearTimeout(board.dwell);
  board.at = index;
  if (index !== null && !board.pictures.has(index)) board.dwell = setTimeout(() => board.ask(index), DWELL_MS);
  showHint(board);
}

function showHint(board) {
  const { hint, at, data, places, svg } = board;
  hint.hidden = at === null || !places?.[at];
  if (hint.hidden) return;
  const dot = data.dots[at];
  const known = board.pictures.get(at);
  const picture = hint.querySelector("img");
  picture.hidden = !known?.png;
  if (known?.png) Object.assign(picture, { src: known.png, alt: "Samples" });
  const value = data.setting ? `\n${data.setting}: ${dot.value}` : "";
  hint.querySelector("p").textContent = `${dot.label}${value}\nrate ${nats(dot.rate)}, distortion ${nats(dot.distortion)}, ELBO ${nats(-dot.rate - dot.distortion)}`;
  const [px, py] = places[at];
  const { offsetWidth: wide, offsetHeight: high } = hint;
  const left = px + 14 + wide > svg.clientWidth ? px - 14 - wide : px + 14;
  const top = Math.min(Math.max(0, py - high / 2), Math.max(0, svg.clientHeight - high));
  hint.style.transform = `translate(${Math.max(0, left)}px, ${top}px)`;
}

const nats = (value) => value.toFixed(2).replace("-", "−");

function showLegend({ root, data }) {
  const chips = data.legend.map(([value, color]) => {
    const chip = document.createElement("i");
    chip.textContent = value;
    chip.style.setProperty("--hue", color);
    return chip;
  });
  const line = document.createElement("i");
  line.className = "front";
  line.textContent = "Pareto front";
  root.querySelector(".legend").replaceChildren(...(chips.length ? [`${data.setting}:`, ...chips] : []), line);
}

function showNumbers(board) {
  const { root, data } = board;
  const cell = (name, content, scope) => {
    const made = document.createElement(name);
    if (scope) made.scope = scope;
    made.append(content);
    return made;
  };
  const row = (...cells) => {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  };
  const heads = ["Run", ...(data.setting ? [data.setting] : []), "Rate", "Distortion", "ELBO"];
  const head = document.createElement("thead");
  head.append(row(...heads.map((text) => cell("th", text, "col"))));
  const body = document.createElement("tbody");
  body.append(...data.dots.map((dot, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = dot.label;
    button.onclick = () => board.open(index);
    const numbers = [dot.rate, dot.distortion, -dot.rate - dot.distortion].map((value) => cell("td", nats(value)));
    return row(cell("th", button, "row"), ...(data.setting ? [cell("td", dot.value)] : []), ...numbers);
  }));
  root.querySelector("table").replaceChildren(head, body);
}
