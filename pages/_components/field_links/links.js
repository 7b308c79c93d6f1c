// An address that ends in #field-NAME could scroll by itself, but would leave the cursor where it
// is, and a closed expander closed.

function mount() {
  if (window.vaeLabFieldLinks) return;
  window.vaeLabFieldLinks = true;
  document.addEventListener("click", follow, true);
}

function follow(event) {
  const link = event.target.closest?.('a[href^="#field-"]');
  const input = link && document.querySelector(`.st-key-${link.hash.slice(1)} input`);
  if (!input) return;
  event.preventDefault();
  event.stopPropagation();
  input.closest("details:not([open])")?.querySelector("summary").click();
  reach(input, 60);
}

// An expander takes some frames to open, and what is hidden or inert takes no focus.
function reach(input, frames) {
  const isReady = input.checkVisibility() && !input.closest("[inert]");
  if (frames && !isReady) return requestAnimationFrame(() => reach(input, frames - 1));
  input.focus({ preventScroll: true });
  followToRest(input, frames);
}

// While the expander grows the field still moves.
function followToRest(input, frames) {
  input.scrollIntoView({ block: "center" });
  if (frames) requestAnimationFrame(() => followToRest(input, frames - 1));
}
