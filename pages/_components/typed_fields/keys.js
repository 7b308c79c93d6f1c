// Those that hold one number.

const NUMBERS = '[class*="st-key-typed-int-"] input, [class*="st-key-typed-float-"] input';
const PLAIN = /^\s*\d+(?:\.(\d+))?\s*$/;
const STEPS = { ArrowUp: 1, ArrowDown: -1 };

function offerDigits(event) {
  if (event.target.matches?.(NUMBERS)) event.target.inputMode = "decimal";
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
