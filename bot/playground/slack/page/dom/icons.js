/* The few line icons of the page, drawn here so that nothing is fetched. */

import { svg } from "./dom.js";

const PATHS = {
  hash: "M6 3 4.6 17M12.6 3 11.2 17M3 7.2h14M2.5 12.8h14",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4l-6 6 6 6M6.5 10H17",
  down: "M5 8l5 5 5-5",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  bolt: "M11 2 4 11h5l-1 7 7-9h-5z",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  wrench: "M16.4 5.6a4 4 0 0 1-5.4 5l-5 5.2a1.5 1.5 0 0 1-2.2-2.2L9 8.6a4 4 0 0 1 5.2-5.2l-2.4 2.4.2 2 2 .2z",
  external: "M8 5H4v11h11v-4M11 4h5v5M16 4l-7 7",
  wire: "M3 7h11M11 4l3 3-3 3M17 13H6M9 10l-3 3 3 3",
  info: "M10 9v5M10 6.2v.1M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16z",
  warning: "M10 3 2 17h16zM10 8v4M10 14.5v.1",
  check: "M4 10.5l4 4 8-9",
  left: "M12 5l-5 5 5 5",
  right: "M8 5l5 5-5 5",
  sort: "M7 8l3-3 3 3M7 12l3 3 3-3",
  circle: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14z",
  turning: "M10 3a7 7 0 1 1-7 7",
  done: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM6.8 10.2l2.3 2.3 4.2-4.8",
  failed: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7.7 7.7l4.6 4.6M12.3 7.7l-4.6 4.6",
  play: "M6.5 4v12l10-6z",
  file: "M5 2.5h6.5L15.5 6.5v11H5zM11.5 2.5v4h4",
  trash: "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5",
  "thumb-up": "M7 9v8M3.5 9H7v8H3.5zM7 9l3.2-6c1.4 0 2 .8 1.8 2.2L11.5 8h4c1 0 1.6.8 1.4 1.8l-1 5.7c-.2.9-.8 1.5-1.7 1.5H7",
  "thumb-down": "M13 11V3M16.5 11H13V3h3.5zM13 11l-3.2 6c-1.4 0-2-.8-1.8-2.2l.5-2.8h-4c-1 0-1.6-.8-1.4-1.8l1-5.7c.2-.9.8-1.5 1.7-1.5H13",
  bold: "M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z",
  italic: "M8.5 4h6M5.5 16h6M11.8 4l-3.6 12",
  strike: "M14 6.5C13.5 4.8 12 4 10 4 7.8 4 6.2 5 6.2 6.8c0 1.4 1 2.3 3.8 3.2M3.5 10h13M14 12.5c.3 2.2-1.5 3.5-4 3.5-2.2 0-3.8-.9-4.2-2.7",
  code: "M7 6l-4 4 4 4M13 6l4 4-4 4",
  menu: "M3 5h14M3 10h14M3 15h14",
  search: "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM13.5 13.5 17 17",
  split: "M3 4h14v12H3zM10 4v12",
  bulb: "M7.5 14.5h5M8.5 17h3M7.5 14.5c0-2-2.5-3-2.5-6a5 5 0 0 1 10 0c0 3-2.5 4-2.5 6",
  thread: "M3 4h14v9H9l-4 3.5V13H3zM6.5 7.3h7M6.5 9.9h4.5",
  plus: "M10 4v12M4 10h12",
  slash: "M4 3h12a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11.5 6l-3 8",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM13 7v4.5a2 2 0 0 0 4 0V10a7 7 0 1 0-3 5.7",
  smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7 11.5a3.5 3.5 0 0 0 6 0M7.7 8v.1M12.3 8v.1",
  send: "M3.5 3.5 17 10 3.5 16.5 5.8 10zM5.8 10H11",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.7 1.7",
  copy: "M7 7h9v9H7zM4 13V4h9",
};

/** Return one icon; it is decoration, so the words beside it must say the same. */
export function icon(name) {
  const props = { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" };
  return svg("svg", props, svg("path", { d: PATHS[name] }));
}
