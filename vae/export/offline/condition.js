// The class that the decoder of a conditional run gets: the code, and with it the style, stays.

function makeCondition(lab) {
  const box = document.querySelector(".condition");
  box.hidden = !lab.run.isConditional;
  if (!lab.run.isConditional) return;
  const buttons = lab.run.classes.map(({ name }, label) => {
    const button = element("button", { type: "button" }, name);
    button.addEventListener("click", () => lab.setCode(lab.z, `The class is now ${name}.`, lab.pinned, label));
    return button;
  });
  box.querySelector(".chips").append(...buttons);
  lab.onCode(() => buttons.forEach((button, label) => button.setAttribute("aria-pressed", label === lab.label)));
}
