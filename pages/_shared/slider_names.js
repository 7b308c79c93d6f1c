// Streamlit gives a slider's thumb the slider's own name, and React Aria names it by both, the thumb
// and the slider: a screen reader would say "Beta Beta". Here its own name is all.
(() => {
  const NAMED_TWICE = '[data-testid="stSlider"] input[aria-label][aria-labelledby]';
  const watched = { subtree: true, childList: true, attributeFilter: ["aria-labelledby"] };
  new MutationObserver(nameOnce).observe(document, watched);

  function nameOnce() {
    for (const thumb of document.querySelectorAll(NAMED_TWICE)) thumb.removeAttribute("aria-labelledby");
  }
})();
