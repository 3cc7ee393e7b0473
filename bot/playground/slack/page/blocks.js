/* Blocks, as messages and modals show them. */

import { h, nextId } from "./dom.js";
import { renderElement, renderImage, renderUnknown } from "./elements.js";
import { icon } from "./icons.js";
import { plainOf, renderText } from "./mrkdwn.js";
import { renderRichText } from "./richtext.js";

const GROUPS = ["checkboxes", "radio_buttons"];
const LEVELS = { default: "info", info: "info", success: "check", warning: "warning", error: "warning" };

const RENDERERS = {
  section: renderSection,
  header: (block) => h("h3", { class: "block-header" }, renderText(block.text)),
  context: renderContext,
  divider: () => h("hr", {}),
  image: renderImageBlock,
  actions: renderActions,
  input: renderInput,
  rich_text: (block, surface) => renderRichText(block, surface.directory.names),
  markdown: (block) => h("div", { class: "mrkdwn" }, block.text ?? ""),
  table: renderTable,
  alert: renderAlert,
};

/** Draw one block; one that is not known becomes a box with its name. */
export function renderBlock(block, surface) {
  const render = RENDERERS[block.type] ?? ((unknown) => renderUnknown("block", unknown));
  return h(
    "div",
    {
      class: `block block-${RENDERERS[block.type] ? block.type : "unknown"}`,
      dataset: { blockId: block.block_id ?? "" },
    },
    render(block, surface),
  );
}

function renderSection(block, surface) {
  const { names } = surface.directory;
  const fields = (block.fields ?? []).map((field) => h("div", { class: "mrkdwn" }, renderText(field, names)));
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-text" },
      block.text ? h("div", { class: "mrkdwn" }, renderText(block.text, names)) : null,
      fields.length ? h("div", { class: "section-fields" }, fields) : null,
    ),
    block.accessory
      ? h("div", { class: "section-accessory" }, renderElement(block.accessory, surface, block.block_id))
      : null,
  );
}

function renderContext(block, surface) {
  const parts = (block.elements ?? []).map((element) => {
    if (element.type === "image") return renderImage(element);
    return h("span", { class: "mrkdwn" }, renderText(element, surface.directory.names));
  });
  return h("div", { class: "context" }, parts);
}

function renderImageBlock(block) {
  const title = block.title ? h("figcaption", {}, renderText(block.title)) : null;
  return h("figure", {}, title, renderImage(block));
}

function renderActions(block, surface) {
  return h(
    "div",
    { class: "actions" },
    (block.elements ?? []).map((element) => renderElement(element, surface, block.block_id)),
  );
}

function renderInput(block, surface) {
  const ids = { id: nextId("input"), labelId: nextId("label"), hintId: nextId("hint"), errorId: nextId("error") };
  const describedBy = block.hint ? `${ids.errorId} ${ids.hintId}` : ids.errorId;
  const input = {
    id: ids.id,
    labelId: ids.labelId,
    describedBy,
    required: !block.optional,
    dispatches: block.dispatch_action === true,
  };
  const label = [plainOf(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  const isGroup = GROUPS.includes(block.element?.type);
  return [
    isGroup
      ? h("span", { id: ids.labelId, class: "input-label" }, label)
      : h("label", { id: ids.labelId, class: "input-label", for: ids.id }, label),
    renderElement(block.element ?? {}, surface, block.block_id, input),
    h("div", { id: ids.errorId, class: "input-error", "aria-live": "polite" }),
    block.hint ? h("div", { id: ids.hintId, class: "input-hint" }, plainOf(block.hint)) : null,
  ];
}

/** Show or clear the error under an input block. */
export function showInputError(blockNode, text) {
  const line = blockNode.querySelector(".input-error");
  if (!line) return;
  line.replaceChildren(...(text ? [icon("warning"), text] : []));
  blockNode.classList.toggle("has-error", Boolean(text));
  for (const control of blockNode.querySelectorAll("[data-field]")) {
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

function renderTable(block, surface) {
  const [head = [], ...body] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell, column) => {
        const { align = "left", is_wrapped: wrapped = false } = settings[column] ?? {};
        return h(
          tag,
          { class: `align-${align}${wrapped ? " wrapped" : ""}`, scope: tag === "th" ? "col" : null },
          renderCell(cell, surface),
        );
      }),
    );
  const table = h(
    "table",
    {},
    h("thead", {}, row(head, "th")),
    h(
      "tbody",
      {},
      body.map((cells) => row(cells, "td")),
    ),
  );
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}

function renderCell(cell, surface) {
  if (cell?.type === "rich_text") return renderRichText(cell, surface.directory.names);
  return String(cell?.text ?? cell?.value ?? "");
}

function renderAlert(block, surface) {
  const level = Object.hasOwn(LEVELS, block.level) ? block.level : "default";
  return h(
    "div",
    { class: `alert alert-${level}`, role: "note" },
    icon(LEVELS[level]),
    h("div", { class: "mrkdwn" }, renderText(block.text, surface.directory.names)),
  );
}
