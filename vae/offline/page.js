// The page: reads the run, keeps the one code that map, sliders and samples share.

const run = JSON.parse(document.getElementById("run").textContent);
const size = run.dimensions.length;
const flat = numbers(run.codes);
const listeners = [];

const lab = {
  run,
  labels: bytes(run.labels),
  codes: Array.from({ length: flat.length / size }, (_, i) => flat.subarray(i * size, (i + 1) * size)),
  decode: makeDecoder(run.layers),
  paint: makePainter(run.imageShape),
  z: new Float32Array(size),
  source: "",
  pinned: null, // where on the map it was taken, if it was
  onCode: (listener) => listeners.push(listener),
  setCode(z, source, pinned = null) {
    Object.assign(lab, { z, source, pinned });
    listeners.forEach((listener) => listener());
  },
};

const put = (name, text) => (document.querySelector(name).textContent = text);
put("h1", run.name);
put(".treatment", run.treatment);
put(".offline", `The decoder is in this file, ${run.decoderParameters.toLocaleString("en")} parameters` +
  `${run.bits === 16 ? " rounded to 16 bits" : ""}; nothing is sent anywhere.`);
document.querySelector(".facts").append(
  ...run.facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
);

makeMap(lab);
makeCode(lab);
makeSamples(lab);
makeCurves(lab);
lab.setCode(lab.codes[0], `The code of a test image, class ${run.classes[lab.labels[0]].name}.`);

// For whoever opens the console: window.vaeLab.decode([0, 0, …]) gives the pixels, row by row.
window.vaeLab = {
  decode: (z) => Array.from(lab.decode(Float32Array.from(z))),
  priorCodes: (count, temperature, seed) => priorCodes(count, size, temperature, seed).map((z) => Array.from(z)),
  makeDecoder,
};
