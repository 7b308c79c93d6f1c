// The legend is a table too: what each curve is at the pointer, and at its end where there is none.

function buildLegend(chart) {
  const { groups, panels } = chart.data;
  chart.caption = element("caption", { "aria-live": "off" });
  const heads = panels.map(({ title }) => element("th", { scope: "col" }, title));
  chart.cells = groups.map(() => panels.map(() => element("td")));
  const rows = groups.map(({ label, color, dashed }, group) => {
    const sample = shape("svg", { "aria-hidden": "true" });
    sample.append(shape("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: color, "stroke-dasharray": dashed ? "6 4" : "none" }));
    const row = element("tr", { "data-group": group }, element("th", { scope: "row" }, sample, label), ...chart.cells[group]);
    row.addEventListener("pointerenter", () => hold(chart, group));
    row.addEventListener("pointerleave", () => hold(chart, null));
    return row;
  });
  const head = element("thead", {}, element("tr", {}, element("td"), ...heads));
  chart.back = element("button", { type: "button", hidden: "" }, "Show all of it");
  chart.back.addEventListener("click", () => zoomTo(chart, null));
  const table = element("table", {}, chart.caption, head, element("tbody", {}, ...rows));
  chart.root.querySelector(".legend").replaceChildren(table, chart.back);
}

function fillLegend({ data, at, caption, cells }) {
  caption.textContent = at === null ? "At the end of each curve" : `At ${data.axis} ${asText(at)}`;
  for (const [column, { curves }] of data.panels.entries()) {
    for (const cell of cells.map((row) => row[column])) cell.textContent = "";
    for (const curve of curves) {
      const point = pointOf(curve, at);
      if (!point) continue;
      const spread = point.spread === undefined ? "" : ` ± ${inTable(point.spread)}`;
      cells[curve.group][column].textContent = `${inTable(point.y)}${spread}`;
    }
  }
}
