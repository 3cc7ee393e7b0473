/*
 * Slack's mrkdwn and plain text as DOM nodes.
 * Nothing is ever parsed as HTML: every piece of the text ends in a text node, and a link is
 * made only for http, https and mailto. What cannot be understood stays visible as it came.
 */

import { safeUrl, h } from "../dom/dom.js";
import { EMOJI, emojiCharacter, withEmoji } from "./emoji.js";
import { fillDateFormat, fullDate } from "./dates.js";

const FENCE = /```\n?([\s\S]+?)```/g;
const QUOTE = /^(?:>|&gt;) ?/;
const REST_QUOTE = /^(?:>>>|&gt;&gt;&gt;) ?/;
const STYLES = { "*": "strong", _: "em", "~": "s" };
const SPECIALS = { "!here": "@here", "!channel": "@channel", "!everyone": "@everyone" };
const BARE_URL = /^https?:\/\/[^\s<>|"'`]+[^\s<>|"'`.,;:!?)\]*_~]/;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** Undo Slack's three escapes, in one pass so that `&amp;lt;` stays `&lt;`. */
function unescape(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** Render plain text: no markup, only emoji names (unless `emoji` is false). */
function renderPlain(text, emoji = true) {
  return document.createTextNode(emoji ? withEmoji(text) : text);
}

/** Render a text object, or a bare string as plain text. */
export function renderText(object, names) {
  if (typeof object === "string") return renderPlain(object);
  if (!object || typeof object.text !== "string") return renderPlain("");
  if (object.type === "mrkdwn") return renderMrkdwn(object.text, names, { autolink: !object.verbatim });
  return renderPlain(object.text, object.emoji !== false);
}

/** Return the characters of a text object, for labels and placeholders. */
export function plainOf(object) {
  if (!object) return "";
  return withEmoji(typeof object === "string" ? object : String(object.text ?? ""));
}

/** Render mrkdwn. `names` knows people and channels: {user(id), channel(id)}, each a name or null. */
export function renderMrkdwn(text, names, { autolink = true } = {}) {
  const context = { names, autolink };
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(FENCE)) {
    fragment.append(...lines(text.slice(end, match.index).replace(/\n$/, ""), context));
    fragment.append(h("pre", { class: "code-block" }, h("code", {}, unescape(match[1].replace(/\n$/, "")))));
    end = match.index + match[0].length;
    if (text[end] === "\n") end += 1;
  }
  fragment.append(...lines(text.slice(end), context));
  return fragment;
}

function lines(text, context) {
  const nodes = [];
  let plain = [];
  let quoted = [];
  const flush = () => {
    if (plain.length) nodes.push(...inline(plain.join("\n"), context));
    if (quoted.length) nodes.push(h("blockquote", {}, ...inline(quoted.join("\n"), context)));
    plain = [];
    quoted = [];
  };
  const all = text.split("\n");
  for (const [index, line] of all.entries()) {
    if (REST_QUOTE.test(line)) {
      flush();
      quoted = [line.replace(REST_QUOTE, ""), ...all.slice(index + 1)];
      break;
    }
    const isQuote = QUOTE.test(line);
    if (isQuote ? plain.length : quoted.length) flush();
    (isQuote ? quoted : plain).push(line.replace(QUOTE, ""));
  }
  flush();
  return nodes;
}

function inline(text, context) {
  const nodes = [];
  let pending = "";
  let at = 0;
  while (at < text.length) {
    const found = tokenAt(text, at, context);
    if (found) {
      if (pending) nodes.push(document.createTextNode(unescape(pending)));
      pending = "";
      nodes.push(found.node);
      at += found.length;
    } else {
      pending += text[at];
      at += 1;
    }
  }
  if (pending) nodes.push(document.createTextNode(unescape(pending)));
  return nodes;
}

function tokenAt(text, at, context) {
  const first = text[at];
  if (first === "<") return control(text, at, context);
  if (first === "`") return code(text, at);
  if (first === ":") return emoji(text, at);
  if (first in STYLES) return styled(text, at, context);
  if (first === "h" && context.autolink) return bareUrl(text, at);
  return null;
}

function code(text, at) {
  const match = /^`([^`\n]+)`/.exec(text.slice(at));
  return match && { node: h("code", {}, unescape(match[1])), length: match[0].length };
}

function emoji(text, at) {
  EMOJI.lastIndex = 0;
  const match = EMOJI.exec(text.slice(at, at + 60));
  const character = match?.index === 0 ? emojiCharacter(match[1]) : null;
  return character && { node: document.createTextNode(character), length: match[0].length };
}

function bareUrl(text, at) {
  if (/\w/.test(text[at - 1] ?? "")) return null;
  const match = BARE_URL.exec(text.slice(at));
  const url = match && safeUrl(unescape(match[0]));
  return url && { node: link(url, unescape(match[0])), length: match[0].length };
}

function styled(text, at, context) {
  const marker = text[at];
  if (!opens(text, at)) return null;
  const end = closing(text, at, marker);
  if (end < 0) return null;
  const node = h(STYLES[marker], {}, ...inline(text.slice(at + 1, end), context));
  return { node, length: end + 1 - at };
}

function opens(text, at) {
  const before = text[at - 1] ?? " ";
  const after = text[at + 1] ?? " ";
  return !/[\p{L}\p{N}]/u.test(before) && before !== text[at] && !/\s/.test(after) && after !== text[at];
}

/** Where the marker closes: on the same line, after a non-space, before a non-word; links and code are jumped over. */
function closing(text, at, marker) {
  for (let index = at + 1; index < text.length && text[index] !== "\n"; index += 1) {
    const jump = /^(?:<[^<>\n]*>|`[^`\n]+`)/.exec(text.slice(index));
    if (jump) {
      index += jump[0].length - 1;
    } else if (text[index] === marker && closes(text, index, marker)) {
      return index;
    }
  }
  return -1;
}

