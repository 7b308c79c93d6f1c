// What the figures of Learn share: sliders that act while they move, scales, curves. Needs svg.js.

// The element's own children are made once; later data come to the same figure.
function once(parentElement, build) {
  const root = parentElement.querySelector(".figure");
  return (root.figure ??= build(root));
}

function node(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const twoDigits = (value) => value.toFixed(2).replace("-", "−");

// A labelled slider. label: text, or a node; hue: a color; act: what hears each value, as a number.
function slider(label, { min, max, step, value, hue, format = twoDigits }, act) {
  const input = Object.assign(node("input"), { type: "range", min, max, step, value });
  input.value = value; // once its range is known
  input.style.accentColor = hue;
  const output = node("output");
  const row = node("label", "slider", node("span", "", label), input, output);
  row.set = (number) => {
    input.value = number;
    output.textContent = format(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  row.value = () => Number(input.value);
  row.set(value);
  input.addEventListener("input", () => {
    row.set(input.value);
    act(Number(input.value));
  });
  return row;
}

function press(label, act) {
  const made = node("button", "", label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// Switches between a few; act hears the index of the chosen one.
function switches(name, labels, chosen, act) {
  const group = node("div", "switches");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", name);
  const id = `${name}-${Math.random().toString(36).slice(2)}`;
  for (const [index, label] of labels.entries()) {
    const input = Object.assign(node("input"), { type: "radio", name: id, checked: index === chosen });
    input.addEventListener("change", () => act(index));
    group.append(node("label", "", input, label));
  }
  return group;
}

function linear([low, high], [start, end]) {
  const scale = (value) => start + ((value - low) / (high - low)) * (end - start);
  scale.invert = (at) => low + ((at - start) / (end - start)) * (high - low);
  return scale;
}

const bell = (x, mean, deviation) =>
  Math.exp(-((x - mean) ** 2) / (2 * deviation ** 2)) / (deviation * Math.sqrt(2 * Math.PI));

// The path of a function over a range, as SVG writes it.
function curve(f, [low, high], x, y, count = 160) {
  const at = Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
  return at.map((value, i) => `${i ? "L" : "M"}${x(value).toFixed(1)} ${y(f(value)).toFixed(1)}`).join("");
}

function setAll(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
}

// A random number from N(0, 1), by Box and Muller.
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
