/* Buttons and overflow menus. */

import { h, safeUrl } from "./dom.js";
import { confirmed } from "./confirm.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { plainOf, renderText } from "./mrkdwn.js";

/** A button: default, primary or danger; one with a `url` also opens it. */
export function renderButton(field) {
  const { element } = field;
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  const url = element.url ? safeUrl(element.url) : null;
  const button = h(
    "button",
    {
      type: "button",
      class: `button${style}`,
      dataset: { field: field.name },
      "aria-label": element.accessibility_label ?? null,
      on: { click: () => press(button, field, url) },
    },
    h("span", { class: "button-text" }, renderText(element.text)),
    url ? icon("external") : null,
  );
  return button;
}

async function press(button, field, url) {
  if (button.getAttribute("aria-busy") === "true") return;
  if (!(await confirmed(field.element.confirm))) return;
  if (url) window.open(url, "_blank", "noopener,noreferrer");
  button.setAttribute("aria-busy", "true");
  try {
    await field.send();
  } finally {
    button.removeAttribute("aria-busy");
  }
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
  if (!(await confirmed(field.element.confirm))) return;
  const url = option.url ? safeUrl(option.url) : null;
  if (url) window.open(url, "_blank", "noopener,noreferrer");
  field.send(option);
}
