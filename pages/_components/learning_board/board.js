// Plays the moments that have come since the last update, one after the other, until the next one.

function mount(component) {
  const root = component.parentElement.querySelector(".board");
  const board = (root.board ??= make(root));
  board.data = component.data;
  root.classList.toggle("samples-only", !board.data.hasCodes);
  root.style.setProperty("--empty", JSON.stringify(board.data.empty));
  board.labels = Uint8Array.from(atob(board.data.labels), (sign) => sign.charCodeAt(0));
  showCurves(root.querySelector(".curves"), board.data.curves);
  showNumbers(root.querySelector(".numbers"), board.data.numbers);
  showClasses(board);
  takeFrames(board);
  if (board.shown) showPictures(board, board.shown);
  paint(board, performance.now());
  move(board);
  return () => cancelAnimationFrame(board.timer);
}

function make(root) {
  const canvas = root.querySelector("canvas");
  // Whoever has just pressed Train may stand anywhere on the page.
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  const board = { root, canvas, queue: [], from: null, to: null, began: 0, milliseconds: 0 };
  new ResizeObserver(() => board.data && paint(board, performance.now())).observe(canvas);
  return board;
}

// Where the user goes back through a run, or the run was rewound, the moment that is asked for is the
// only one that counts; so it is where nobody was looking.
function takeFrames(board) {
  const { frames } = board.data;
  const [newest, known] = [frames.at(-1), board.newest];
  if (!newest || (newest.at === known?.at && newest.samples === known.samples)) return;
  const isNext = !known || newest.at > known.at;
  const added = frames.filter((frame) => !known || frame.at > known.at);
  board.queue = document.hidden || !isNext ? [newest] : [...board.queue, ...added];
  board.newest = newest;
}

function move(board) {
  cancelAnimationFrame(board.timer);
  board.timer = requestAnimationFrame((now) => {
    const isOver = now - board.began >= board.milliseconds;
    if (isOver && board.queue.length) begin(board, now);
    paint(board, now);
    if (now - board.began < board.milliseconds || board.queue.length) move(board);
  });
}

function begin(board, now) {
  const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (isStill) board.queue.splice(0, board.queue.length - 1);
  board.milliseconds = isStill ? 0 : (1000 * board.data.seconds) / board.queue.length;
  board.shown = board.queue.shift();
  board.from = board.to;
  board.to = board.data.hasCodes ? momentOf(board.shown) : null;
  board.began = now;
  showPictures(board, board.shown);
}

function paint(board, now) {
  const fraction = Math.min(1, (now - board.began) / board.milliseconds); // of no time: Infinity or NaN
  const moment = board.to && between(board.from, board.to, Number.isNaN(fraction) ? 1 : fraction);
  paintCloud(board.canvas, moment, { ...board.data, labels: board.labels });
}

function showPictures(board, frame) {
  const { root, data } = board;
  const { batch } = data;
  for (const name of ["pairs", "samples"]) {
    const image = root.querySelector(`.${name} img`);
    const content = (name === "pairs" && batch?.picture) || frame[name];
    if (!content) continue; // many moments at once: the picture of the last one stays
    if (image.src !== content) image.src = content;
    image.alt = name === "pairs" && batch ? batch.alt : data.alt[name];
    image.hidden = false;
  }
  write(root.querySelector(".pairs strong"), batch ? batch.title : data.titles.pairs);
  write(root.querySelector(".pairs span"), batch ? batch.note : "above their reconstructions");
  write(root.querySelector(".samples span"), data.samplesNote);
  root.dataset.moment = frame.words;
  board.canvas.setAttribute("aria-label", `${data.alt.map} ${frame.words}.`);
}

function showClasses({ root, data }) {
  const box = root.querySelector(".classes");
  const key = data.classes.join();
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  scrollLegend(box, data.marks);
  box.replaceChildren(
    ...data.classes.map((name, label) => {
      const chip = element("i", {}, name);
      markEntry(chip, data.colors[label], data.marks[label]);
      return chip;
    }),
  );
}

function showNumbers(list, numbers) {
  if (list.children.length !== numbers.length) {
    list.replaceChildren(
      ...numbers.map(() => {
        const box = element("div");
        box.append(element("dt"), element("dd"));
        return box;
      }),
    );
  }
  numbers.forEach(({ name, value, note }, i) => {
    const [title, figure] = list.children[i].children;
    write(title, name);
    write(figure, value);
    list.children[i].title = note;
  });
}

// What stays as it is is not written again: the browser would take it for something that moved.
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
