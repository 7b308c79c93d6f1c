// What Streamlit's text fields do not do by themselves, for those of pages/_shared/typed_field.py:
// arrow keys step those for numbers, a phone offers its keyboard of digits for them, and what is
// being typed survives a new value of the app's. They are text fields, since Streamlit's number field
// reads numbers otherwise than people write them.
(() => {
  const FIELD = '[class*="st-key-typed-"]';
  const KEY = /\bst-key-typed-\S+/;
  const NUMBERS = '[class*="st-key-typed-int-"] input, [class*="st-key-typed-float-"] input';
  const PLAIN = /^\s*\d+(?:\.(\d+))?\s*$/;
  const STEPS = { ArrowUp: 1, ArrowDown: -1 };
  let unsent = null; // the field with a text that Streamlit does not know

  for (const moment of ["pointerdown", "focusin"]) addEventListener(moment, offerDigits, true);
  addEventListener("keydown", step, true);
  addEventListener("input", keepTyped, true);
  addEventListener("keydown", forgetSent, true);
  addEventListener("focusout", carryOver, true);

  function offerDigits({ target }) {
    if (target.matches?.(NUMBERS)) target.inputMode = "decimal";
  }

  // Step the last digit.
  function step(event) {
    const { target: input, key } = event;
    if (!(key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return;
    const plain = input.matches?.(NUMBERS) && PLAIN.exec(input.value);
    if (!plain) return;
    event.preventDefault();
    const isWhole = Boolean(input.closest('[class*="st-key-typed-int-"]'));
    const decimals = plain[1]?.length ?? (isWhole ? 0 : 1);
    const next = Number(input.value) + STEPS[key] * 10 ** -decimals;
    if (next < 0) return;
    type(input, next.toFixed(decimals));
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true }));
  }

  // Have Streamlit take a text as if it was typed.
  function type(input, text) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function keepTyped({ target }) {
    unsent = fieldKey(target) ? target : null;
  }

  function forgetSent({ key }) {
    if (key === "Enter") unsent = null;
  }

  // A field that the app changes is a new one (pages/_shared/controlled.py). Cursor and text of a
  // person who types in the one before go along, since Streamlit drops a text that was not sent. A
  // browser also says that a field lost the focus when it is removed, or hidden until it is.
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

  function fieldKey(target) {
    const field = target.matches?.("input") && target.closest(FIELD);
    return field ? KEY.exec(field.className)[0] : null;
  }
})();
