/* "On the wire": every envelope, call and ack between the local Slack and the app. */

import { fill, h, reconcile } from "./dom.js";
import { clockTimeWithSeconds } from "./dates.js";
import { icon } from "./icons.js";
import { recall, remember } from "./place.js";

const WIDE = "(min-width: 1100px)";
const NEAR_END = 32;

export class Wire {
  #panel = document.getElementById("wire");
  #scroller = document.getElementById("wire-scroller");
  #list = document.getElementById("wire-list");
  #empty = document.getElementById("wire-empty");
  #toggle = document.getElementById("wire-toggle");
  #onOpen;
  #atEnd = true;
  #opened = new Set();
  #bodies = new Map();
  #wide = window.matchMedia(WIDE);
  #standsBack = false;

  /** `onOpen` is called when a person opens it. */
  constructor(onOpen) {
    this.#onOpen = onOpen;
    this.#toggle.addEventListener("click", () => this.#open(this.#panel.hidden));
    document.getElementById("wire-close").addEventListener("click", () => this.#dismiss());
    this.#scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
      this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    });
    this.#panel.addEventListener("keydown", (event) => event.key === "Escape" && !this.#wide.matches && this.#dismiss());
    this.#wide.addEventListener("change", () => this.#follow());
    this.#follow();
  }

  /** Hide for as long as another panel needs the room; nothing is remembered of it. */
  standBack(standsBack) {
    if (standsBack === this.#standsBack) return;
    this.#standsBack = standsBack;
    this.#follow();
  }

  show(entries, appName) {
    this.#empty.hidden = entries.length > 0;
    this.#bodies = new Map(entries.map((entry) => [entry.seq, entry.body]));
    reconcile(
      this.#list,
      entries.map((entry) => ({
        key: entry.seq,
        signature: JSON.stringify([entry.kind, entry.summary, entry.ms, entry.ok]),
        render: () => row(entry, appName, this.#opened, () => this.#bodies.get(entry.seq)),
      })),
    );
    if (this.#atEnd) this.#toEnd();
  }

  #follow() {
    this.#setOpen(this.#wide.matches && !this.#standsBack && recall("wire") !== "closed");
  }

  #open(open) {
    if (open) this.#onOpen();
    this.#setOpen(open);
    remember("wire", open ? "open" : "closed");
    if (open) this.#toEnd();
  }

  #dismiss() {
    this.#open(false);
    this.#toggle.focus();
  }

  #setOpen(open) {
    this.#panel.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}

/** `opened` holds the numbers of the rows that show their body, so that a row stays open when it changes. */
function row(entry, appName, opened, body) {
  const where = `${entry.direction === "to_app" ? "to" : "from"} ${appName}`;
  const shown = h("pre", {});
  const toggle = () => {
    if (details.open) opened.add(entry.seq);
    else opened.delete(entry.seq);
    if (details.open) fill(shown, JSON.stringify(body() ?? null, null, 2));
  };
  const details = h(
    "details",
    { class: `wire-entry${entry.ok ? "" : " refused"}`, on: { toggle } },
    h(
      "summary",
      { title: `${clockTimeWithSeconds(new Date(entry.at))}, ${where}` },
      h(
        "span",
        { class: `wire-direction ${entry.direction.replace("_", "-")}`, role: "img", "aria-label": where },
        icon("back"),
      ),
      h("span", { class: "wire-words" }, words(entry)),
      typeof entry.ms === "number" ? h("span", { class: "wire-ms" }, `${duration(entry.ms)} ms`) : null,
    ),
    shown,
  );
  details.open = opened.has(entry.seq);
  return h("li", {}, details);
}

function words({ direction, kind, summary, ok }) {
  const outcome = direction === "to_app" ? "Failed: " : "Refused: ";
  return [
    h("span", { class: "wire-kind" }, kind),
    " ",
    h("span", { class: "wire-summary" }, ok ? "" : outcome, summary),
  ];
}

function duration(ms) {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}
