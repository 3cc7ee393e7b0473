/* Tables: the plain one, and the data table, which sorts and turns pages. */

import { fill, h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { renderRichText } from "./richtext.js";

const PAGE_SIZE = 5; // https://docs.slack.dev/reference/block-kit/blocks/data-table-block

/** The table block: its first row is the head. */
export function renderTable(block, surface) {
  const [head = [], ...body] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell, column) => {
        const { align = "left", is_wrapped: wrapped = false } = settings[column] ?? {};
        const looks = `align-${align}${wrapped ? " wrapped" : ""}`;
        return h(tag, { class: looks, scope: tag === "th" ? "col" : null }, renderCell(cell, surface));
      }),
    );
  const rows = body.map((cells) => row(cells, "td"));
  return scroller("Table", h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, rows)));
}

function scroller(label, table) {
  return h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": label }, table);
}

function renderCell(cell, surface, renderAction = () => null) {
  if (cell?.type === "rich_text") return renderRichText(cell, surface.directory.names);
  if (cell?.type === "action") return renderAction(cell.element);
  return textOf(cell);
}

function textOf(cell) {
  return String(cell?.text ?? cell?.value ?? "");
}

/** The data table block; `renderAction(element)` draws a button that stands in a cell. */
export function renderDataTable(block, surface, renderAction) {
  return new DataTable(block, (cell) => renderCell(cell, surface, renderAction)).node;
}

class DataTable {
  #block;
  #draw;
  #rows;
  #page = 0;
  #sorted = { column: -1, step: 1 };
  #body = h("tbody");
  #pager = h("div", { class: "pager" });
  #heads;

  constructor(block, draw) {
    this.#block = block;
    this.#draw = draw;
    const [head = [], ...rows] = block.rows ?? [];
    this.#rows = rows;
    this.#heads = head.map((cell, column) => this.#head(cell, column));
    const caption = h("caption", {}, String(block.caption ?? ""));
    const table = h("table", { class: "data-table" }, caption, h("thead", {}, h("tr", {}, this.#heads)), this.#body);
    this.node = h("div", { class: "data-table-holder" }, scroller(String(block.caption ?? "Table"), table), this.#pager);
    this.#show();
  }

  get #size() {
    return this.#block.page_size ?? PAGE_SIZE;
  }

  get #pages() {
    return Math.max(1, Math.ceil(this.#rows.length / this.#size));
  }

  #head(cell, column) {
    const press = () => this.#sort(column);
    const button = h("button", { type: "button", class: "sort", on: { click: press } }, textOf(cell), icon("sort"));
    return h("th", { scope: "col", "aria-sort": "none" }, button);
  }

  #sort(column) {
    const step = this.#sorted.column === column ? -this.#sorted.step : 1;
    this.#sorted = { column, step };
    this.#rows = this.#rows.toSorted((one, other) => step * compared(one[column], other[column]));
    this.#heads.forEach((head, at) => {
      head.setAttribute("aria-sort", at !== column ? "none" : step > 0 ? "ascending" : "descending");
    });
    this.#page = 0;
    this.#show();
  }

  #show() {
    const key = this.#block.row_header_column_index ?? 0;
    const from = this.#page * this.#size;
    const shown = this.#rows.slice(from, from + this.#size);
    const cell = (each, column) =>
      column === key ? h("th", { scope: "row" }, this.#draw(each)) : h("td", { class: looksOf(each) }, this.#draw(each));
    fill(
      this.#body,
      shown.map((cells) => h("tr", {}, cells.map(cell))),
    );
    this.#pager.hidden = this.#pages === 1;
    const words = `${from + 1} to ${from + shown.length} of ${this.#rows.length}`;
    fill(
      this.#pager,
      this.#turn("Previous page", "left", -1),
      h("span", { role: "status" }, words),
      this.#turn("Next page", "right", 1),
    );
  }

  #turn(label, sign, step) {
    const target = this.#page + step;
    const possible = target >= 0 && target < this.#pages;
    const press = () => {
      if (!possible) return;
      this.#page = target;
      this.#show();
      this.#pager.querySelector(`[aria-label="${label}"]`).focus();
    };
    const props = { type: "button", class: "button bare", "aria-label": label, on: { click: press } };
    return h("button", { ...props, "aria-disabled": String(!possible) }, icon(sign));
  }
}

function looksOf(cell) {
  return cell?.type === "raw_number" ? "align-right" : "";
}

function compared(one, other) {
  if (one?.type === "raw_number" && other?.type === "raw_number") return Number(one.value) - Number(other.value);
  return plainCell(one).localeCompare(plainCell(other), undefined, { numeric: true });
}

function plainCell(cell) {
  if (cell?.type !== "rich_text") return textOf(cell);
  const leaves = (cell.elements ?? []).flatMap((part) => part.elements ?? []);
  return leaves.map((leaf) => leaf.text ?? "").join("");
}
