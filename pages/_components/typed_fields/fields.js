// The fields of pages/_shared/typed_field.py. They are Streamlit's text fields, since its number field
// reads numbers otherwise than people write them.

export default function () {
  if (window.vaeLabTypedFields) return;
  window.vaeLabTypedFields = true;
  for (const moment of ["pointerdown", "focusin"]) document.addEventListener(moment, offerDigits, true);
  document.addEventListener("keydown", step, true);
  document.addEventListener("input", keepTyped, true);
  document.addEventListener("keydown", forgetSent, true);
  document.addEventListener("focusout", carryOver, true);
}

// Have Streamlit take a text as if it was typed.
function type(input, text) {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
