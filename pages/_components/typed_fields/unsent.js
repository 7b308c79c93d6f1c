// A field that the app changes is a new one (pages/_shared/controlled.py). Cursor and text of a person
// who types in the one before go along, since Streamlit drops a text that was not sent.

const KEY = /\bst-key-typed-\S+/;
let unsent = null; // the field with such a text

function keepTyped({ target }) {
  unsent = fieldKey(target) ? target : null;
}

function forgetSent({ key }) {
  if (key === "Enter") unsent = null;
}

// A browser also says that a field lost the focus when it is removed, or hidden until it is.
function carryOver({ target: old }) {
  const key = fieldKey(old);
  if (!key) return;
  const { value, selectionStart, selectionEnd } = old;
  const isUnsent = old === unsent;
  unsent = null;
  queueMicrotask(() => {
    if (old.checkVisibility()) return; // the person left it
    const next = [...document.querySelectorAll(`.${CSS.escape(key)} input`)].find((each) => each !== old);
    if (!next) return;
    next.focus({ preventScroll: true });
    if (!isUnsent) return;
    type(next, value);
    next.setSelectionRange(selectionStart, selectionEnd);
  });
}

function fieldKey(input) {
  const field = input.matches?.("input") && input.closest('[class*="st-key-typed-"]');
  return field ? KEY.exec(field.className)[0] : null;
}
