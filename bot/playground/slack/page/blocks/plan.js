/* Plans and their tasks: what an app is doing, step by step. */

import { h, safeUrl } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { link, plainOf } from "../text/mrkdwn.js";
import { renderRichText } from "./richtext.js";

const STATUSES = {
  pending: ["circle", "Pending"],
  in_progress: ["turning", "In progress"],
  complete: ["done", "Complete"],
  error: ["failed", "Failed"],
};

/** A plan: a title over tasks; it can be folded. */
export function renderPlan(block, surface) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return h(
    "details",
    { class: "plan", open: true },
    h(
      "summary",
      {},
      icon("down"),
      h("span", { class: "plan-title" }, plainOf(block.title)),
      tasks.length ? h("span", { class: "plan-count" }, `${done} of ${tasks.length} done`) : null,
    ),
    h(
      "ol",
      { class: "tasks" },
      tasks.map((task) => h("li", {}, renderTask(task, surface))),
    ),
  );
}

/** One task, alone or in a plan. */
export function renderTask(task, surface) {
  const [sign, words] = STATUSES[task.status] ?? STATUSES.pending;
  const { names } = surface.directory;
  const part = (name) => (task[name] ? h("div", { class: `task-${name}` }, renderRichText(task[name], names)) : null);
  return h(
    "div",
    { class: `task task-${sign}` },
    icon(sign),
    h(
      "div",
      { class: "task-words" },
      h("div", { class: "task-title" }, plainOf(task.title), h("span", { class: "hidden-words" }, `, ${words}`)),
      part("details"),
      part("output"),
      sources(task.sources ?? []),
    ),
  );
}

function sources(all) {
  if (!all.length) return null;
  const items = all.map((source) => {
    const url = safeUrl(source.url ?? "");
    const words = source.text || source.url || source.type || "";
    return h("li", {}, url ? link(url, words) : words);
  });
  return h("ul", { class: "sources", "aria-label": "Sources" }, items);
}
