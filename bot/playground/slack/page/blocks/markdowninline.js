/* What stands inside a line of Markdown: bold, italic, struck out, code, links, emoji. */

import { h, safeUrl } from "../dom/dom.js";
import { emojiCharacter } from "../text/emoji.js";
import { link } from "../text/mrkdwn.js";

const WORD = /[\p{L}\p{N}]/u;
const STYLES = [
  ["***", (inner) => h("strong", {}, h("em", {}, inner))],
  ["**", (inner) => h("strong", {}, inner)],
  ["__", (inner) => h("strong", {}, inner)],
  ["~~", (inner) => h("s", {}, inner)],
  ["*", (inner) => h("em", {}, inner)],
  ["_", (inner) => h("em", {}, inner)],
];
const TOKENS = [escaped, code, image, labelled, bracketed, bare, emoji, styled];

/** Render one run of text; every character that is no mark ends in a text node. */
export function renderInline(text) {
  const nodes = [];
  let pending = "";
  for (let at = 0; at < text.length; ) {
    const found = firstOf(text, at);
    if (found) {
      if (pending) nodes.push(pending);
      pending = "";
      nodes.push(found.node);
      at += found.length;
    } else {
      pending += text[at];
      at += 1;
    }
  }
  if (pending) nodes.push(pending);
  return nodes;
}

function firstOf(text, at) {
  if (!/[\\`!<[:*_~h]/.test(text[at])) return null;
  for (const token of TOKENS) {
    const found = token(text, at);
    if (found) return found;
  }
  return null;
}

function escaped(text, at) {
  return text[at] === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "") ? { node: text[at + 1], length: 2 } : null;
}

function code(text, at) {
  const match = /^(`+)(?!`)([\s\S]*?[^`])\1(?!`)/.exec(text.slice(at));
  return match && { node: h("code", {}, match[2].replace(/^ (.+) $/, "$1")), length: match[0].length };
}

/** Slack shows a picture in Markdown as a link to it. */
function image(text, at) {
  const found = text[at] === "!" ? labelled(text, at + 1) : null;
  return found && { node: found.node, length: found.length + 1 };
}

function labelled(text, at) {
  const match = /^\[((?:\\.|`[^`]*`|\[[^[\]]*\]|[^\\[\]`])*)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+["'][^"']*["'])?\s*\)/.exec(
    text.slice(at),
  );
  const url = match && safeUrl(match[2]);
  return url && { node: link(url, match[1] ? renderInline(match[1]) : match[2]), length: match[0].length };
}

function bracketed(text, at) {
  const match = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/.exec(text.slice(at));
  const url = match && safeUrl(match[1]);
  return url && { node: link(url, match[1].replace(/^mailto:/, "")), length: match[0].length };
}

function bare(text, at) {
  if (text[at] !== "h" || WORD.test(text[at - 1] ?? "")) return null;
  const match = /^https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]*_~]/.exec(text.slice(at));
  const url = match && safeUrl(match[0]);
  return url && { node: link(url, match[0]), length: match[0].length };
}

function emoji(text, at) {
  const match = /^:([a-z0-9_+-]+):/.exec(text.slice(at, at + 60));
  const character = match && emojiCharacter(match[1]);
  return character && { node: character, length: match[0].length };
}

function styled(text, at) {
  const [marker, wrap] = STYLES.find(([each]) => text.startsWith(each, at)) ?? [];
  if (!marker || !opens(text, at, marker)) return null;
  const end = closing(text, at + marker.length, marker);
  if (end < 0) return null;
  return { node: wrap(renderInline(text.slice(at + marker.length, end))), length: end + marker.length - at };
}

function opens(text, at, marker) {
  const inWord = marker.startsWith("_") && WORD.test(text[at - 1] ?? " ");
  return !inWord && !/\s/.test(text[at + marker.length] ?? " ") && text[at - 1] !== marker[0];
}

function closing(text, from, marker) {
  for (let at = from; at < text.length; at += 1) {
    const jump = /^(?:\\.|`[^`]+`)/.exec(text.slice(at));
    if (jump) at += jump[0].length - 1;
    else if (text.startsWith(marker, at) && closes(text, at, marker) && at > from) return at;
    else if (marker.length === 1 && text.startsWith(marker + marker, at)) at += 1;
  }
  return -1;
}

function closes(text, at, marker) {
  const after = text[at + marker.length] ?? " ";
  return !/\s/.test(text[at - 1]) && after !== marker[0] && !(marker.startsWith("_") && WORD.test(after));
}
