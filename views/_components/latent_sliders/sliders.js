// One request is under way at a time: what the hand did meanwhile goes with the next one, so that
// the server is never behind by more than one image.
export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const board = parentElement.querySelector(".board");
  const state = (board.state ??= { generation: null, waiting: false, moved: false, inputs: [] });
  state.send = (z) => setStateValue("z", z);

  board.querySelector("img").src = data.image;
  state.waiting = false;

  if (state.generation !== data.generation || state.inputs.length !== data.z.length) {
    state.generation = data.generation;
    state.moved = false;
    build(board, state, data);
  }
  describe(board, state);
  flush(state);
}

function build(board, state, data) {
  const sliders = board.querySelector(".sliders");
  state.inputs = data.z.map((value, place) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: -data.reach, max: data.reach, step: 0.05 });
    input.value = value;
    input.setAttribute("aria-label", `z${place + 1}`);
    input.addEventListener("input", () => {
      state.moved = true;
      describe(board, state);
      flush(state);
    });
    return input;
  });
  sliders.replaceChildren(
    ...state.inputs.map((input, place) => {
      const label = document.createElement("label");
      const name = document.createElement("span");
      name.textContent = `z${place + 1}`;
      label.append(name, input, document.createElement("output"));
      return label;
    }),
  );
}

function describe(board, state) {
  for (const input of state.inputs) {
    input.nextElementSibling.textContent = Number(input.value).toFixed(2);
  }
  const squared = state.inputs.reduce((sum, input) => sum + Number(input.value) ** 2, 0);
  board.querySelector("figcaption").textContent =
    `|z| = ${Math.sqrt(squared).toFixed(2)}; the prior expects about ` +
    `${Math.sqrt(state.inputs.length).toFixed(2)}.`;
}

function flush(state) {
  if (!state.moved || state.waiting) return;
  state.moved = false;
  state.waiting = true;
  state.send(state.inputs.map((input) => Number(input.value)));
}
