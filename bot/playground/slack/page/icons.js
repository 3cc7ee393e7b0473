/* The few line icons of the page, drawn here so that nothing is fetched. */

const SVG = "http://www.w3.org/2000/svg";

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
};

/** Return one icon; it is decoration, so the words beside it must say the same. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
