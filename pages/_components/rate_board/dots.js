// The dots, the steps of the Pareto front, and lines on which rate + distortion is the same.

const ROOM = 0.07; // of a range, around the dots
const LINES = 7;
const POINTS = 60; // of a line of equal ELBO, which is bent where the rate's axis is logarithmic
const LEAST = 1e-3; // nats: a rate of 0 has no logarithm

function scalesOf(board) {
  const { svg, data } = board;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [left, top] = [4.4 * rem, 0.5 * rem];
  const [wide, high] = [svg.clientWidth - left - rem, svg.clientHeight - top - 3 * rem];
  const along = data.isLog ? (rate) => Math.log(Math.max(rate, LEAST)) : (rate) => rate;
  const ends = (values) => {
    const [low, upper] = [Math.min(...values), Math.max(...values)];
    const room = ROOM * (upper - low) || 1;
    return [low - room, upper + room];
  };
  const [first, last] = ends(data.dots.map(({ rate }) => along(rate)));
  const [low, peak] = ends(data.dots.map(({ distortion }) => distortion));
  return {
    rem, left, top, wide, high, low, peak,
    rates: data.isLog ? [Math.exp(first), Math.exp(last)] : [first, last],
    x: (rate) => left + ((along(rate) - first) / (last - first)) * wide,
    y: (distortion) => top + ((peak - distortion) / (peak - low)) * high,
  };
}

function drawBoard(board) {
  const { svg, data } = board;
  if (!svg.clientWidth || !data.dots.length) return;
  const scales = scalesOf(board);
  board.places = data.dots.map(({ rate, distortion }) => [scales.x(rate), scales.y(distortion)]);
  const steps = data.front.map(([rate, distortion]) => `${scales.x(rate)} ${scales.y(distortion)}`);
  const dots = data.dots.map((dot, index) => drawDot(board, dot, index, scales.rem));
  svg.replaceChildren(...axes(scales), ...equalLines(scales, data), shape("path", { class: "front", d: `M${steps.join("L")}` }), ...dots);
  showHint(board);
}

function axes({ rem, left, top, wide, high, low, peak, rates, x, y }) {
  const bottom = top + high;
  const middle = top + high / 2;
  const title = words("distortion: reconstruction, nats", rem, middle, "middle");
  title.setAttribute("transform", `rotate(-90 ${rem} ${middle})`);
  const across = rateTicks(rates, x, rem);
  return [
    shape("path", { class: "axis", d: `M${left} ${top}V${bottom}H${left + wide}` }),
    ...ticks(low, peak, high / (2.4 * rem)).map((value) => words(short(value), left - 0.4 * rem, y(value) + 0.3 * rem, "end")),
    ...across.map((value) => words(short(value), x(value), bottom + 1.2 * rem, "middle")),
    title,
    words("rate: KL, nats per image", left + wide / 2, bottom + 2.6 * rem, "middle"),
  ];
}

// Of a logarithmic axis ones, twos and fives that do not touch each other.
function rateTicks([first, last], x, rem) {
  if (x(last) - x((first + last) / 2) > 0.49 * (x(last) - x(first))) return ticks(first, last, (x(last) - x(first)) / (4 * rem));
  const found = [];
  for (let power = -3; power < 7; power++) {
    for (const value of [1, 2, 5].map((factor) => factor * 10 ** power)) {
      const isFree = !found.length || x(value) - x(found.at(-1)) > 2.4 * rem;
      if (value >= first && value <= last && isFree) found.push(value);
    }
  }
  return found;
}

function equalLines({ rem, left, wide, low, peak, rates: [first, last], x, y }) {
  const levels = ticks(first + low, last + peak, LINES);
  return levels.flatMap((level) => {
    const points = Array.from({ length: POINTS + 1 }, (_, i) => first + ((last - first) * i) / POINTS)
      .filter((rate) => level - rate >= low && level - rate <= peak)
      .map((rate) => [x(rate), y(level - rate)]);
    if (points.length < 2) return [];
    const [px, py] = points.at(-1);
    const isRight = px > left + wide - 4 * rem;
    const above = py - 1.3 * rem > y(peak) ? 0.35 : -1.1; // else below its line, or it is cut off
    const name = words(`ELBO ${short(-level)}`, px - (isRight ? 0.2 * rem : 0), py - above * rem, isRight ? "end" : "middle");
    name.setAttribute("class", "level");
    return [shape("path", { class: "level", d: `M${points.map((point) => point.join(" ")).join("L")}` }), name];
  });
}

function drawDot(board, { label, color, rate, distortion }, index, rem) {
  const [cx, cy] = board.places[index];
  const dot = shape("circle", {
    cx, cy, r: 0.42 * rem, fill: color, role: "button", tabindex: index === board.focused ? 0 : -1,
    "aria-label": `${label}: rate ${nats(rate)}, distortion ${nats(distortion)}`,
  });
  dot.addEventListener("pointerenter", () => pointAt(board, index));
  dot.addEventListener("pointerleave", () => pointAt(board, null));
  dot.addEventListener("focus", () => pointAt(board, index));
  dot.addEventListener("blur", () => pointAt(board, null));
  dot.addEventListener("click", () => board.open(index));
  dot.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      board.open(index);
    }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    focusDot(board, index, step);
  });
  return dot;
}

// In the order of their rates, as they stand from left to right.
function focusDot(board, index, step) {
  const order = board.places.map((_, i) => i).sort((a, b) => board.places[a][0] - board.places[b][0]);
  board.focused = order[(order.indexOf(index) + step + order.length) % order.length];
  const dots = [...board.svg.querySelectorAll("circle")];
  for (const [i, dot] of dots.entries()) dot.setAttribute("tabindex", i === board.focused ? 0 : -1);
  dots[board.focused].focus();
}

const short = (value) => String(Number(value.toPrecision(4))).replace("-", "−");
