/* The squares beside names: initials on a colour, or the sign of the app. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** The square with somebody's initials; dark or light letters, whichever can be read. */
export function avatar({ initials, color }) {
  const node = h("span", { class: "avatar", "aria-hidden": "true" }, initials ?? "?");
  if (/^#[0-9a-f]{6}$/i.test(color ?? "")) {
    node.style.backgroundColor = color;
    node.style.color = brightness(color) > 0.18 ? "#1d1c1d" : "#ffffff"; // Equal contrast to both lies at 0.18.
  }
  return node;
}

function brightness(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The square of the app. */
export function appAvatar() {
  return h("span", { class: "avatar avatar-app", "aria-hidden": "true" }, icon("wrench"));
}
