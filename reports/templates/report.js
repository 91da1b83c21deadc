// The table that a reader makes: picks wave, measure, group and domain, sorts, reads values on hover, downloads.
// It needs no network and no library. The numbers are those that are published; nothing is computed here.
(() => {
  "use strict";
  const store = document.getElementById("explore-data");
  const place = document.getElementById("explore-table");
  if (!store || !place) return;
  const data = JSON.parse(store.textContent);
  const words = data.words;
  const find = (id) => document.getElementById("explore-" + id);
  const pick = { wave: find("wave"), measure: find("measure"), group: find("group"), item: find("item") };
  const order = { column: null, down: false };

  // An element with attributes and children; text is text, never markup.
  const make = (name, attributes, ...children) => {
    const own = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) own.setAttribute(key, value);
    own.append(...children);
    return own;
  };
  const draw = (name, attributes) => {
    const own = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) own.setAttribute(key, value);
    return own;
  };
  const fill = (select, options) => {
    const before = select.value;
    select.replaceChildren();
    for (const option of options) {
      let into = select;
      if (option.under) {
        into = [...select.children].find((own) => own.label === option.under);
        if (!into) select.append((into = make("optgroup", { label: option.under })));
      }
      into.append(make("option", { value: option.value }, option.name));
    }
    if ([...select.options].some((own) => own.value === before)) select.value = before;
  };

  const rowsOf = (wave, measure) => data.rows.filter((row) => row.w === wave && row.m === measure);
  const choices = () => {
    const all = data.rows.filter((row) => row.w === pick.wave.value);
    fill(pick.measure, data.measures.filter((own) => all.some((row) => row.m === own.value)));
    fill(pick.group, data.groups.filter((own) => all.some((row) => row.g === own.value)));
    fill(pick.item, [{ value: "", name: words.every }, ...data.items.filter((own) => all.some((row) => row.d === own.value))]);
  };

  // The rows of the table: every domain of a group, or every group of a domain.
  const chosen = () => {
    const rows = rowsOf(pick.wave.value, pick.measure.value);
    const item = pick.item.value;
    const list = item ? data.groups : data.items;
    return list
      .map((own, at) => {
        const row = rows.find((row) =>
          item ? row.d === item && row.g === own.value : row.d === own.value && row.g === pick.group.value);
        return row && { at, name: own.name, ...row };
      })
      .filter(Boolean);
  };

  const columns = () => [
    { key: "name", head: pick.item.value ? words.group : words.domain },
    { key: "v", head: words.value },
    { key: "i", head: words.interval, still: true },
    { key: "n", head: words.n },
    { key: "chart", head: words.chart, still: true },
  ];

  const sorted = (rows) => {
    if (!order.column) return rows;
    const key = order.column;
    // What is withheld comes last, whichever way the rest is sorted.
    const compare = (a, b) => {
      const missing = (a[key] === null) - (b[key] === null);
      if (missing) return missing;
      const less = key === "name" ? a.name.localeCompare(b.name, data.language, { numeric: true }) : a[key] - b[key];
      return (order.down ? -less : less) || a.at - b.at;
    };
    return [...rows].sort(compare);
  };

  const chart = (row, measure) => {
    const [low, high] = measure.range;
    const x = (value) => (4 + ((value - low) / (high - low)) * 152).toFixed(1);
    const svg = draw("svg", { viewBox: "0 0 160 20", width: 160, height: 20, "aria-hidden": "true" });
    svg.append(draw("line", { x1: 4, x2: 156, y1: 10, y2: 10, class: "axis" }));
    if (measure.target !== null) svg.append(draw("line", { x1: x(measure.target), x2: x(measure.target), y1: 1, y2: 19, class: "target" }));
    if (row.v === null) return svg;
    if (row.l !== null) svg.append(draw("line", { x1: x(row.l), x2: x(row.h), y1: 10, y2: 10, class: "interval" }));
    svg.append(draw("circle", { cx: x(row.v), cy: 10, r: 4.5, class: row.s ? "sure" : "unsure" }));
    return svg;
  };

  const said = (row) => (row.v === null ? `${row.name}: ${words.withheld}` : `${row.name}: ${row.t}${row.i ? ` (${row.i})` : ""}, n = ${row.n}`);

  const show = () => {
    const measure = data.measures.find((own) => own.value === pick.measure.value);
    const rows = sorted(chosen());
    const option = (select) => select.options[select.selectedIndex]?.textContent || "";
    pick.group.disabled = pick.item.value !== "";
    const about = pick.item.value ? option(pick.item) : option(pick.group);
    const title = `${measure.name}, ${about}, ${words.wave.toLowerCase()} ${pick.wave.value}`;
    const head = make("tr", {});
    for (const column of columns()) {
      const cell = make("th", { scope: "col" });
      if (column.still) cell.append(column.head);
      else {
        const on = order.column === column.key;
        cell.setAttribute("aria-sort", on ? (order.down ? "descending" : "ascending") : "none");
        const button = make("button", { type: "button", "data-column": column.key }, column.head, make("span", { "aria-hidden": "true" }, on ? (order.down ? " ▼" : " ▲") : " ↕"));
        cell.append(button);
      }
      head.append(cell);
    }
    const body = make("tbody", {});
    for (const row of rows) {
      const cells = row.v === null ? [words.withheld, "–", "–"] : [row.t, row.i || "–", String(row.n)];
      const line = make("tr", { title: said(row) }, make("th", { scope: "row" }, row.name), ...cells.map((text) => make("td", {}, text)));
      if (row.id) line.setAttribute("data-id", row.id);
      line.append(make("td", { class: "chart" }, chart(row, measure)));
      body.append(line);
    }
    const focused = document.activeElement?.dataset?.column;
    place.replaceChildren(make("table", {}, make("caption", {}, title), make("thead", {}, head), body));
    if (focused) place.querySelector(`[data-column="${focused}"]`)?.focus();
    find("said").textContent = `${title}: ${rows.length} ${words.rows}`;
    return { title, rows };
  };

  const download = () => {
    const { title, rows } = show();
    const dutch = data.language === "nl";
    const number = (value) => (value === null ? "" : dutch ? String(value).replace(".", ",") : String(value));
    // A name that begins like a formula is a name, in a spreadsheet too.
    const quoted = (text) => `"${String(text).replace(/^[=+\-@]/, "'$&").replaceAll('"', '""')}"`;
    const line = (cells) => cells.join(dutch ? ";" : ",");
    const text = [line([columns()[0].head, words.value, words.low, words.high, "n", "id"].map(quoted))]
      .concat(rows.map((row) => line([quoted(row.name), number(row.v), number(row.l), number(row.h), number(row.n), quoted(row.id)])))
      .join("\r\n");
    const link = make("a", {
      href: URL.createObjectURL(new Blob(["\ufeff" + text + "\r\n"], { type: "text/csv;charset=utf-8" })),
      download: title.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() + ".csv",
    });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  fill(pick.wave, data.waves.map((own) => ({ value: own, name: own })));
  pick.wave.value = data.wave;
  choices();
  find("form").hidden = false;
  pick.wave.addEventListener("change", () => { choices(); show(); });
  for (const own of [pick.measure, pick.group, pick.item]) own.addEventListener("change", show);
  find("download").addEventListener("click", download);
  find("form").addEventListener("submit", (event) => event.preventDefault());
  place.addEventListener("click", (event) => {
    const column = event.target.closest("button")?.dataset.column;
    if (!column) return;
    order.down = order.column === column && !order.down;
    order.column = column;
    show();
  });
  show();
})();
