/* The section block: a text, fields, and a control beside them. */

import { h, nextId } from "../dom/dom.js";
import { renderElement } from "../elements/elements.js";
import { renderText } from "../text/mrkdwn.js";

const LONG_TEXT = 900;
const LONG_LINES = 14;

/** Draw a section; a long text of a message is folded unless the block says `expand`. */
export function renderSection(block, surface) {
  const { names } = surface.directory;
  const fields = (block.fields ?? []).map((field) => h("div", { class: "mrkdwn" }, renderText(field, names)));
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-text" },
      block.text ? words(block, surface) : null,
      fields.length ? h("div", { class: "section-fields" }, fields) : null,
    ),
    block.accessory
      ? h("div", { class: "section-accessory" }, renderElement(block.accessory, surface, block.block_id))
      : null,
  );
}

function words(block, surface) {
  const node = h("div", { class: "mrkdwn" }, renderText(block.text, surface.directory.names));
  const isLong = block.text.text.length > LONG_TEXT || block.text.text.split("\n").length > LONG_LINES;
  return isLong && !block.expand && !surface.isForm ? folded(node) : node;
}

/** "See more" and "See less", as Slack's; what the focus reaches inside is shown as well. */
function folded(node) {
  node.id = nextId("folded");
  const show = (open) => {
    node.classList.toggle("folded", !open);
    button.textContent = open ? "See less" : "See more";
    button.setAttribute("aria-expanded", String(open));
  };
  const button = h("button", {
    type: "button",
    class: "see-more",
    "aria-controls": node.id,
    on: { click: () => show(node.classList.contains("folded")) },
  });
  node.addEventListener("focusin", () => show(true));
  show(false);
  return [node, button];
}
