// White strokes on black, sent as a PNG when the pen is lifted.

const SIDE = 280; // pixels of the canvas, whatever its size on the screen
const MAX_UNDO = 30;

function mount(component) {
  const { parentElement, data, setStateValue } = component;
  const root = parentElement.querySelector(".pad");
  const isNew = !root.pad;
  const pad = (root.pad ??= build(root));
  pad.send = (drawing) => setStateValue("drawing", drawing);
  if (isNew && data?.drawing) restore(pad, data.drawing);
}

function build(root) {
  const canvas = root.querySelector("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const pad = { root, canvas, context, before: [], stroke: null, send: () => {} };
  clear(pad);
  listenForStrokes(pad);
  listenForPictures(pad);
  root.querySelector(".undo").addEventListener("click", () => undo(pad));
  root.querySelector(".clear").addEventListener("click", () => {
    saveState(pad);
    clear(pad);
    send(pad);
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    undo(pad);
  });
  return pad;
}

// What was drawn before this pad came: it is known to the server already.
async function restore(pad, drawing) {
  const picture = new Image();
  picture.src = drawing;
  try {
    await picture.decode();
  } catch {
    return;
  }
  if (pad.before.length) return; // the user was faster
  pad.context.drawImage(picture, 0, 0, SIDE, SIDE);
  update(pad);
}

function listenForStrokes(pad) {
  const { canvas } = pad;
  const position = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || pad.stroke) return;
    canvas.setPointerCapture(event.pointerId);
    saveState(pad);
    pad.root.classList.add("drawn");
    pad.stroke = { id: event.pointerId, last: position(event) };
    draw(pad, ...pad.stroke.last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (pad.stroke?.id !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) draw(pad, ...position(each));
  });
  const release = (event) => {
    if (pad.stroke?.id !== event.pointerId) return;
    pad.stroke = null;
    send(pad);
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
}

// A round pen in steps of a pixel. It leaves no greys, as a canvas's own lines do at their edges: a
// link holds each pixel as a bit (pages/_shared/linked_drawing.py).
function draw(pad, x, y) {
  const { stroke, root } = pad;
  const [fromX, fromY] = stroke.last;
  const radius = root.querySelector("input").valueAsNumber / 2;
  const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY)));
  for (let step = 1; step <= steps; step++) {
    const part = step / steps;
    dot(pad.context, fromX + part * (x - fromX), fromY + part * (y - fromY), radius);
  }
  stroke.last = [x, y];
}

function dot(context, x, y, radius) {
  context.fillStyle = "#fff";
  for (let row = Math.round(y - radius); row < Math.round(y + radius); row++) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (row + 0.5 - y) ** 2));
    const left = Math.round(x - half);
    context.fillRect(left, row, Math.round(x + half) - left, 1);
  }
}

// A dropped or pasted picture is drawn into the middle, as large as it fits.
function listenForPictures(pad) {
  const { root } = pad;
  const over = (event) => {
    event.preventDefault(); // beside the pad too: the browser would leave the page for the picture
    root.classList.toggle("over", event.composedPath().includes(root));
  };
  const drop = (event) => {
    event.preventDefault();
    root.classList.remove("over");
    if (event.composedPath().includes(root)) addPicture(pad, event.dataTransfer.files[0]);
  };
  const paste = (event) => {
    const [origin] = event.composedPath();
    if (origin.closest?.("input:not([type=range]), textarea, [contenteditable=true]")) return;
    if (event.clipboardData.files.length) addPicture(pad, event.clipboardData.files[0]);
  };
  // The handlers are removed when the pad leaves the page.
  const handlers = { dragover: over, drop, paste, dragleave: () => root.classList.remove("over") };
  for (const [kind, act] of Object.entries(handlers)) {
    const listener = (event) => {
      if (root.isConnected) act(event);
      else document.removeEventListener(kind, listener);
    };
    document.addEventListener(kind, listener);
  }
}

async function addPicture(pad, file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    showError(pad, `An image file was expected. Received: ${file ? file.name : "something else"}`);
    return;
  }
  saveState(pad);
  const scale = Math.min(SIDE / picture.width, SIDE / picture.height);
  const [wide, high] = [picture.width * scale, picture.height * scale];
  const shown = background(pad, picture);
  pad.context.imageSmoothingQuality = "high";
  pad.context.drawImage(shown, (SIDE - wide) / 2, (SIDE - high) / 2, wide, high);
  picture.close();
  send(pad);
}

// Around a picture that is not square the ground is that of its corner; strokes on nothing become
// white ones on black, whatever their colour.
function background(pad, picture) {
  clear(pad);
  const corner = new OffscreenCanvas(1, 1).getContext("2d");
  corner.drawImage(picture, 0, 0, 1, 1, 0, 0, 1, 1);
  if (corner.getImageData(0, 0, 1, 1).data[3] > 127) {
    pad.context.drawImage(corner.canvas, 0, 0, SIDE, SIDE);
    return picture;
  }
  const white = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  white.drawImage(picture, 0, 0);
  white.globalCompositeOperation = "source-in";
  white.fillStyle = "#fff";
  white.fillRect(0, 0, picture.width, picture.height);
  return white.canvas;
}

function showError(pad, text) {
  const error = pad.root.querySelector(".error");
  error.textContent = text;
  error.hidden = !text;
}

function saveState(pad) {
  showError(pad, "");
  pad.before.push(pad.context.getImageData(0, 0, SIDE, SIDE));
  if (pad.before.length > MAX_UNDO) pad.before.shift();
}

function undo(pad) {
  if (!pad.before.length || pad.stroke) return;
  pad.context.putImageData(pad.before.pop(), 0, 0);
  send(pad);
}

function clear(pad) {
  pad.context.fillStyle = "#000";
  pad.context.fillRect(0, 0, SIDE, SIDE);
}

function send(pad) {
  pad.send(update(pad) ? pad.canvas.toDataURL("image/png") : "");
}

// Shows what can be done with the drawing, and returns whether there is one.
function update(pad) {
  const { data } = pad.context.getImageData(0, 0, SIDE, SIDE);
  const drawn = data.some((value, i) => i % 4 !== 3 && value > 0);
  pad.root.classList.toggle("drawn", drawn);
  pad.root.querySelector(".undo").disabled = !pad.before.length;
  pad.root.querySelector(".clear").disabled = !drawn;
  return drawn;
}
