// The legend is a table too: what each curve is at the pointer, and at its end where there is none.
// All roles are said: Safari forgets those of a table that is laid out as blocks, as on a phone.

function buildLegend(chart) {
  const { groups, panels } = chart.data;
  chart.caption = element("caption", {});
  const heads = panels.map(({ title }) => element("th", { scope: "col", role: "columnheader" }, title));
  chart.cells = groups.map(() => panels.map(() => element("td", { role: "cell" })));
  const rows = groups.map(({ label, color, dashed }, group) => {
    const sample = shape("svg", { "aria-hidden": "true" });
    sample.append(shape("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: color, "stroke-dasharray": dashed ? "6 4" : "none" }));
    const row = element("tr", { "data-group": group, role: "row" }, element("th", { scope: "row", role: "rowheader" }, sample, label), ...chart.cells[group]);
    row.addEventListener("pointerenter", () => hold(chart, group));
    row.addEventListener("pointerleave", () => hold(chart, null));
    return row;
  });
  const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, element("td", { role: "cell" }), ...heads));
  chart.back = element("button", { type: "button", hidden: "" }, "Show all of it");
  chart.back.addEventListener("click", () => zoomTo(chart, null));
  const table = element("table", { role: "table" }, chart.caption, head, element("tbody", { role: "rowgroup" }, ...rows));
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
