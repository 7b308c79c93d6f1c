// One code: a slider for each latent dimension beside the image that they decode to.

const AT_FIRST = 16; // sliders; more on demand
const FEW = 8; // dimensions, up to which each has room for a row of what it changes
const STEPS = 9; // images in such a row

function makeCode(lab) {
  const box = document.querySelector(".code");
  const find = (name) => box.querySelector(name);
  const { dimensions, reach } = lab.run;
  // As far as the prior goes, or the test images if they lie farther.
  const far = dimensions.map(({ place }) =>
    Math.ceil(lab.codes.reduce((most, z) => Math.max(most, Math.abs(z[place])), reach)),
  );
  const mostKl = Math.max(...dimensions.map(({ kl }) => kl));
  const sliders = dimensions.map(({ place, kl }, rank) => {
    const input = element("input", { type: "range", min: -far[rank], max: far[rank], step: "any" });
    const value = element("output");
    const name = element("span", { class: "name" }, `z${place + 1}`);
    const label = element("label", {}, name, input, value);
    if (mostKl > 0) {
      label.title = `z${place + 1} costs ${fixed(kl)} nats per image (KL)`;
      name.append(element("small", {}, `${fixed(kl)} nats`));
      label.style.setProperty("--share", kl / mostKl);
    }
    input.addEventListener("input", () => {
      const z = lab.z.slice();
      z[place] = Number(input.value);
      lab.setCode(z, "Set by hand.");
    });
    label.hidden = rank >= AT_FIRST;
    const strip = sliderStrip(label, dimensions.length);
    return { place, input, value, label, strip, reach: far[rank] };
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

  const draw = normal(Date.now());
  find(".draw").addEventListener("click", () => lab.setCode(lab.z.map(() => draw()), "Drawn from the prior, N(0, 1)."));
  find(".centre").addEventListener("click", () => lab.setCode(lab.z.map(() => 0), "The middle of the prior."));

  lab.onCode(() => {
    lab.paint(find(".picture"), lab.decode(lab.z));
    for (const { place, input, value } of sliders) {
      input.value = lab.z[place];
      value.textContent = fixed(lab.z[place]);
    }
    find(".length").textContent =
      `|z| = ${fixed(Math.hypot(...lab.z))}; the prior expects about ${fixed(Math.sqrt(lab.z.length))}.`;
    find(".source").textContent = lab.source;
    inTurn("strips", sliders.flatMap((slider) => stripTasks(lab, slider)));
  });
}

// Under a slider, what the code would be at nine places of it.
function sliderStrip(label, count) {
  if (count > FEW) return [];
  const strip = Array.from({ length: STEPS }, () => element("canvas"));
  label.append(element("span", { class: "strip", "aria-hidden": "true" }, ...strip));
  return strip;
}

function stripTasks(lab, { place, strip, reach }) {
  const { z } = lab;
  return strip.map((canvas, i) => () => {
    const moved = z.slice();
    moved[place] = reach * ((2 * i + 1) / STEPS - 1);
    lab.paint(canvas, lab.decode(moved));
  });
}
