export default function (component) {
  const { parentElement, data } = component;
  const player = parentElement.querySelector(".player");
  const state = (player.state ??= { place: 0, playing: !stands() });
  const canvas = player.querySelector("canvas");
  const [button, input, output] = ["button", "input", "output"].map((name) => player.querySelector(name));
  Object.assign(state, { data, since: null });
  state.place = Math.min(state.place, data.count - 1);
  Object.assign(canvas, { width: data.width, height: data.height });
  canvas.setAttribute("aria-label", data.alt);
  input.max = data.count - 1;

  if (state.source !== data.sheet) {
    state.source = data.sheet;
    state.sheet = null;
    const sheet = new Image();
    sheet.onload = () => {
      if (state.source !== data.sheet) return; // another one came meanwhile
      state.sheet = sheet;
      show();
    };
    sheet.src = data.sheet;
  }
  button.onclick = () => {
    if (!state.playing && !data.loop && state.place === data.count - 1) state.place = 0;
    state.playing = !state.playing;
    state.since = null;
    show();
  };
  input.oninput = () => {
    state.playing = false;
    state.place = Number(input.value);
    show();
  };

  function show() {
    const { place, sheet } = state;
    const { width, height, columns, count } = state.data;
    button.textContent = state.playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", state.playing ? "Pause" : "Play");
    input.value = place;
    output.textContent = `${place + 1} / ${count}`;
    if (!sheet) return;
    const [left, top] = [(place % columns) * width, Math.floor(place / columns) * height];
    canvas.getContext("2d").drawImage(sheet, left, top, width, height, 0, 0, width, height);
  }

  function turn(now) {
    if (!player.isConnected) return;
    state.frame = requestAnimationFrame(turn);
    if (!state.playing || !state.sheet) return;
    state.since ??= now;
    const { framesPerSecond, count, loop } = state.data;
    const steps = Math.floor(((now - state.since) / 1000) * framesPerSecond);
    if (steps < 1) return;
    state.since += (steps * 1000) / framesPerSecond;
    const place = state.place + steps;
    state.playing = loop || place < count - 1;
    state.place = loop ? place % count : Math.min(place, count - 1);
    show();
  }

  cancelAnimationFrame(state.frame);
  state.frame = requestAnimationFrame(turn);
  show();
  return () => cancelAnimationFrame(state.frame);
}

// Whoever asked the system for less motion starts it by hand.
function stands() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
