// One region of the document has the words, whatever the page shows: a region that comes together
// with its words is not read out.

const ID = "vae-announcements";
const ANNOUNCE_EVERY = 10_000; // milliseconds: nobody can listen to more
const UNSEEN = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";

function mount({ data }) {
  const region = document.getElementById(ID) ?? makeRegion();
  const { words, urgent, problem } = data;
  const now = performance.now();
  const isNewProblem = problem && problem !== region.problem;
  const isDue = words !== region.words && (urgent || now - region.saidAt >= ANNOUNCE_EVERY);
  region.problem = problem;
  if (!isDue && !isNewProblem) return;
  if (isDue) Object.assign(region, { words, saidAt: now });
  const text = [isNewProblem && problem, isDue && words].filter(Boolean).join(" ");
  setTimeout(() => (region.textContent = text), 100);
}

function makeRegion() {
  const region = document.createElement("div");
  region.id = ID;
  region.role = "status";
  region.style.cssText = UNSEEN;
  Object.assign(region, { words: "", problem: "", saidAt: -ANNOUNCE_EVERY });
  return document.body.appendChild(region);
}
