// Codes from the prior. Browsers have no generator with a seed, so here is one.

// mulberry32, by Tommy Ettinger (public domain): 32 bits of state, uniform on [0, 1).
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Standard normal numbers, two at a time (Box & Muller 1958).
function normal(seed) {
  const sample = uniform(seed);
  let spare = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - sample()));
    const angle = 2 * Math.PI * sample();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

// One code after the other, so that a larger grid begins with the images of a smaller one.
function priorCodes(count, size, temperature, seed) {
  const sample = normal(seed);
  return Array.from({ length: count }, () => Float32Array.from({ length: size }, () => temperature * sample()));
}
