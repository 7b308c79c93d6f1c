// Draws the part of Plotly's description of a figure that charts of bars, lines and dots need.

const BAR = 0.8; // of the distance between two categories

function mount({ parentElement, data }) {
  const root = parentElement.querySelector("figure");
  root.data = data;
  root.querySelector("svg").setAttribute("aria-label", data.name);
  root.querySelector("svg").setAttribute("role", "img");
  showLegend(root, data);
  showNumbers(root.querySelector("details"), data);
  if (!root.observer) {
    root.observer = new ResizeObserver(() => draw(root));
    root.observer.observe(root);
  }
  draw(root);
}

function showLegend(root, { data, layout }) {
  const named = data.filter((each) => each.name);
  const caption = root.querySelector("figcaption");
  caption.hidden = layout.showlegend === false || named.length < 2;
  caption.replaceChildren(
    ...named.map((each) => {
      const chip = document.createElement("i");
      chip.textContent = each.name;
      chip.style.setProperty("--hue", each.line?.color ?? each.marker?.color);
      return chip;
    }),
  );
}

const asText = (value) =>
  typeof value === "string" ? value : Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 4 });

function showNumbers(details, { data, layout, hasNumbers }) {
  details.hidden = !hasNumbers;
  if (!hasNumbers) return;
  const across = layout.yaxis?.title?.text ?? "value";
  const heads = [layout.xaxis?.title?.text ?? "", ...data.map((each) => each.name ?? across)];
  const row = (cells, isHead) => {
    const line = document.createElement("tr");
    line.append(
      ...cells.map((text, i) => {
        const cell = document.createElement(isHead || !i ? "th" : "td");
        if (isHead || !i) cell.scope = isHead ? "col" : "row";
        cell.textContent = text;
        return cell;
      }),
    );
    return line;
  };
  const head = document.createElement("thead");
  const body = document.createElement("tbody");
  head.append(row(heads, true));
  body.append(...data[0].x.map((name, i) => row([asText(name), ...data.map(({ y }) => asText(y[i]))])));
  details.querySelector("table").replaceChildren(head, body);
}

function draw(root) {
  const { data, layout, height: rems } = root.data;
  const svg = root.querySelector("svg");
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const width = svg.clientWidth;
  if (!width) return;
  const height = rems * rem;
  svg.style.height = `${height}px`;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const hasY = layout.yaxis?.visible !== false;
  const top = (layout.annotations?.length ? 2.8 : 0.7) * rem;
  const bottom = (layout.xaxis?.title?.text ? 3 : 1.6) * rem;
  const left = hasY ? (layout.yaxis?.title?.text ? 4.6 : 3) * rem : 0.5 * rem;
  const inner = { left, top, wide: width - left - 0.5 * rem, high: height - top - bottom };
  const marks = [];
  for (const name of new Set(data.map((each) => each.xaxis ?? "x"))) {
    const traces = data.filter((each) => (each.xaxis ?? "x") === name);
    const number = name.slice(1);
    const plot = plotOf(traces, layout[`xaxis${number}`] ?? {}, layout[`yaxis${number}`] ?? {}, layout, inner, rem);
    marks.push(...axes(plot), ...bands(plot, layout.shapes ?? []), ...traces.flatMap((each) => trace(plot, each)));
  }
  for (const { text, x } of layout.annotations ?? []) {
    const title = words(text, inner.left + x * inner.wide, 1.1 * rem, "middle");
    title.setAttribute("class", "bold");
    marks.push(title);
  }
  svg.replaceChildren(...marks);
}

// Where values of a pair of axes lie on the picture.
function plotOf(traces, xaxis, yaxis, layout, inner, rem) {
  const [from, to] = xaxis.domain ?? [0, 1];
  const box = { ...inner, left: inner.left + from * inner.wide, wide: (to - from) * inner.wide };
  const names = typeof traces[0].x[0] === "string" ? traces[0].x : null;
  const isLog = yaxis.type === "log";
  const isLogX = xaxis.type === "log";
  const across = (value) => (isLogX ? Math.log10(value) : value); // a range is one of powers, as Plotly has it
  const [low, high] = yaxis.range ?? extentOf(traces, layout.shapes ?? []);
  const [left, right] = xaxis.range ?? (isLogX ? extentOfPowers(traces) : [0, 1]);
  const step = names ? box.wide / names.length : 0;
  return {
    box, xaxis, yaxis, rem, names, step, isLog, low, high, left, right,
    x: (value, i) => (names ? box.left + (i + 0.5) * step : box.left + ((across(value) - left) / (right - left)) * box.wide),
    y: (value) => box.top + box.high * (1 - ((isLog ? Math.log10(value) : value) - low) / (high - low || 1)),
    unit: names ? step : box.wide / (right - left),
  };
}

function extentOfPowers(traces) {
  const powers = traces.flatMap(({ x }) => x.map(Math.log10));
  const [low, high] = [Math.min(...powers), Math.max(...powers)];
  return [low - 0.04, high + 0.04];
}

