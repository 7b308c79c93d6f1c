// The class that the decoder of a conditional run gets: the code, and with it the style, stays.

function makeCondition(lab) {
  const box = document.querySelector(".condition");
  box.hidden = !lab.run.isConditional;
  if (!lab.run.isConditional) return;
  const take = (label) => lab.setCode(lab.z, `The class is now ${lab.run.classes[label].name}.`, lab.pinned, label);
  if (areMany(lab.run.classes.map(({ mark }) => mark))) return listClasses(lab, box, take);
  const buttons = lab.run.classes.map(({ name }, label) => {
    const button = element("button", { type: "button" }, name);
    button.addEventListener("click", () => take(label));
    return button;
  });
  box.querySelector(".chips").append(...buttons);
  lab.onCode(() => buttons.forEach((button, label) => button.setAttribute("aria-pressed", label === lab.label)));
}

// Of many classes a list takes less room than buttons.
function listClasses(lab, box, take) {
  const list = element("select", { "aria-label": "Class" });
  list.append(...lab.run.classes.map(({ name }, label) => element("option", { value: label }, name)));
  list.addEventListener("change", () => take(Number(list.value)));
  box.querySelector(".chips").append(list);
  lab.onCode(() => (list.value = lab.label));
}
