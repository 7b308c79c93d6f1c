// A GAN of one number: two networks with one hidden layer each, trained here with Adam.
//   f(x) = Σ aᵢ tanh(wᵢ x + bᵢ) + c
// of the discriminator the logit of D, of the generator the number that it makes of a code.

const UNITS = 24, BATCH = 96, WIDTH = 0.35; // of each of the two bells of the data
const RATE = 0.004, BETA_1 = 0.5, BETA_2 = 0.99; // Adam
const PENALTY = 0.3; // of R1, with which the two do not circle each other (Mescheder et al. 2018)

const sigmoid = (value) => 1 / (1 + Math.exp(-value));

function network(spread) {
  const weights = {
    w: Array.from({ length: UNITS }, () => spread * normal()),
    b: Array.from({ length: UNITS }, () => spread * normal()),
    a: Array.from({ length: UNITS }, () => normal() / Math.sqrt(UNITS)),
    c: [0],
  };
  const zeros = () => Object.fromEntries(Object.entries(weights).map(([key, row]) => [key, row.map(() => 0)]));
  return { weights, gradient: zeros(), first: zeros(), second: zeros(), zeros, steps: 0 };
}

function output({ weights: { w, b, a, c } }, x) {
  let sum = c[0];
  for (let i = 0; i < UNITS; i++) sum += a[i] * Math.tanh(w[i] * x + b[i]);
  return sum;
}

function slope({ weights: { w, b, a } }, x) {
  let sum = 0;
  for (let i = 0; i < UNITS; i++) sum += a[i] * w[i] * (1 - Math.tanh(w[i] * x + b[i]) ** 2);
  return sum;
}

// Adds to the gradient what a loss has there that changes by `rate` with the output at x.
function pass({ weights: { w, b, a }, gradient }, x, rate) {
  for (let i = 0; i < UNITS; i++) {
    const t = Math.tanh(w[i] * x + b[i]);
    const inner = rate * a[i] * (1 - t * t);
    gradient.a[i] += rate * t;
    gradient.w[i] += inner * x;
    gradient.b[i] += inner;
  }
  gradient.c[0] += rate;
}

// The same of a loss that changes by `rate` with the slope at x: R1 needs it.
function passSlope({ weights: { w, b, a }, gradient }, x, rate) {
  for (let i = 0; i < UNITS; i++) {
    const t = Math.tanh(w[i] * x + b[i]), d = 1 - t * t;
    const inner = -2 * t * d * a[i] * w[i];
    gradient.a[i] += rate * w[i] * d;
    gradient.w[i] += rate * (a[i] * d + inner * x);
    gradient.b[i] += rate * inner;
  }
}

function update(net) {
  net.steps++;
  for (const [key, row] of Object.entries(net.weights)) {
    for (let i = 0; i < row.length; i++) {
      const g = net.gradient[key][i];
      net.first[key][i] += (1 - BETA_1) * (g - net.first[key][i]);
      net.second[key][i] += (1 - BETA_2) * (g * g - net.second[key][i]);
      const mean = net.first[key][i] / (1 - BETA_1 ** net.steps);
      const square = net.second[key][i] / (1 - BETA_2 ** net.steps);
      row[i] -= (RATE * mean) / (Math.sqrt(square) + 1e-8);
    }
  }
  net.gradient = net.zeros();
}

const real = (distance) => (Math.random() < 0.5 ? -1 : 1) * distance + WIDTH * normal();

// One step of the discriminator, and of the generator too unless it is held.
function train({ D, G, distance }, holdsG) {
  for (let n = 0; n < BATCH; n++) {
    const x = real(distance), z = normal(), made = output(G, z);
    const fake = sigmoid(output(D, made));
    pass(D, x, (sigmoid(output(D, x)) - 1) / BATCH); // of −ln D(x)
    pass(D, made, fake / BATCH); // of −ln(1 − D(G(z)))
    passSlope(D, x, (PENALTY * slope(D, x)) / BATCH);
    if (!holdsG) pass(G, z, ((fake - 1) / BATCH) * slope(D, made)); // of −ln D(G(z))
  }
  update(D);
  if (!holdsG) update(G);
}