// The two ends of an interval; one side is as long as the other where nothing else is said.
function whisker(value, i, error) {
  return [value - ((error?.arrayminus ?? error?.array)?.[i] ?? 0), value + (error?.array[i] ?? 0)];
}

function extentOf(traces, shapes) {
  const values = traces.flatMap(({ y, error_y }) => y.flatMap((each, i) => whisker(each, i, error_y)));
  const ends = [...values, ...shapes.flatMap(({ y0, y1 }) => [y0, y1])].filter(Number.isFinite);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return [low - 0.05 * (high - low || 1), high + 0.05 * (high - low || 1)];
}

function axes({ box, xaxis, yaxis, rem, names, step, isLog, low, high, left, right, x, y }) {
  const marks = [];
  const bottom = box.top + box.high;
  if (yaxis.visible !== false) {
    const exponents = isLog ? ticks(Math.ceil(low), high, 8).filter(Number.isInteger) : [];
    for (const value of isLog ? exponents.map((each) => 10 ** each) : ticks(low, high, box.high / (2.2 * rem))) {
      const at = y(value);
      marks.push(shape("line", { class: "grid", x1: box.left, x2: box.left + box.wide, y1: at, y2: at }));
      marks.push(words(asText(value), box.left - 0.4 * rem, at + 0.3 * rem, "end"));
    }
    const middle = box.top + box.high / 2;
    const title = words(yaxis.title?.text ?? "", rem, middle, "middle");
    title.setAttribute("transform", `rotate(-90 ${rem} ${middle})`);
    marks.push(title);
  }
  if (names) {
    const every = Math.ceil((1.9 * rem) / step);
    names.forEach((name, i) => i % every || marks.push(words(name, x(name, i), bottom + 1.2 * rem, "middle")));
  } else {
    for (const value of xaxis.tickvals ?? ticks(left, right, box.wide / (2.6 * rem))) {
      marks.push(words(asText(value), x(value), bottom + 1.2 * rem, "middle"));
    }
  }
  marks.push(words(xaxis.title?.text ?? "", box.left + box.wide / 2, bottom + 2.6 * rem, "middle"));
  return marks;
}

// From one edge to the other: a part of the y axis, or a line at a value.
function bands({ box, y }, shapes) {
  return shapes.map(({ type, y0, y1, fillcolor, line, opacity }) => {
    const style = { stroke: line?.color ?? "none", "stroke-width": line?.width ?? 0, opacity: opacity ?? 1 };
    if (type !== "rect") {
      return shape("line", { ...style, "stroke-dasharray": "2 4", x1: box.left, x2: box.left + box.wide, y1: y(y0), y2: y(y1) });
    }
    return shape("rect", { ...style, fill: fillcolor, x: box.left, width: box.wide, y: y(y1), height: y(y0) - y(y1) });
  });
}

function trace(plot, { type, x: xs, y: ys, mode = "lines", marker = {}, line = {}, width, text, textposition, hovertext, error_y: error }) {
  const { x, y, unit, rem, box } = plot;
  const at = (values, i) => (Array.isArray(values) ? values[i] : values);
  const titled = (mark, i) => {
    mark.append(shape("title", {}, hovertext?.[i] ?? `${asText(xs[i])}: ${asText(ys[i])}`));
    return mark;
  };
  if (type === "bar") {
    const base = Math.min(y(plot.isLog ? 10 ** plot.low : Math.max(0, plot.low)), box.top + box.high);
    return ys.map((value, i) => {
      const wide = (width ? width[i] * 0.95 : BAR) * unit;
      const style = { fill: at(marker.color, i), opacity: at(marker.opacity, i) ?? 1 };
      const top = Math.min(base, y(value));
      return titled(shape("rect", { ...style, x: x(xs[i], i) - wide / 2, width: wide, y: top, height: base - top }), i);
    });
  }
  const marks = [];
  if (mode.includes("lines")) {
    const points = xs.map((value, i) => `${x(value, i)},${y(ys[i])}`).join(" ");
    const dashes = line.dash === "dash" ? "7 5" : "none";
    marks.push(shape("polyline", { points, fill: "none", stroke: line.color, "stroke-width": line.width ?? 2, "stroke-dasharray": dashes }));
  }
  for (let i = 0; i < xs.length; i++) {
    const [px, py] = [x(xs[i], i), y(ys[i])];
    if (error) {
      const [low, high] = whisker(ys[i], i, error).map(y), arm = 0.35 * rem;
      const d = `M${px} ${low}V${high}M${px - arm} ${low}h${2 * arm}M${px - arm} ${high}h${2 * arm}`;
      marks.push(shape("path", { d, fill: "none", stroke: error.color, "stroke-width": error.thickness }));
    }
    if (mode.includes("markers")) marks.push(titled(shape("circle", { cx: px, cy: py, r: 0.28 * rem, fill: marker.color }), i));
    if (text?.[i]) {
      const isLeft = textposition === "top left";
      marks.push(words(text[i], px, py - 0.35 * rem, isLeft ? "end" : "middle"));
    }
  }
  return marks;
}
