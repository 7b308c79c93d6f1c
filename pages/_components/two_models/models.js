// Two models of the same points [x, y, label], with label 0 or 1.

const NEWTON_STEPS = 12;
const RIDGE = 1; // of the slope, as scikit-learn's C = 1: separable points have no steepest boundary
const MIN_VARIANCE = 0.02; // added to each axis: two points alone have no area

const sigmoid = (t) => (t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t)));

// Discriminative: p(1 | x) = sigmoid(w0 + w1 x + w2 y), by Newton's method.
function fitBoundary(points) {
  let w = [0, 0, 0];
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const slope = [0, RIDGE * w[1], RIDGE * w[2]];
    const curve = [[1e-9, 0, 0], [0, RIDGE, 0], [0, 0, RIDGE]];
    for (const [x, y, label] of points) {
      const row = [1, x, y], p = sigmoid(w[0] + w[1] * x + w[2] * y);
      for (let i = 0; i < 3; i++) {
        slope[i] += (p - label) * row[i];
        for (let j = 0; j < 3; j++) curve[i][j] += p * (1 - p) * row[i] * row[j];
      }
    }
    const back = solve(curve, slope);
    w = w.map((value, i) => value - back[i]);
  }
  return { w, probability: (x, y) => sigmoid(w[0] + w[1] * x + w[2] * y) };
}

// The solution of three linear equations, by elimination.
function solve(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < 3; i++) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]) > Math.abs(best[i]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(i, 0, pivot);
    for (let j = 0; j < 3; j++) {
      if (j === i) continue;
      const factor = rows[j][i] / rows[i][i];
      rows[j] = rows[j].map((value, k) => value - factor * rows[i][k]);
    }
  }
  return rows.map((row, i) => row[3] / row[i]);
}

// Generative: a Gaussian a class, and how frequent the class is: p(x, y) = p(y) N(x; mean, covariance).
function fitDensities(points) {
  const classes = [0, 1].map((label) => {
    const own = points.filter((point) => point[2] === label);
    const mean = [0, 1].map((axis) => own.reduce((sum, point) => sum + point[axis], 0) / own.length);
    const cross = (i, j) => own.reduce((sum, point) => sum + (point[i] - mean[i]) * (point[j] - mean[j]), 0) / own.length;
    const a = Math.sqrt(cross(0, 0) + MIN_VARIANCE), b = cross(0, 1) / a;
    const c = Math.sqrt(cross(1, 1) + MIN_VARIANCE - b * b); // Cholesky: [[a, 0], [b, c]]
    return { frequency: own.length / points.length, mean, a, b, c };
  });
  const joint = (x, y, { frequency, mean, a, b, c }) => {
    const u = (x - mean[0]) / a, v = (y - mean[1] - b * u) / c;
    return Math.log(frequency) - (u * u + v * v) / 2 - Math.log(2 * Math.PI * a * c);
  };
  const joints = (x, y) => classes.map((each) => joint(x, y, each));
  const evidence = ([first, second]) => Math.max(first, second) + Math.log1p(Math.exp(-Math.abs(first - second)));
  return {
    classes,
    probability: (x, y) => { const [first, second] = joints(x, y); return sigmoid(second - first); },
    logDensity: (x, y) => evidence(joints(x, y)),
    sample: () => {
      const label = Math.random() < classes[1].frequency ? 1 : 0;
      return [...onEllipse(classes[label], normal(), normal()), label];
    },
  };
}

// The point that is so many standard deviations from a class's mean, along and across.
const onEllipse = ({ mean, a, b, c }, u, v) => [mean[0] + a * u, mean[1] + b * u + c * v];
