// One act is one step of the browser's history. Streamlit adds a step for every change of the
// address: opening a page makes two to five of them, and Back would have to be pressed as often.
// Here only the first change after something was done is a step; what follows belongs to it.
(() => {
  const push = history.pushState.bind(history);
  let acted = false; // not yet: what the app adds to a link that was opened is no step
  for (const act of ["pointerdown", "click", "keydown", "change", "drop"]) {
    addEventListener(act, () => (acted = true), { capture: true, passive: true });
  }
  addEventListener("popstate", () => (acted = false));
  history.pushState = (state, title, url) => {
    if (acted) push(state, title, url);
    else history.replaceState(state, title, url);
    acted = false;
  };
})();
