export default function (component) {
  showCurves(component.parentElement.querySelector(".curves"), component.data);
}
