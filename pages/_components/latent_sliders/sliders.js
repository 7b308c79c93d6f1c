// One request is under way at a time: what the user did meanwhile goes with the next one, so that
// the server is never behind by more than one image.
const FEW = 5; // sliders that fit below each other, with their strips

function mount(component) {
  const { parentElement, data, setStateValue } = component;
  const board = parentElement.querySelector(".board");
  const state = (board.state ??= { generation: null, waiting: false, changed: false, inputs: [] });
  state.send = (values) => setStateValue("z", { generation: data.generation, values });

  board.querySelector("img").src = data.image;
  state.waiting = false;

  if (state.generation !== data.generation) {
    state.generation = data.generation;
    state.changed = false;
    state.z = [...data.z];
    build(board, state, data);
  }
  state.caption = data.caption;
  describe(board, state);
  flush(state);
}

function build(board, state, data) {
  const sliders = board.querySelector(".sliders");
  state.dimensions = data.dimensions;
  sliders.classList.toggle("few", data.strips.length > 0 && data.strips.length <= FEW);
  state.inputs = data.dimensions.map((dimension) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: -data.reach, max: data.reach, step: 0.05 });
    input.value = data.z[dimension];
    input.setAttribute("aria-label", `${data.symbol}${dimension + 1}`);
    input.addEventListener("input", () => {
      state.changed = true;
      state.z[dimension] = Number(input.value);
      describe(board, state);
      flush(state);
    });
    return input;
  });
  sliders.replaceChildren(
    ...state.inputs.map((input, rank) => {
      const label = document.createElement("label");
      const name = document.createElement("span");
      name.textContent = `${data.symbol}${data.dimensions[rank] + 1}`;
      label.append(name, input, document.createElement("output"));
      if (data.strips.length) {
        const strip = document.createElement("img");
        Object.assign(strip, { src: data.strips[rank], alt: "", className: "strip" });
        label.append(strip);
      }
      return label;
    }),
  );
}

function describe(board, state) {
  for (const [rank, input] of state.inputs.entries()) {
    input.nextElementSibling.textContent = state.z[state.dimensions[rank]].toFixed(2);
  }
  const squared = state.z.reduce((sum, value) => sum + value ** 2, 0);
  board.querySelector("figcaption").textContent =
    state.caption ??
    `|z| = ${Math.sqrt(squared).toFixed(2)}; the prior expects about ` +
    `${Math.sqrt(state.z.length).toFixed(2)}.`;
}

function flush(state) {
  if (!state.changed || state.waiting) return;
  state.changed = false;
  state.waiting = true;
  state.send(state.z);
}
