// One slider over runs that differ in beta alone. Dots glide from where one run has them to where the
// next one does; pictures change at once.

const GLIDE_MS = 500;
const RATES = [1, 2, 5, 10, 20, 50, 100, 200, 500]; // ticks
const WIDE = 340, HIGH = 300; // of the chart
const decodeBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

function mount({ parentElement, data }) {
  once(parentElement, (root) => build(root, data));
}

function build(root, data) {
  const { members, hues } = data;
  const family = { root, data, at: data.first, moment: null };
  family.cloud = { ...data, labels: decodeBytes(data.labels), hasPrior: true, names: ["z1", "z2"] };
  family.moments = members.map((each) => ({ points: new Float32Array(decodeBytes(each.points).buffer), window: each.window }));
  family.moment = family.moments[data.first];
  family.canvas = node("canvas");
  family.canvas.setAttribute("role", "img");
  family.manifold = node("img");
  family.copies = node("img");
  const originals = Object.assign(node("img"), { src: data.originals, alt: "Test images" });
  family.said = node("p", "said");
  family.said.setAttribute("aria-live", "polite");
  family.chart = chart(family);
  const legend = node("div", "legend", ...data.classes.map((name, label) => {
    const chip = node("i", "", name);
    chip.style.setProperty("--hue", data.colors[label]);
    return chip;
  }));
  const beta = slider(
    "beta",
    { min: 0, max: members.length - 1, step: 1, value: data.first, hue: hues.z, format: (index) => `${members[index].beta}` },
    (index) => choose(family, index),
  );
  beta.classList.add("beta");
  const picture = (title, ...parts) => node("figure", "", node("figcaption", "", title), ...parts);
  root.append(
    beta,
    node("div", "pictures",
      picture("Codes of 1,000 test images; circles: the prior", family.canvas, legend),
      picture("What codes of the prior become", family.manifold),
      picture("Rate and distortion, nats per image", family.chart.svg),
    ),
    node("div", "copies", "images", originals, "copies", family.copies),
    family.said,
  );
  new ResizeObserver(() => paintCloud(family.canvas, family.moment, family.cloud)).observe(family.canvas);
  choose(family, data.first);
  return family;
}

function choose(family, index) {
  const { members } = family.data;
  const member = members[index];
  family.at = index;
  family.manifold.src = member.manifold;
  family.manifold.alt = `Images of codes on a grid, for beta ${member.beta}`;
  family.copies.src = member.copies;
  family.copies.alt = `Copies of the test images, for beta ${member.beta}`;
  family.canvas.setAttribute("aria-label", `Codes of test images in two dimensions, for beta ${member.beta}`);
  family.said.textContent =
    `beta ${member.beta}: the copies cost ${member.distortion.toFixed(1)} nats per image, the codes say ` +
    `${member.rate.toFixed(1)} nats about it.`;
  family.chart.show(index);
  glide(family, family.moments[index]);
}

function glide(family, to) {
  const from = family.moment, began = performance.now(), turn = (family.turn = {});
  const frame = (now) => {
    if (family.turn !== turn || !family.root.isConnected) return;
    const way = still() ? 1 : Math.max(0, Math.min(1, (now - began) / GLIDE_MS));
    family.moment = between(from, to, way * way * (3 - 2 * way));
    paintCloud(family.canvas, family.moment, family.cloud);
    if (way < 1) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

// A dot a run; distortion grows upwards, rate to the right, on a logarithmic scale: without any KL it
// is twenty times that of the others.
function chart(family) {
  const { members, hues } = family.data;
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": "Rate against distortion, a dot for each beta" });
  const range = (name) => {
    const values = members.map((each) => each[name]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low - 0.12 * (high - low), high + 0.12 * (high - low)];
  };
  const logs = members.map((each) => Math.log(each.rate));
  const room = 0.08 * (Math.max(...logs) - Math.min(...logs));
  const along = linear([Math.min(...logs) - room, Math.max(...logs) + room], [48, WIDE - 10]);
  const x = (rate) => along(Math.log(rate));
  const y = linear(range("distortion"), [HIGH - 44, 12]);
  svg.append(
    shape("line", { class: "axis", x1: 48, x2: WIDE - 10, y1: HIGH - 44, y2: HIGH - 44 }),
    shape("line", { class: "axis", x1: 48, x2: 48, y1: 12, y2: HIGH - 44 }),
    ...RATES.filter((rate) => x(rate) > 48 && x(rate) < WIDE - 10).map((rate) => words(`${rate}`, x(rate), HIGH - 26, "middle")),
    ...ticks(...range("distortion"), 6).map((tick) => words(`${tick}`, 42, y(tick) + 5, "end")),
    words("rate: the KL", WIDE - 10, HIGH - 6, "end"),
    words("distortion", 54, 22, "start"),
    shape("path", { class: "line", stroke: hues.loss, d: members.map((each, i) => `${i ? "L" : "M"}${x(each.rate)} ${y(each.distortion)}`).join("") }),
  );
  const dots = members.map((each) => {
    const dot = shape("circle", { cx: x(each.rate), cy: y(each.distortion), r: 6, fill: hues.loss });
    svg.append(dot);
    return dot;
  });
  const name = words("", 0, 0, "start");
  svg.append(name);
  return {
    svg,
    show(index) {
      for (const [i, dot] of dots.entries()) setAll(dot, i === index ? { r: 10, fill: hues.z } : { r: 6, fill: hues.loss });
      const right = x(members[index].rate) > WIDE / 2;
      setAll(name, { x: x(members[index].rate) + (right ? -14 : 14), y: y(members[index].distortion) - 8, "text-anchor": right ? "end" : "start" });
      name.textContent = `beta ${members[index].beta}`;
    },
  };
}
