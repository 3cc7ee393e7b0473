/* The data_visualization block: pie, bar, line and area charts as SVG, with a table of the same figures for screen readers. */

import { h, svg } from "../dom/dom.js";

const WIDTH = 480;
const HEIGHT = 220;
const EDGE = { left: 48, right: 12, top: 12, bottom: 28 };
const STEPS = 4;
const COLOURS = 12;
const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const SHORT = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });

/** Draw the block; a kind of chart that is not known is shown as its table. */
export function renderChart(block) {
  const chart = block.chart ?? {};
  const series = seriesOf(chart);
  const title = String(block.title ?? "");
  const draw = DRAWINGS[chart.type];
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", {}, title),
    draw ? draw(chart, series) : null,
    draw ? legend(chart, series) : null,
    figures(title, chart, series, draw ? "hidden-words" : ""),
  );
}

const DRAWINGS = { pie, bar: axes(bars), line: axes(line), area: axes(area) };

function seriesOf(chart) {
  if (chart.type === "pie") return [{ name: "Value", data: chart.segments ?? [] }];
  return chart.series ?? [];
}

function colour(index) {
  return `colour-${index % COLOURS}`;
}

function pie(chart) {
  const segments = chart.segments ?? [];
  const total = segments.reduce((sum, each) => sum + each.value, 0) || 1;
  const radius = HEIGHT / 2 - 8;
  let angle = 0;
  const slices = segments.map((segment, index) => {
    const share = segment.value / total;
    const from = angle;
    angle += share * 2 * Math.PI;
    const label = svg("title", {}, `${segment.label}: ${NUMBER.format(segment.value)}`);
    if (share > 0.999) return svg("circle", { r: radius, class: colour(index) }, label);
    return svg("path", { d: slice(from, angle, radius), class: colour(index) }, label);
  });
  const centre = `translate(${HEIGHT / 2} ${HEIGHT / 2})`;
  return picture("chart-pie", `0 0 ${HEIGHT} ${HEIGHT}`, svg("g", { transform: centre }, slices));
}

function slice(from, to, radius) {
  const at = (angle) => `${(Math.sin(angle) * radius).toFixed(2)} ${(-Math.cos(angle) * radius).toFixed(2)}`;
  return `M0 0L${at(from)}A${radius} ${radius} 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)}Z`;
}

function picture(kind, viewBox, ...children) {
  return svg("svg", { class: `chart-picture ${kind}`, viewBox, "aria-hidden": "true", focusable: "false" }, children);
}

/** A chart with two axes; `draw(series, index, scale)` adds what stands for one series. */
function axes(draw) {
  return (chart, series) => {
    const categories = categoriesOf(chart, series);
    const scale = scaleOf(series, categories);
    return picture(
      `chart-${chart.type}`,
      `0 0 ${WIDTH} ${HEIGHT}`,
      grid(scale),
      categories.map((name, at) => categoryLabel(name, at, scale)),
      series.map((each, index) => draw(each, index, scale)),
    );
  };
}

function categoriesOf(chart, series) {
  return chart.axis_config?.categories ?? (series[0]?.data ?? []).map((point) => point.label);
}

function scaleOf(series, categories) {
  const values = series.flatMap((each) => each.data ?? []).map((point) => point.value);
  const top = roundUp(Math.max(0, ...values));
  const least = Math.min(0, ...values);
  const bottom = least < 0 ? -roundUp(-least) : 0;
  const band = (WIDTH - EDGE.left - EDGE.right) / Math.max(1, categories.length);
  const height = HEIGHT - EDGE.top - EDGE.bottom;
  const y = (value) => EDGE.top + height * (1 - (value - bottom) / (top - bottom || 1));
  const middle = (at) => EDGE.left + band * (at + 0.5);
  const valueAt = (each, name, at) => (each.data ?? []).find((p) => p.label === name)?.value ?? each.data?.[at]?.value ?? 0;
  return { top, bottom, band, y, middle, categories, count: series.length, valueAt };
}

function roundUp(value) {
  if (value <= 0) return 0;
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 4, 5, 8, 10].map((factor) => factor * size).find((each) => each >= value);
}

