// Numbers out of text: float32 as they are, or 16-bit steps from the least number of a column to its
// largest.

function bytes(text) {
  const letters = atob(text);
  const found = new Uint8Array(letters.length);
  for (let i = 0; i < found.length; i++) found[i] = letters.charCodeAt(i);
  return found;
}

const floats = (text) => new Float32Array(bytes(text).buffer);

function numbers(packed) {
  if ("float32" in packed) return floats(packed.float32);
  const [low, step] = [floats(packed.low), floats(packed.step)];
  const steps = new Uint16Array(bytes(packed.uint16).buffer);
  return Float32Array.from(steps, (count, i) => low[i % low.length] + count * step[i % low.length]);
}
