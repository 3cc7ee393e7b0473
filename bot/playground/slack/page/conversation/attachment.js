/* The older attachments of a message: a coloured bar with a title, a text, fields or blocks. */

import { renderBlock } from "../blocks/blocks.js";
import { h, safeUrl } from "../dom/dom.js";
import { renderMrkdwn } from "../text/mrkdwn.js";

/** Draw one attachment; what it does not say is left out. */
export function renderAttachment(attachment, surface) {
  const { names } = surface.directory;
  const text = (words, kind) =>
    words ? h("div", { class: `mrkdwn ${kind}` }, renderMrkdwn(String(words), names)) : null;
  const body = [
    titleOf(attachment),
    text(attachment.text, "attachment-text"),
    fieldsOf(attachment, text),
    (attachment.blocks ?? []).map((block) => renderBlock(block, surface)),
    text(attachment.footer, "attachment-footer"),
  ];
  const isEmpty = !body.flat().filter(Boolean).length;
  const node = h(
    "div",
    { class: "attachment" },
    text(attachment.pretext, "attachment-text"),
    isEmpty ? text(attachment.fallback, "attachment-text") : body,
  );
  const colour = /^#?[0-9a-f]{6}$/i.test(attachment.color ?? "") ? attachment.color.replace(/^#?/, "#") : "";
  if (colour) node.style.borderLeftColor = colour;
  return node;
}

function titleOf({ title, title_link: address }) {
  if (!title) return null;
  const url = safeUrl(address ?? "");
  return h("b", {}, url ? h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, title) : title);
}

function fieldsOf({ fields }, text) {
  if (!fields?.length) return null;
  const items = fields.map(({ title, value }) =>
    h("div", {}, title ? h("b", {}, title) : null, text(value, "attachment-text")),
  );
  return h("div", { class: "attachment-fields" }, items);
}
