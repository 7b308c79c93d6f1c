function mount(component) {
  const { parentElement, data } = component;
  const player = parentElement.querySelector(".player");
  const state = (player.state ??= { index: 0, playing: !prefersReducedMotion() });
  const canvas = player.querySelector("canvas");
  const [button, input, output] = ["button", "input", "output"].map((name) => player.querySelector(name));
  Object.assign(state, { data, since: null });
  state.index = Math.min(state.index, data.count - 1);
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
    if (!state.playing && !data.loop && state.index === data.count - 1) state.index = 0;
    state.playing = !state.playing;
    state.since = null;
    show();
  };
  input.oninput = () => {
    state.playing = false;
    state.index = Number(input.value);
    show();
  };

  function show() {
    const { index, sheet } = state;
    const { width, height, columns, count, names } = state.data;
    button.textContent = state.playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", state.playing ? "Pause" : "Play");
    input.value = index;
    output.textContent = names[index] ?? `${index + 1} / ${count}`;
    input.setAttribute("aria-valuetext", output.textContent);
    if (!sheet) return;
    const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
    canvas.getContext("2d").drawImage(sheet, left, top, width, height, 0, 0, width, height);
  }

  function advance(now) {
    if (!player.isConnected) return;
    state.request = requestAnimationFrame(advance);
    if (!state.playing || !state.sheet) return;
    state.since ??= now;
    const { framesPerSecond, count, loop } = state.data;
    const steps = Math.floor(((now - state.since) / 1000) * framesPerSecond);
    if (steps < 1) return;
    state.since += (steps * 1000) / framesPerSecond;
    const index = state.index + steps;
    state.playing = loop || index < count - 1;
    state.index = loop ? index % count : Math.min(index, count - 1);
    show();
  }

  cancelAnimationFrame(state.request);
  state.request = requestAnimationFrame(advance);
  show();
  return () => cancelAnimationFrame(state.request);
}

// Whoever asked the system for less motion starts it by hand.
function prefersReducedMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
