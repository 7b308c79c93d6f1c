// Maps beside each other keep the same view. Where their dots are the same test images, what is
// looked at, picked or hidden on one is so on the others. It all happens in the browser.

const LINKED = "vae-lab-linked";

function tellLinked(map, news) {
  if (map.data.link) dispatchEvent(new CustomEvent(LINKED, { detail: { from: map, ...news } }));
}

function joinLinked(map) {
  hear(map, LINKED, ({ detail: { from, view, look, pick, hidden } }) => {
    if (from === map || from.data.link !== map.data.link) return;
    if (view) adoptView(map, { ...view });
    if (!map.data.sameImages || !map.points) return;
    if (look !== undefined) lookAlong(map, look, from);
    if (pick !== undefined) pickAlong(map, pick);
    if (hidden) hideClasses(map, new Set(hidden));
  });
}

// The dot of the test image that is under the pointer on another map, ringed; -1: none.
function lookAlong(map, index, from) {
  meet(map, index);
  if (!from.seen.has(index)) clearTimeout(map.dwell); // that map asks for both
  if (map.look) map.look.ringed = true;
  paintMarks(map);
  rest(map);
}

// A place on another map is none on this one: then nothing is picked here.
function pickAlong(map, index) {
  if (index < 0 && !map.pin) return;
  map.pin = index < 0 ? null : dotAt(map, index);
  map.send(index < 0 ? null : { kind: "image", index });
  paintMarks(map);
  rest(map);
}
