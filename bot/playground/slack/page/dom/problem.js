/* A line that says what went wrong, wherever it belongs. */

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { renderMrkdwn } from "../text/mrkdwn.js";

const NO_NAMES = { user: () => null, channel: () => null };

/** Why something that a person did was refused. */
export function failureOf({ message, error }) {
  return message ?? `That did not work: ${error}`;
}

/** Show a problem in a node that is kept for it; an empty text clears it. */
export function showProblem(node, text) {
  const words = text && h("span", { class: "mrkdwn" }, renderMrkdwn(text, NO_NAMES));
  fill(node, text ? [icon("warning"), words] : null);
}
