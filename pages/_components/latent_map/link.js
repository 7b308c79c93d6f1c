// Linked maps show the same part of the plane. Where their dots are the same test images, the dot
// under the pointer, the selected dot and the hidden classes are the same too. All in the browser.

const LINKED = "vae-lab-linked";

function notifyLinked(map, change) {
  if (map.data.link) dispatchEvent(new CustomEvent(LINKED, { detail: { from: map, ...change } }));
}

function listenToLinked(map) {
  listenWhileShown(map, LINKED, ({ detail: { from, view, hovered, selected, hidden } }) => {
    if (from === map || from.data.link !== map.data.link) return;
    if (view) adoptView(map, { ...view });
    if (!map.data.sameImages || !map.points) return;
    if (hovered !== undefined) hoverLinked(map, hovered, from);
    if (selected !== undefined) selectLinked(map, selected);
    if (hidden) {
      hideClasses(map, new Set(hidden));
      map.sendShown();
    }
  });
}

// The dot of the test image that is under the pointer on another map, ringed; -1: none.
function hoverLinked(map, index, from) {
  setHovered(map, index);
  if (!from.details.has(index)) clearTimeout(map.dwell); // that map requests it for both
  if (map.hovered) map.hovered.ringed = true;
  paintMarks(map);
  showPinned(map);
}

// A place on another map has no counterpart on this one: the selection here is removed.
function selectLinked(map, index) {
  if (index < 0 && !map.pin) return;
  map.pin = index < 0 ? null : dotAt(map, index);
  map.sendSelection(index < 0 ? { kind: "none" } : { kind: "image", index });
  paintMarks(map);
  showPinned(map);
}
