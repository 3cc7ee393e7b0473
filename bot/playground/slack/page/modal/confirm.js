/* The confirm dialog that a button, a select or an overflow menu may ask for. */

import { h, nextId } from "../dom/dom.js";
import { openLayer } from "./layer.js";
import { plainOf, renderText } from "../text/mrkdwn.js";

/** Ask the person, with the texts of the app; true at once where nothing is to be asked. */
export function confirmed(asked, names) {
  if (!asked) return Promise.resolve(true);
  return new Promise((resolve) => show(asked, names, resolve));
}

function show(asked, names, resolve) {
  const titleId = nextId("confirm-title");
  const textId = nextId("confirm-text");
  const answer = (yes) => {
    close();
    resolve(yes);
  };
  const deny = h(
    "button",
    { type: "button", class: "button", on: { click: () => answer(false) } },
    plainOf(asked.deny) || "Cancel",
  );
  const style = asked.style === "danger" ? "button danger" : "button primary";
  const yes = h(
    "button",
    { type: "button", class: style, on: { click: () => answer(true) } },
    plainOf(asked.confirm) || "Yes",
  );
  const dialog = h(
    "div",
    {
      class: "dialog confirm",
      role: "alertdialog",
      "aria-modal": "true",
      "aria-labelledby": titleId,
      "aria-describedby": textId,
    },
    h("h2", { id: titleId, class: "dialog-title" }, plainOf(asked.title) || "Are you sure?"),
    h("div", { id: textId, class: "confirm-text mrkdwn" }, renderText(asked.text, names)),
    h("div", { class: "dialog-buttons" }, deny, yes),
  );
  const close = openLayer(h("div", { class: "overlay" }, dialog), { escape: () => answer(false) });
  deny.focus();
}