function closes(text, index, marker) {
  const after = text[index + 1] ?? " ";
  return !/\s/.test(text[index - 1]) && !/[\p{L}\p{N}]/u.test(after) && after !== marker;
}

/** `<@U…>`, `<#C…>`, `<!…>` and `<url|label>`; anything else between angle brackets stays text. */
function control(text, at, { names }) {
  const match = /^<([^<>\n]+)>/.exec(text.slice(at));
  if (!match) return null;
  const [target, label] = split(match[1]);
  const node = mention(target, label, names) ?? special(target, label, names) ?? labelledLink(target, label);
  return node && { node, length: match[0].length };
}

function split(body) {
  const bar = body.indexOf("|");
  return bar < 0 ? [body, null] : [body.slice(0, bar), body.slice(bar + 1)];
}

function mention(target, label, names) {
  const match = /^([@#])([A-Z0-9]+)$/.exec(target);
  if (!match) return null;
  const [, sign, id] = match;
  if (sign === "@") return userMention(id, names, label);
  return h("span", { class: "mention" }, `#${names.channel(id) ?? (label ? unescape(label) : id)}`);
}

/** Somebody's name; the reader's own stands out. */
export function userMention(id, names, label = null) {
  const looks = names.isMe?.(id) ? "mention mention-me" : "mention";
  return h("span", { class: looks }, `@${names.user(id) ?? (label ? unescape(label) : id)}`);
}

/** The handle of a user group; one that the reader is in stands out. */
export function groupMention(id, label, names) {
  const group = names.group?.(id) ?? null;
  const handle = group?.handle ?? (label ? unescape(label).replace(/^@/, "") : id);
  return h("span", { class: group?.has_me ? "mention mention-me" : "mention" }, `@${handle}`);
}

function special(target, label, names) {
  if (Object.hasOwn(SPECIALS, target)) return h("span", { class: "mention mention-all" }, SPECIALS[target]);
  if (target.startsWith("!subteam^")) return groupMention(target.slice("!subteam^".length), label, names);
  if (target.startsWith("!date^")) return dateNode(target, label);
  return null;
}

function dateNode(target, label) {
  const [, seconds = "", template = "", address] = target.split("^");
  const text = fillDateFormat(seconds, template);
  if (text === null) return label === null ? null : document.createTextNode(unescape(label));
  const moment = new Date(Number(seconds) * 1000);
  const time = h("time", { datetime: moment.toISOString(), title: fullDate(moment) }, unescape(text));
  const url = address && safeUrl(unescape(address));
  return url ? link(url, time) : time;
}

function labelledLink(target, label) {
  const address = unescape(target);
  const url = safeUrl(address);
  return url && link(url, label === null ? address.replace(/^mailto:/, "") : withEmoji(unescape(label)));
}

/** An anchor that opens in a new tab and tells the other side nothing. */
export function link(url, content) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, content);
}
