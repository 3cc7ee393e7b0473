/* Blocks, as messages, modals and the Home tab show them. */

import { h, nextId } from "../dom/dom.js";
import { renderCard, renderCarousel, renderContainer, renderFile, renderVideo } from "./cards.js";
import { renderChart } from "./chart.js";
import { renderElement, renderImage, renderUnknown } from "../elements/elements.js";
import { icon } from "../dom/icons.js";
import { renderMarkdown } from "./markdown.js";
import { plainOf, renderText } from "../text/mrkdwn.js";
import { renderPlan, renderTask } from "./plan.js";
import { showProblem } from "../dom/problem.js";
import { renderRichText } from "./richtext.js";
import { renderSection } from "./section.js";
import { renderDataTable, renderTable } from "./tables.js";

const GROUPS = ["checkboxes", "radio_buttons"];
const LEVELS = { default: "info", info: "info", success: "check", warning: "warning", error: "warning" };

/** Each renderer takes the block, its surface, and `draw` for the blocks inside it. */
const RENDERERS = {
  section: renderSection,
  header: (block) => h("h3", { class: "block-header" }, renderText(block.text)),
  context: renderContext,
  divider: () => h("hr", {}),
  image: renderImageBlock,
  actions: renderActions,
  context_actions: renderActions,
  input: renderInput,
  rich_text: (block, surface) => renderRichText(block, surface.directory.names),
  markdown: (block) => renderMarkdown(block.text ?? ""),
  table: renderTable,
  data_table: (block, surface) =>
    renderDataTable(block, surface, (element) => element && renderElement(element, surface, block.block_id)),
  data_visualization: renderChart,
  plan: renderPlan,
  task_card: renderTask,
  alert: renderAlert,
  card: renderCard,
  carousel: renderCarousel,
  container: renderContainer,
  video: renderVideo,
  file: renderFile,
};

/** Draw one block; one that is not known, or makes no sense, becomes a box with its name. */
export function renderBlock(block, surface) {
  const known = Object.hasOwn(RENDERERS, block.type);
  const looks = `block block-${known ? block.type : "unknown"}`;
  const node = h("div", { class: looks, dataset: { blockId: block.block_id ?? "" } });
  const own = { ...surface, failed: (text) => showBlockProblem(node, text) };
  node.append(...[known ? drawn(block, own) : renderUnknown("block", block)].flat().filter(Boolean));
  return node;
}

function drawn(block, surface) {
  try {
    return RENDERERS[block.type](block, surface, renderBlock);
  } catch (wrong) {
    console.warn("This block makes no sense:", block, wrong);
    return h("div", { class: "unknown" }, `This ${block.type} block cannot be drawn: ${wrong.message}`);
  }
}

/** What went wrong with a control is said right under its block. */
function showBlockProblem(node, text) {
  const line = [...node.children].find((each) => each.classList.contains("block-problem"));
  if (!text) return line?.remove();
  const place = line ?? h("div", { class: "block-problem", role: "alert" });
  if (!line) node.append(place);
  return showProblem(place, text);
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
  const elements = (block.elements ?? []).map((element) => renderElement(element, surface, block.block_id));
  return h("div", { class: block.type === "context_actions" ? "actions actions-quiet" : "actions" }, elements);
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

function renderAlert(block, surface) {
  const level = Object.hasOwn(LEVELS, block.level) ? block.level : "default";
  return h(
    "div",
    { class: `alert alert-${level}`, role: "note" },
    icon(LEVELS[level]),
    h("div", { class: "mrkdwn" }, renderText(block.text, surface.directory.names)),
  );
}
