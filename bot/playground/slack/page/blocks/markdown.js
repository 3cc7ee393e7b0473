/*
 * The markdown block: real Markdown as DOM nodes. HTML in it stays text, and a link is made only
 * for http, https and mailto. What cannot be understood stays visible as it came.
 */

import { h, nextId } from "../dom/dom.js";
import { renderInline } from "./markdowninline.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)\s*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TASK = /^\[([ xX])\]\s+/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const DEEPEST = 8;

/** Render Markdown. */
export function renderMarkdown(text) {
  return h("div", { class: "markdown" }, blocks(String(text).split(/\r?\n/), 0));
}

/** Read lines from the top; each reader takes some of them away and gives a node, or null. */
function blocks(lines, depth) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const rest = lines.slice(at);
    const found = READERS.map((read) => read(rest, depth)).find(Boolean) ?? paragraph(rest);
    nodes.push(found.node);
    at += found.taken;
  }
  return nodes;
}

const READERS = [fence, heading, rule, quote, list, table];

function fence(lines) {
  const open = FENCE.exec(lines[0]);
  if (!open) return null;
  const end = lines.findIndex((line, at) => at > 0 && line.trim().startsWith(open[1]) && !line.trim().slice(open[1].length));
  const body = lines.slice(1, end < 0 ? lines.length : end);
  const node = h("pre", { class: "code-block" }, h("code", {}, body.join("\n")));
  return { node, taken: end < 0 ? lines.length : end + 1 };
}

function heading(lines) {
  const match = HEADING.exec(lines[0]);
  if (!match) return null;
  // The page has headings of its own, so the levels of a message begin below them.
  const props = { class: `markdown-heading level-${match[1].length}`, role: "heading" };
  const level = String(Math.min(6, match[1].length + 2));
  return { node: h("div", { ...props, "aria-level": level }, renderInline(match[2])), taken: 1 };
}

function rule(lines) {
  return RULE.test(lines[0]) ? { node: h("hr"), taken: 1 } : null;
}

function quote(lines, depth) {
  if (!QUOTE.test(lines[0]) || depth >= DEEPEST) return null;
  const end = lines.findIndex((line) => !QUOTE.test(line));
  const quoted = end < 0 ? lines : lines.slice(0, end);
  const inner = blocks(
    quoted.map((line) => line.replace(QUOTE, "")),
    depth + 1,
  );
  return { node: h("blockquote", {}, inner), taken: quoted.length };
}

function list(lines, depth) {
  const first = ITEM.exec(lines[0]);
  if (!first || depth >= DEEPEST) return null;
  const items = [];
  let at = 0;
  for (; at < lines.length; at += 1) {
    const item = ITEM.exec(lines[at]);
    const isNew = item && item[1].length <= first[1].length + 1;
    if (isNew && isOrdered(item) !== isOrdered(first)) break;
    if (isNew) items.push([item[3]]);
    else if (lines[at].trim() && /^\s/.test(lines[at])) items.at(-1).push(lines[at]);
    else if (!lines[at].trim() && /^\s*([-*+]|\d+[.)])\s|^\s{2,}\S/.test(lines[at + 1] ?? "")) items.at(-1).push("");
    else break;
  }
  const node = h(
    isOrdered(first) ? "ol" : "ul",
    {},
    items.map((item) => listItem(item, depth)),
  );
  if (isOrdered(first)) node.start = parseInt(first[2], 10);
  return { node, taken: at };
}

function isOrdered(item) {
  return /\d/.test(item[2]);
}

function listItem([first, ...more], depth) {
  const task = TASK.exec(first);
  const words = renderInline(first.replace(TASK, ""));
  const indent = Math.min(...more.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)[0].length));
  const inner = blocks(
    more.map((line) => line.slice(Math.min(indent, line.length))),
    depth + 1,
  );
  if (!task) return h("li", {}, words, inner);
  const id = nextId("task");
  const box = h("input", { type: "checkbox", checked: task[1] !== " ", disabled: true, "aria-labelledby": id });
  return h("li", { class: "markdown-task" }, box, h("span", { id }, words), inner);
}

function table(lines) {
  if (!lines[0].includes("|") || !TABLE_RULE.test(lines[1] ?? "")) return null;
  const end = lines.findIndex((line, at) => at > 1 && (!line.trim() || !line.includes("|")));
  const rows = lines.slice(2, end < 0 ? lines.length : end).map(cells);
  const aligns = cells(lines[1]).map((mark) => `align-${alignment(mark)} wrapped`);
  const head = cells(lines[0]);
  const row = (texts, tag, scope) =>
    h(
      "tr",
      {},
      head.map((_, at) => h(tag, { class: aligns[at] ?? "wrapped", scope }, renderInline(texts[at] ?? ""))),
    );
  const body = h(
    "tbody",
    {},
    rows.map((texts) => row(texts, "td", null)),
  );
  const drawn = h("table", {}, h("thead", {}, row(head, "th", "col")), body);
  const label = `Table: ${head.join(", ")}`;
  const props = { class: "table-scroll", tabindex: "0", role: "group", "aria-label": label };
  return { node: h("div", props, drawn), taken: rows.length + 2 };
}

function cells(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(mark) {
  if (!mark.endsWith(":")) return "left";
  return mark.startsWith(":") ? "center" : "right";
}

function paragraph(lines) {
  const end = lines.findIndex((line, at) => at > 0 && (!line.trim() || startsAnother(line)));
  const taken = end < 0 ? lines.length : end;
  return { node: h("p", {}, renderInline(lines.slice(0, taken).join("\n"))), taken };
}

function startsAnother(line) {
  return [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line));
}
