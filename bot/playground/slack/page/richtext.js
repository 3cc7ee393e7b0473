/* The rich_text block: sections, lists, quotes and preformatted text. */

import { h, safeUrl } from "./dom.js";
import { emojiCharacter } from "./emoji.js";
import { fillDateFormat } from "./dates.js";
import { link } from "./mrkdwn.js";

const WRAPPERS = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

const PARTS = {
  rich_text_section: (part, names) => h("div", {}, leaves(part, names)),
  rich_text_quote: (part, names) => h("blockquote", {}, leaves(part, names)),
  rich_text_preformatted: (part, names) => h("pre", { class: "code-block" }, h("code", {}, leaves(part, names))),
  rich_text_list: list,
};

const LEAVES = {
  text: (leaf) => leaf.text ?? "",
  link: (leaf) => anchor(leaf),
  emoji: (leaf) => emojiCharacter(leaf.name) ?? `:${leaf.name}:`,
  user: (leaf, names) => h("span", { class: "mention" }, `@${names.user(leaf.user_id) ?? leaf.user_id}`),
  channel: (leaf, names) => h("span", { class: "mention" }, `#${names.channel(leaf.channel_id) ?? leaf.channel_id}`),
  broadcast: (leaf) => h("span", { class: "mention mention-all" }, `@${leaf.range}`),
  date: (leaf) => fillDateFormat(String(leaf.timestamp), leaf.format ?? "") ?? leaf.fallback ?? "",
};

/** Render a rich_text block or cell. */
export function renderRichText(block, names) {
  const parts = (block.elements ?? []).map((part) => (PARTS[part.type] ?? unknown)(part, names));
  return h("div", { class: "rich-text" }, parts);
}

function unknown(part) {
  return h("span", { class: "unknown" }, `${part.type}`);
}

function list(part, names) {
  const items = (part.elements ?? []).map((item) => h("li", {}, leaves(item, names)));
  const node = h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${Math.min(part.indent ?? 0, 4)}` }, items);
  if (part.style === "ordered" && part.offset) node.start = part.offset + 1;
  return node;
}

function leaves(part, names) {
  return (part.elements ?? []).map((leaf) => styled((LEAVES[leaf.type] ?? unknown)(leaf, names), leaf.style));
}

function anchor(leaf) {
  const url = safeUrl(leaf.url ?? "");
  const text = leaf.text || leaf.url || "";
  return url ? link(url, text) : text;
}

function styled(node, style) {
  const wanted = Object.keys(WRAPPERS).filter((name) => style?.[name]);
  return wanted.reduce((inner, name) => h(WRAPPERS[name], {}, inner), node);
}
