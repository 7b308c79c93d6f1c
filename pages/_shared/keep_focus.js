// A button that has the keyboard's focus may go, replaced by another as Pause is by Play, or be
// disabled. The browser then forgets where the person was, and Tab begins anywhere. Here the focus
// goes to the first button of the place where that one stood, as soon as there is one that can be
// pressed, and where the whole place has gone, as with Train, to the buttons that run a training.
(() => {
  const BUTTONS = "button:enabled:not([aria-label^=Help])";
  const PLACE = "[class*=st-key-]";
  const TRANSPORT = "[class*=st-key-transport-]";
  let lost = null; // the button that had the focus, and the places around it, the innermost first

  addEventListener("focusin", remember, true);
  addEventListener("pointerdown", () => (lost = null), true);
  const watched = { subtree: true, childList: true, attributeFilter: ["disabled"] };
  new MutationObserver(restore).observe(document, watched);

  function remember({ target }) {
    lost = target.matches("button:focus-visible") ? { button: target, places: placesAround(target) } : null;
  }

  function placesAround(button) {
    const places = [];
    for (let each = button.closest(PLACE); each; each = each.parentElement.closest(PLACE)) places.push(each);
    return places.filter((each) => each.querySelectorAll("button").length > 1);
  }

  function restore() {
    if (!lost || isReady(lost.button)) return;
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body && activeElement !== lost.button) return;
    const place = lost.places.find((each) => each.isConnected) ?? document.querySelector(TRANSPORT);
    [...(place?.querySelectorAll(BUTTONS) ?? [])].find(isReady)?.focus();
  }

  function isReady(button) {
    return button.isConnected && !button.disabled && button.checkVisibility();
  }
})();
