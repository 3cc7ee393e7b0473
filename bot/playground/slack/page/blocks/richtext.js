/* The rich_text block: sections, lists, quotes and preformatted text. */

import { h, safeUrl } from "../dom/dom.js";
import { emojiCharacter } from "../text/emoji.js";
import { fillDateFormat } from "../text/dates.js";
import { groupMention, link, userMention } from "../text/mrkdwn.js";

const WRAPPERS = { bold: "strong", italic: "em", strike: "s", underline: "u", highlight: "mark", code: "code" };
const DEEPEST_INDENT = 8;

const PARTS = {
  rich_text_section: (part, names) => h("div", {}, leaves(part, names)),
  rich_text_quote: (part, names) => h("blockquote", {}, leaves(part, names)),
  rich_text_preformatted: (part, names) => h("pre", { class: "code-block" }, h("code", {}, leaves(part, names))),
  rich_text_list: list,
};

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
const LEAVES = {
  text: (leaf) => leaf.text ?? "",
  link: (leaf) => anchor(leaf),
  emoji: (leaf) => emojiCharacter(leaf.name) ?? fromCodes(leaf.unicode) ?? `:${leaf.name}:`,
  user: (leaf, names) => userMention(leaf.user_id, names),
  usergroup: (leaf, names) => groupMention(leaf.usergroup_id, null, names),
  team: (leaf) => h("span", { class: "mention" }, `@${leaf.team_id}`),
  channel: (leaf, names) => h("span", { class: "mention" }, `#${names.channel(leaf.channel_id) ?? leaf.channel_id}`),
  broadcast: (leaf) => h("span", { class: "mention mention-all" }, `@${leaf.range}`),
  color: (leaf) => colour(leaf),
  date: (leaf) => dateLeaf(leaf),
};

/** Render a rich_text block or cell. */
export function renderRichText(block, names) {
  const parts = (block?.elements ?? []).map((part) => bordered((PARTS[part.type] ?? unknown)(part, names), part));
  return h("div", { class: "rich-text" }, parts);
}

function unknown(part) {
  return h("span", { class: "unknown" }, `${part.type}`);
}

function bordered(node, part) {
  if (part.border) node.classList.add("bordered");
  return node;
}

function list(part, names) {
  const items = (part.elements ?? []).map((item) => h("li", {}, leaves(item, names)));
  const indent = Math.min(part.indent ?? 0, DEEPEST_INDENT);
  const looks = `indent-${indent} level-${indent % 3}`;
  const node = h(part.style === "ordered" ? "ol" : "ul", { class: looks }, items);
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

function fromCodes(codes) {
  const points = (codes ?? "").split("-").map((code) => parseInt(code, 16));
  return points.every((point) => point > 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : null;
}

function colour({ value = "" }) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  if (/^#[0-9a-f]{3,8}$/i.test(value)) swatch.style.backgroundColor = value;
  return h("span", { class: "colour" }, swatch, value);
}

function dateLeaf(leaf) {
  const text = fillDateFormat(String(leaf.timestamp), leaf.format ?? "") ?? leaf.fallback ?? "";
  const url = leaf.url && safeUrl(leaf.url);
  return url ? link(url, text) : text;
}

function styled(node, style) {
  const wanted = Object.keys(WRAPPERS).filter((name) => style?.[name]);
  return wanted.reduce((inner, name) => h(WRAPPERS[name], {}, inner), node);
}
