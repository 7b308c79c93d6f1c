// The page: reads the run, holds the one code of map, sliders and samples.

const run = JSON.parse(document.getElementById("run").textContent);
const size = run.dimensions.length;
const flat = numbers(run.codes);
const listeners = [];
const decoder = makeDecoder(run.layers);

const lab = {
  run,
  labels: bytes(run.labels),
  codes: Array.from({ length: flat.length / size }, (_, i) => flat.subarray(i * size, (i + 1) * size)),
  decode: (z, label = lab.label) => decoder(z, label),
  paint: makePainter(run.imageShape),
  z: new Float32Array(size),
  label: 0, // what the decoder of a conditional run gets
  source: "",
  pinned: null, // where on the map it was taken, if it was
  onCode: (listener) => listeners.push(listener),
  setCode(z, source, pinned = null, label = lab.label) {
    const relabelled = run.isConditional && label !== lab.label; // so that all pictures become others
    Object.assign(lab, { z, source, pinned, label });
    listeners.forEach((listener) => listener(relabelled));
  },
  setImage(i, pinned = null) {
    const { name } = run.classes[lab.labels[i]];
    lab.setCode(lab.codes[i], `The code of a test image, class ${name}.`, pinned, lab.labels[i]);
  },
};

const put = (name, text) => (document.querySelector(name).textContent = text);
put("h1", run.name);
put(".measured-on", run.measuredOn);
put(".offline", `The decoder is in this file, ${run.decoderParameters.toLocaleString("en")} parameters` +
  `${run.bits === 16 ? " rounded to 16 bits" : ""}; nothing is sent anywhere.`);
document.querySelector(".facts").append(
  ...run.facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
);

makeMap(lab);
makeCondition(lab);
makeCode(lab);
makeSamples(lab);
makeCurves(lab);
if (lab.codes.length) lab.setImage(0);
else lab.setCode(priorCodes(1, size, 1, 0)[0], "Sampled from the prior, N(0, 1).");

// For whoever opens the console: window.vaeLab.decode([0, 0, …]) gives the pixels, row by row.
window.vaeLab = {
  decode: (z, label) => Array.from(lab.decode(Float32Array.from(z), label)),
  priorCodes: (count, temperature, seed) => priorCodes(count, size, temperature, seed).map((z) => Array.from(z)),
  makeDecoder,
};