function grid({ top, bottom, y }) {
  const levels = Array.from({ length: STEPS + 1 }, (_, at) => bottom + ((top - bottom) * at) / STEPS);
  return levels.map((level) => [
    svg("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(level), y2: y(level) }),
    svg("text", { class: "axis-value", x: EDGE.left - 6, y: y(level) + 4 }, SHORT.format(level)),
  ]);
}

function categoryLabel(name, at, { band, middle }) {
  const room = Math.max(3, Math.floor(band / 6));
  const words = name.length > room ? `${name.slice(0, room - 1)}…` : name;
  return svg("text", { class: "axis-category", x: middle(at), y: HEIGHT - 8 }, words, svg("title", {}, name));
}

function bars(series, index, scale) {
  const width = Math.min(40, (scale.band * 0.75) / scale.count);
  return scale.categories.map((name, at) => {
    const value = scale.valueAt(series, name, at);
    const x = scale.middle(at) + (index - scale.count / 2) * width;
    const [from, to] = [scale.y(0), scale.y(value)];
    const box = { x: x + 1, y: Math.min(from, to), width: Math.max(1, width - 2), height: Math.abs(from - to), rx: 2 };
    return svg("rect", { ...box, class: colour(index) }, svg("title", {}, pointWords(series, name, value)));
  });
}

function line(series, index, scale) {
  const points = pointsOf(series, scale);
  const dots = points.map(({ x, y, words }) =>
    svg("circle", { cx: x, cy: y, r: 3.5, class: colour(index) }, svg("title", {}, words)),
  );
  return [svg("polyline", { class: `stroke ${colour(index)}`, points: points.map(({ x, y }) => `${x},${y}`).join(" ") }), dots];
}

function area(series, index, scale) {
  const points = pointsOf(series, scale);
  if (!points.length) return [];
  const floor = scale.y(0);
  const outline = [`${points[0].x},${floor}`, ...points.map(({ x, y }) => `${x},${y}`), `${points.at(-1).x},${floor}`];
  return [svg("polygon", { class: `wash ${colour(index)}`, points: outline.join(" ") }), line(series, index, scale)];
}

function pointsOf(series, scale) {
  return scale.categories.map((name, at) => {
    const value = scale.valueAt(series, name, at);
    return { x: scale.middle(at), y: scale.y(value), words: pointWords(series, name, value) };
  });
}

function pointWords(series, name, value) {
  return `${series.name}, ${name}: ${NUMBER.format(value)}`;
}

function legend(chart, series) {
  const entries = chart.type === "pie" ? pieEntries(chart) : series.map((each) => each.name);
  const axis = chart.axis_config ?? {};
  const labels = [axis.x_label && `Across: ${axis.x_label}`, axis.y_label && `Up: ${axis.y_label}`].filter(Boolean);
  const keys = entries.map((name, index) => h("li", {}, h("span", { class: `key ${colour(index)}` }), name));
  return h(
    "div",
    { class: "legend", "aria-hidden": "true" },
    h("ul", {}, keys),
    labels.length ? h("p", { class: "axis-labels" }, labels.join(" · ")) : null,
  );
}

function pieEntries({ segments = [] }) {
  const total = segments.reduce((sum, each) => sum + each.value, 0) || 1;
  return segments.map(({ label, value }) => `${label} (${Math.round((100 * value) / total)} %)`);
}

function figures(title, chart, series, looks) {
  const categories = chart.type === "pie" ? (chart.segments ?? []).map((each) => each.label) : categoriesOf(chart, series);
  const valueOf = (each, name, at) => (each.data ?? []).find((point) => point.label === name)?.value ?? each.data?.[at]?.value;
  const cells = (name, at) => series.map((each) => h("td", {}, NUMBER.format(valueOf(each, name, at) ?? 0)));
  const head = ["", ...series.map((each) => each.name)].map((name) =>
    name ? h("th", { scope: "col" }, name) : h("td", {}),
  );
  const rows = categories.map((name, at) => h("tr", {}, h("th", { scope: "row" }, name), cells(name, at)));
  return h("table", { class: looks }, h("caption", {}, title), h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows));
}
