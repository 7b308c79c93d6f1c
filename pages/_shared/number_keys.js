// Arrow keys that step the fields for numbers, and the keyboard of digits for them on a phone. The
// fields are those of pages/_shared/typed_field.py that hold one number: Streamlit's text fields,
// since its number field reads numbers otherwise than people write them.
(() => {
  const FIELDS = '[class*="st-key-typed-int-"] input, [class*="st-key-typed-float-"] input';
  const PLAIN = /^\s*\d+(?:\.(\d+))?\s*$/;
  const STEPS = { ArrowUp: 1, ArrowDown: -1 };

  for (const moment of ["pointerdown", "focusin"]) addEventListener(moment, offerDigits, true);
  addEventListener("keydown", step, true);

  function offerDigits({ target }) {
    if (target.matches?.(FIELDS)) target.inputMode = "decimal";
  }

  // Step the last digit, and have Streamlit take it as if typed.
  function step(event) {
    const { target: input, key } = event;
    if (!(key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return;
    const plain = input.matches?.(FIELDS) && PLAIN.exec(input.value);
    if (!plain) return;
    event.preventDefault();
    const isWhole = Boolean(input.closest('[class*="st-key-typed-int-"]'));
    const decimals = plain[1]?.length ?? (isWhole ? 0 : 1);
    const next = Number(input.value) + STEPS[key] * 10 ** -decimals;
    if (next < 0) return;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, next.toFixed(decimals));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true }));
  }
})();
