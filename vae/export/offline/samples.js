// A grid of samples from the prior: the same seed, the same images.

const LARGEST_SEED = 2 ** 32 - 1;

function makeSamples(lab) {
  const box = document.querySelector(".samples");
  const find = (name) => box.querySelector(name);
  const [rows, temperature, seed, grid] = [".rows", ".temperature", ".seed", ".grid"].map(find);
  let codes = [];

  const renderAll = () => {
    const side = Number(rows.value);
    rows.previousElementSibling.textContent = `${side} × ${side}`;
    temperature.previousElementSibling.textContent = fixed(Number(temperature.value));
    codes = priorCodes(side * side, lab.z.length, Number(temperature.value), Number(seed.value));
    if (grid.children.length !== codes.length) {
      grid.style.setProperty("--side", side);
      grid.replaceChildren(...codes.map((_, i) => {
        const label = `Sample ${i + 1}`;
        return element("button", { type: "button", "aria-label": label, tabindex: i ? -1 : 0 }, element("canvas"));
      }));
    }
    const canvases = grid.querySelectorAll("canvas");
    oneByOne("samples", codes.map((z, i) => () => lab.paint(canvases[i], lab.decode(z))));
  };

  for (const input of [rows, temperature]) input.addEventListener("input", renderAll);
  seed.addEventListener("input", () => seed.value !== "" && seed.validity.valid && renderAll());
  seed.addEventListener("change", () => {
    const wanted = Math.round(Number(seed.value));
    seed.value = Math.min(LARGEST_SEED, Math.max(0, wanted || 0));
    renderAll();
  });
  find(".again").addEventListener("click", () => {
    seed.value = (Number(seed.value) + 1) % (LARGEST_SEED + 1);
    renderAll();
  });

  grid.addEventListener("click", (event) => {
    const index = [...grid.children].indexOf(event.target.closest("button"));
    if (index >= 0) lab.setCode(codes[index], `Sample ${index + 1} of the grid, seed ${seed.value}.`);
  });
  // One stop for the Tab key; the arrows go from image to image.
  grid.addEventListener("keydown", (event) => {
    const side = Number(rows.value);
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -side, ArrowDown: side }[event.key];
    const cells = [...grid.children];
    const next = cells[cells.indexOf(document.activeElement) + (move ?? NaN)];
    if (move === undefined || !next) return;
    event.preventDefault();
    for (const cell of cells) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  });
  lab.onCode((relabelled) => relabelled && renderAll());
  renderAll();
}
