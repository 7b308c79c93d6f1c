// One code: a slider for each latent dimension beside the image that they decode to.

const AT_FIRST = 16; // sliders; more on demand
const FEW = 8; // dimensions, up to which each has room for a row of what it changes
const STEPS = 9; // images in such a row

function makeCode(lab) {
  const box = document.querySelector(".code");
  const find = (name) => box.querySelector(name);
  const { dimensions, reach } = lab.run;
  // As far as the prior goes, or the test images if they lie farther.
  const far = dimensions.map(({ index }) =>
    Math.ceil(lab.codes.reduce((largest, z) => Math.max(largest, Math.abs(z[index])), reach)),
  );
  if (!lab.codes.length) find(".help").textContent = "Each slider is one latent dimension.";
  const maxKl = Math.max(...dimensions.map(({ kl }) => kl));
  const sliders = dimensions.map(({ index, kl }, rank) => {
    const input = element("input", { type: "range", min: -far[rank], max: far[rank], step: "any" });
    const value = element("output");
    const name = element("span", { class: "name" }, `z${index + 1}`);
    const label = element("label", {}, name, input, value);
    if (maxKl > 0) {
      label.title = `z${index + 1} costs ${fixed(kl)} nats per image (KL)`;
      name.append(element("small", {}, `${fixed(kl)} nats`));
      label.style.setProperty("--fraction", kl / maxKl);
    }
    input.addEventListener("input", () => {
      const z = lab.z.slice();
      z[index] = Number(input.value);
      lab.setCode(z, "Set by hand.");
    });
    label.hidden = rank >= AT_FIRST;
    const strip = sliderStrip(label, dimensions.length);
    return { index, input, value, label, strip, reach: far[rank] };
  });
  find(".sliders").append(...sliders.map(({ label }) => label));
  find(".sliders").classList.toggle("few", dimensions.length <= FEW);

  const more = find(".more");
  more.hidden = sliders.length <= AT_FIRST;
  more.textContent = `Show all ${sliders.length} dimensions`;
  more.addEventListener("click", () => {
    for (const { label } of sliders) label.hidden = false;
    more.hidden = true;
  });

  const sample = normal(Date.now());
  find(".sample").addEventListener("click", () => lab.setCode(lab.z.map(() => sample()), "Sampled from the prior, N(0, 1)."));
  find(".centre").addEventListener("click", () => lab.setCode(lab.z.map(() => 0), "The middle of the prior."));

  lab.onCode(() => {
    lab.paint(find(".picture"), lab.decode(lab.z));
    for (const { index, input, value } of sliders) {
      input.value = lab.z[index];
      value.textContent = fixed(lab.z[index]);
    }
    find(".length").textContent =
      `|z| = ${fixed(Math.hypot(...lab.z))}; the prior expects about ${fixed(Math.sqrt(lab.z.length))}.`;
    find(".source").textContent = lab.source;
    oneByOne("strips", sliders.flatMap((slider) => stripTasks(lab, slider)));
  });
}

// Under a slider, what the code would be at nine values of it.
function sliderStrip(label, count) {
  if (count > FEW) return [];
  const strip = Array.from({ length: STEPS }, () => element("canvas"));
  label.append(element("span", { class: "strip", "aria-hidden": "true" }, ...strip));
  return strip;
}

function stripTasks(lab, { index, strip, reach }) {
  const { z } = lab;
  return strip.map((canvas, i) => () => {
    const changed = z.slice();
    changed[index] = reach * ((2 * i + 1) / STEPS - 1);
    lab.paint(canvas, lab.decode(changed));
  });
}
