function mount(component) {
  showCurves(component.parentElement.querySelector(".curves"), component.data);
}
