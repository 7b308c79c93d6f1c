// The decoder: a function from z to pixels, made of the layers that vae/architecture.py lists. That of a
// conditional run also takes a label.
// What a step returns is its own array, written anew at the next call.

const LEAKY_SLOPE = 0.2; // Keras's
const activations = {
  relu: (x) => (x > 0 ? x : 0),
  leaky_relu: (x) => (x > 0 ? x : LEAKY_SLOPE * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

const makers = { Concatenate: withLabel, Dense: dense, Conv2DTranspose: convTranspose, Cropping2D: crop };

function makeDecoder(layers) {
  const steps = [];
  layers.forEach((layer, i) => {
    // InputLayer and Reshape move no number: images lie row by row, pixel by pixel.
    if (makers[layer.class]) steps.push(makers[layer.class](layer, layers[i - 1]?.shape));
    if (layer.activation) steps.push(bend(activations[layer.activation]));
  });
  return (z, label) => steps.reduce((x, step) => step(x, label), z);
}

// The label stands behind z, one number a class: 1 for the one that it is.
function withLabel({ shape: [length] }, [classes]) {
  const out = new Float32Array(length);
  return (x, label) => {
    out.fill(0);
    out.set(x);
    out[length - classes + label] = 1;
    return out;
  };
}

function bend(activation) {
  return (x) => {
    for (let i = 0; i < x.length; i++) x[i] = activation(x[i]);
    return x;
  };
}

// kernel: (inputs, units)
function dense(layer) {
  const [kernel, bias] = [numbers(layer.kernel), numbers(layer.bias)];
  const inputs = kernel.length / bias.length;
  const rows = new Float32Array(kernel.length); // (units, inputs)
  for (let i = 0; i < kernel.length; i++) rows[(i % bias.length) * inputs + Math.floor(i / bias.length)] = kernel[i];
  const out = new Float32Array(bias.length);
  return (x) => {
    multiply(rows, bias, x, out, 0);
    return out;
  };
}

// out[to + k] = bias[k] + rows[k] · x, four rows at a time: each x is read once for all of them, and
// no sum waits for another.
function multiply(rows, bias, x, out, to) {
  const [length, count] = [x.length, bias.length];
  let k = 0;
  for (; k + 3 < count; k += 4) {
    let [s0, s1, s2, s3] = [bias[k], bias[k + 1], bias[k + 2], bias[k + 3]];
    const r0 = k * length;
    const [r1, r2, r3] = [r0 + length, r0 + 2 * length, r0 + 3 * length];
    for (let i = 0; i < length; i++) {
      const value = x[i];
      s0 += value * rows[r0 + i];
      s1 += value * rows[r1 + i];
      s2 += value * rows[r2 + i];
      s3 += value * rows[r3 + i];
    }
    out[to + k] = s0;
    out[to + k + 1] = s1;
    out[to + k + 2] = s2;
    out[to + k + 3] = s3;
  }
  for (; k < count; k++) {
    let sum = bias[k];
    for (let i = 0, at = k * length; i < length; i++, at++) sum += x[i] * rows[at];
    out[to + k] = sum;
  }
}

// kernel: (size, size, filters, inputs). With a kernel of 4 and a stride of 2 each output pixel gathers
// what reaches it from a patch of 2 × 2 input pixels, by one of four quarters of the kernel: which
// one, its row and column say (even, odd). Beyond the edge the patch is 0.
function convTranspose(layer, [height, width, inputs]) {
  const { kernel_size: size, strides } = layer;
  const [kernel, bias] = [numbers(layer.kernel), numbers(layer.bias)];
  const [rows, columns, filters] = layer.shape;
  const out = new Float32Array(rows * columns * filters);
  const across = size / strides; // input pixels in a patch
  const before = (size - strides) / 2; // padding "same"
  const patch = new Float32Array(across * across * inputs);
  const quarter = (v, u) => {
    const part = new Float32Array(filters * patch.length);
    for (let filter = 0, to = 0; filter < filters; filter++) {
      for (let a = v; a < size; a += strides) {
        for (let b = u; b < size; b += strides, to += inputs) {
          const from = ((a * size + b) * filters + filter) * inputs;
          part.set(kernel.subarray(from, from + inputs), to);
        }
      }
    }
    return part;
  };
  const parts = Array.from({ length: strides * strides }, (_, i) => quarter(Math.floor(i / strides), i % strides));
  return (x) => {
    let to = 0;
    for (let row = before; row < rows + before; row++) {
      for (let column = before; column < columns + before; column++, to += filters) {
        const [v, u] = [row % strides, column % strides];
        const [bottom, right] = [(row - v) / strides, (column - u) / strides];
        for (let a = 0, at = 0; a < across; a++) {
          for (let b = 0; b < across; b++, at += inputs) {
            copyPixel(x, bottom - a, right - b, height, width, inputs, patch, at);
          }
        }
        multiply(parts[v * strides + u], bias, patch, out, to);
      }
    }
    return out;
  };
}

function copyPixel(x, row, column, height, width, inputs, patch, at) {
  if (row < 0 || column < 0 || row >= height || column >= width) {
    patch.fill(0, at, at + inputs);
    return;
  }
  const from = (row * width + column) * inputs;
  for (let i = 0; i < inputs; i++) patch[at + i] = x[from + i];
}

// Only below and to the right: the image is the upper left part.
function crop(layer, [, width, channels]) {
  const [rows, columns] = layer.shape;
  const out = new Float32Array(rows * columns * channels);
  const length = columns * channels;
  return (x) => {
    for (let row = 0; row < rows; row++) {
      const from = row * width * channels;
      out.set(x.subarray(from, from + length), row * length);
    }
    return out;
  };
}
