// How the dots of a class are drawn. Beyond ten classes colors repeat, with another mark, and each
// class has its name in the middle of its dots.

const MARKS = {
  circle(context, x, y, r) {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 2 * Math.PI);
  },
  square: (context, x, y, r) => context.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  diamond: (context, x, y, r) => fillable(context, x, y, 1.35 * r, [[0, -1], [1, 0], [0, 1], [-1, 0]]),
  cross: (context, x, y, r) => fillable(context, x, y, 1.25 * r, ARMS),
  x: (context, x, y, r) => fillable(context, x, y, 1.25 * r, TURNED),
};
const ARMS = [[-0.3, -1], [0.3, -1], [0.3, -0.3], [1, -0.3], [1, 0.3], [0.3, 0.3], [0.3, 1], [-0.3, 1], [-0.3, 0.3], [-1, 0.3], [-1, -0.3], [-0.3, -0.3]];
const TURNED = ARMS.map(([x, y]) => [0.7071 * (x - y), 0.7071 * (x + y)]);
const LARGER = 1.3; // than a dot, so that a mark is recognised
const LONGEST_NAME = 12; // letters that stand among the dots

function fillable(context, x, y, r, corners) {
  corners.forEach(([across, down], i) => context[i ? "lineTo" : "moveTo"](x + r * across, y + r * down));
  context.closePath();
}

const areMany = (marks) => marks.some((mark) => mark !== "circle");

// Of each class that has any the index of the dot nearest to the medians: [label, index].
function middles(points, labels) {
  const own = new Map();
  labels.forEach((label, i) => own.get(label)?.push(i) ?? own.set(label, [i]));
  const median = (indices, axis) => indices.map((i) => points[2 * i + axis]).sort((a, b) => a - b)[indices.length >> 1];
  return [...own].map(([label, indices]) => {
    const [x, y] = [median(indices, 0), median(indices, 1)];
    const far = (i) => (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
    return [label, indices.reduce((best, i) => (far(i) < far(best) ? i : best))];
  });
}

// places: [label, x, y] on the canvas. style: of the text, whose color the names get, on a ground.
function writeNames(context, names, places, { size, ground, style }) {
  context.globalAlpha = 1;
  context.font = `600 ${size}px ${style.fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 0.3 * size;
  context.strokeStyle = ground;
  context.fillStyle = style.color;
  for (const [label, x, y] of places) {
    const name = names[label].length > LONGEST_NAME ? `${names[label].slice(0, LONGEST_NAME - 1)}…` : names[label];
    context.strokeText(name, x, y);
    context.fillText(name, x, y);
  }
  context.textBaseline = "alphabetic";
}

// The entry of a class in a legend, or the button that shows it.
function markEntry(entry, color, mark) {
  entry.style.setProperty("--hue", color);
  entry.dataset.mark = mark;
}

// A legend of many classes scrolls in its own box, with the keyboard too.
function scrollLegend(legend, marks) {
  if (!areMany(marks)) return;
  legend.classList.add("many");
  legend.tabIndex = 0;
  legend.setAttribute("role", "group");
  legend.setAttribute("aria-label", `${marks.length} classes`);
}
