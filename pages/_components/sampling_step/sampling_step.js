// Above, the bell curve of the noise; below it that of the code; one line carries a number from one to
// the other. Beside them the way that the gradient takes back.

const WIDE = 560, HIGH = 300, RANGE = [-5, 5];
const X = linear(RANGE, [20, WIDE - 20]);
const TOP = linear([0, 0.45], [120, 24]);
const BOTTOM = linear([0, 1.2], [270, 164]);
const MAX_HIGH = 1.15; // of the lower curve: a narrow one is cut there

function mount({ parentElement, data }) {
  const figure = once(parentElement, (root) => build(root, data.hues));
  draw(figure);
}

function build(root, hues) {
  const figure = { hues, mean: 1, logVar: -1, epsilon: 0.8, apart: true };
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" });
  const part = (name, attributes, text) => {
    const made = shape(name, attributes, text);
    svg.append(made);
    return made;
  };
  part("line", { class: "axis", x1: 20, x2: WIDE - 20, y1: 120, y2: 120 });
  part("line", { class: "axis", x1: 20, x2: WIDE - 20, y1: 270, y2: 270 });
  for (let at = -4; at <= 4; at += 2) svg.append(words(`${at}`.replace("-", "−"), X(at), 290, "middle"));
  svg.append(words("noise ε from N(0, 1)", 20, 18, "start"), words("code z from N(μ, σ²)", 20, 158, "start"));
  figure.parts = {
    noise: part("path", { class: "line", stroke: hues.epsilon, d: curve((e) => bell(e, 0, 1), RANGE, X, TOP) }),
    code: part("path", { class: "line", stroke: hues.z }),
    carry: part("path", { class: "line", stroke: hues.z, "stroke-width": 2 }),
    from: part("circle", { r: 8, cy: 120, fill: hues.epsilon }),
    mean: part("line", { class: "line dashed", y1: 164, y2: 270, stroke: hues.mean }),
    to: part("circle", { r: 8, cy: 270, fill: hues.z }),
  };
  figure.svg = svg;
  figure.sliders = [
    slider("μ", { min: -3, max: 3, step: 0.05, value: figure.mean, hue: hues.mean }, (value) => set(figure, { mean: value })),
    slider("log σ²", { min: -4, max: 1.5, step: 0.05, value: figure.logVar, hue: hues.log_var }, (value) => set(figure, { logVar: value })),
    slider("ε", { min: -2.5, max: 2.5, step: 0.05, value: figure.epsilon, hue: hues.epsilon }, (value) => set(figure, { epsilon: value })),
  ];
  figure.said = node("p", "said");
  figure.said.setAttribute("aria-live", "polite");
  figure.graph = graph(hues);
  root.append(
    svg,
    node("div", "sliders", ...figure.sliders),
    node("div", "row", press("New noise", () => again(figure))),
    figure.said,
    switches("How z is made", ["z = μ + σ ε", "z drawn at random from N(μ, σ²)"], 0, (index) => set(figure, { apart: index === 0 })),
    figure.graph.svg,
  );
  return figure;
}

function set(figure, values) {
  Object.assign(figure, values);
  draw(figure);
}

function again(figure) {
  const epsilon = Math.max(-2.5, Math.min(2.5, normal()));
  figure.sliders[2].set(epsilon);
  set(figure, { epsilon: figure.sliders[2].value() });
}

function draw(figure) {
  const { parts, mean, logVar, epsilon } = figure;
  const deviation = Math.exp(logVar / 2), z = mean + deviation * epsilon;
  setAll(parts.code, { d: curve((at) => Math.min(bell(at, mean, deviation), MAX_HIGH), RANGE, X, BOTTOM) });
  setAll(parts.from, { cx: X(epsilon) });
  setAll(parts.to, { cx: X(z) });
  setAll(parts.mean, { x1: X(mean), x2: X(mean) });
  setAll(parts.carry, { d: `M${X(epsilon)} 128C${X(epsilon)} 200 ${X(z)} 190 ${X(z)} 262` });
    figure.svg.setAttribute("aria-label", `A code z of ${twoDigits(z)} sampled from the bell curve with mean ${twoDigits(mean)} and standard deviation ${twoDigits(deviation)}`);
  figure.said.innerHTML =
    `<b>z = ${twoDigits(mean)} + ${twoDigits(deviation)} × ${twoDigits(epsilon)} = ${twoDigits(z)}</b>. ` +
    (figure.apart
      ? `Move μ by a little: z moves as far. Move log σ² by a little: z moves ½ σ ε = ${twoDigits((deviation * epsilon) / 2)} times as far.`
      : "Here z was drawn, and no formula says how it would move with μ.");
  figure.graph.show(figure.apart);
}

// The computation as boxes: forward in grey, the gradient's way back in its hue.
function graph(hues) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} 190`, role: "img" });
  const head = shape("marker", { id: "head", viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 5, markerHeight: 5, orient: "auto" });
  head.append(shape("path", { d: "M0 0L10 5L0 10z", fill: hues.gradient }));
  svg.append(head);
  const box = (text, x, y, hue, wide = 92) => {
    svg.append(
      shape("rect", { class: "box", x: x - wide / 2, y: y - 20, width: wide, height: 40, rx: 8, stroke: hue }),
      words(text, x, y + 5, "middle"),
    );
  };
  const back = (d) => {
    const made = shape("path", { class: "flow", stroke: hues.gradient, d });
    svg.append(made);
    return made;
  };
  const free = back("M456 95H388"); // loss to z
  const held = [back("M292 84L172 44"), back("M292 106L172 146")]; // z to μ and log σ²
  box("μ", 120, 36, hues.mean);
  box("log σ²", 120, 154, hues.log_var);
  box("z", 340, 95, hues.z);
  box("loss", 505, 95, hues.loss);
  const noise = shape("g");
  noise.append(
    shape("line", { class: "axis", x1: 340, x2: 340, y1: 48, y2: 74 }),
    shape("rect", { class: "box", x: 294, y: 8, width: 92, height: 40, rx: 8, stroke: hues.epsilon }),
    words("ε, noise", 340, 33, "middle"),
  );
  const note = words("", 340, 180, "middle");
  note.classList.add("small");
  svg.append(noise, note);
  return {
    svg,
    show(apart) {
      for (const each of held) each.classList.toggle("stopped", !apart);
      for (const each of held) each.classList.toggle("dashed", !apart);
      noise.style.visibility = apart ? "visible" : "hidden";
      note.textContent = apart ? "The gradient flows back to μ and log σ²." : "The gradient stops at the random draw.";
      svg.setAttribute("aria-label", note.textContent);
      free.classList.remove("stopped");
    },
  };
}
