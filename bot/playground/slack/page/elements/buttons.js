/* Buttons of every kind, and overflow menus. */

import { h, safeUrl } from "../dom/dom.js";
import { confirmed } from "../modal/confirm.js";
import { icon } from "../dom/icons.js";
import { menuButton } from "./menu.js";
import { plainOf, renderText } from "../text/mrkdwn.js";

const ICONS = { trash: "trash" };

/** A button: default, primary or danger; one with a `url` also opens it. */
export function renderButton(field) {
  const url = field.element.url ? safeUrl(field.element.url) : null;
  return pressable(field, (button) => press(button, field, url), [
    h("span", { class: "button-text" }, renderText(field.element.text)),
    url ? icon("external") : null,
  ]);
}

/** A button that would start a workflow of Slack's own; no app hears of it. */
export function renderWorkflowButton(field) {
  const say = () => field.surface.failed("This button starts a workflow inside Slack. The local Slack has none to start.");
  const words = h("span", { class: "button-text" }, renderText(field.element.text));
  return pressable(field, say, [icon("bolt"), words]);
}

function pressable(field, click, children) {
  const { element } = field;
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  const button = h(
    "button",
    {
      type: "button",
      class: `button${style}`,
      dataset: { field: field.name },
      "aria-label": element.accessibility_label ?? null,
      on: { click: () => click(button) },
    },
    children,
  );
  return button;
}

/** Press and wait for the app; the button shows that it was pressed. True: the app has answered. */
async function press(button, field, url, value) {
  if (button.getAttribute("aria-busy") === "true") return false;
  if (!(await confirmed(field.element.confirm, field.surface.directory.names))) return false;
  if (url) window.open(url, "_blank", "noopener,noreferrer");
  button.setAttribute("aria-busy", "true");
  try {
    return (await field.send(value)).ok;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** A small button with only an icon; `visible_to_user_ids` hides it from everybody else. */
export function renderIconButton(field) {
  const { element } = field;
  const readers = element.visible_to_user_ids;
  if (readers && !readers.includes(field.surface.directory.me?.())) return null;
  return iconButton(field, ICONS[element.icon] ?? "bolt", element, (button) => press(button, field, null));
}

/** Thumbs up and down; the one that was pressed stays marked. */
export function renderFeedbackButtons(field) {
  const { positive_button: positive, negative_button: negative } = field.element;
  const give = async (button, choice) => {
    if (!(await press(button, field, null, { text: choice.text, value: choice.value }))) return;
    for (const each of holder.children) each.setAttribute("aria-pressed", String(each === button));
  };
  const thumb = (sign, choice) => {
    const button = iconButton(field, sign, choice, () => give(button, choice));
    button.dataset.field = `${field.name} ${choice.value}`;
    button.setAttribute("aria-pressed", "false");
    return button;
  };
  const holder = h("span", { class: "feedback", role: "group", "aria-label": "Feedback" });
  holder.append(thumb("thumb-up", positive), thumb("thumb-down", negative));
  return holder;
}

function iconButton(field, sign, { text, accessibility_label: label }, click) {
  const words = label || plainOf(text);
  const props = { type: "button", class: "button bare", dataset: { field: field.name }, "aria-label": words };
  const button = h("button", { ...props, title: plainOf(text), on: { click: () => click(button) } }, icon(sign));
  return button;
}

/** An overflow menu; the chosen option is sent as its value. */
export function renderOverflow(field) {
  const entries = (field.element.options ?? []).map((option) => ({
    label: plainOf(option.text),
    description: plainOf(option.description),
    choose: () => choose(field, option),
  }));
  return menuButton({ label: "More options", attributes: { dataset: { field: field.name } }, entries });
}

async function choose(field, option) {
  if (!(await confirmed(field.element.confirm, field.surface.directory.names))) return;
  const url = option.url ? safeUrl(option.url) : null;
  if (url) window.open(url, "_blank", "noopener,noreferrer");
  field.send(option);
}
