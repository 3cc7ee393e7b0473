/* "On the wire": every payload with its answer, and every call, between the local Slack and the app. */

import { fill, h, reconcile } from "../dom/dom.js";
import { clockTimeWithSeconds } from "../text/dates.js";
import { icon } from "../dom/icons.js";

const NEAR_END = 32;
const TRANSPORTS = { socket: "Socket Mode", http: "HTTP" };

export class Wire {
  #scroller = document.getElementById("wire-scroller");
  #list = document.getElementById("wire-list");
  #empty = document.getElementById("wire-empty");
  #search = document.getElementById("wire-search");
  #onlyRefused = document.getElementById("wire-only-refused");
  #atEnd = true;
  #opened = new Set();
  #bodies = new Map();
  #entries = [];
  #appName = "";

  constructor() {
    this.#scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
      this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    });
    this.#search.addEventListener("input", () => this.#draw());
    this.#onlyRefused.addEventListener("change", () => this.#draw());
    this.#search.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#search.value) return;
      event.preventDefault();
      this.#search.value = "";
      this.#draw();
    });
  }

  show({ wire, app }) {
    this.#appName = app.name;
    this.#entries = wire;
    this.#bodies = new Map(wire.map((entry) => [entry.seq, entry]));
    showTransport(app);
    this.#draw();
  }

  /** Go to the newest entry, when the panel comes into view. */
  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #draw() {
    const shown = this.#entries.filter((entry) => this.#isWanted(entry));
    this.#empty.hidden = shown.length > 0;
    this.#empty.textContent = this.#entries.length
      ? "Nothing here fits the filter."
      : "Nothing yet. Each payload, answer and call appears here; press one to see all of it.";
    reconcile(
      this.#list,
      shown.map((entry) => ({
        key: entry.seq,
        signature: JSON.stringify([entry.kind, entry.summary, entry.ms, entry.ok, this.#appName]),
        render: () => row(entry, this.#appName, this.#opened, () => this.#bodies.get(entry.seq) ?? entry),
      })),
    );
    if (this.#atEnd) this.toEnd();
  }

  #isWanted(entry) {
    if (this.#onlyRefused.checked && entry.ok) return false;
    const wanted = this.#search.value.trim().toLowerCase();
    return !wanted || JSON.stringify([entry.kind, entry.summary, entry.body]).toLowerCase().includes(wanted);
  }
}

function showTransport({ transport, connections, name }) {
  const count = connections === 1 ? "1 connection" : `${connections} connections`;
  const words = transport === "http" ? "HTTP" : `${TRANSPORTS[transport] ?? transport} · ${count}`;
  const node = document.getElementById("wire-transport");
  const text = connections ? words : `${words}: ${name} is not there`;
  if (node.textContent !== text) node.textContent = text;
}

/** `opened` holds the numbers of the rows that show their body, so that a row stays open when it changes. */
function row(entry, appName, opened, current) {
  const where = `${entry.direction === "to_app" ? "to" : "from"} ${appName}`;
  const shown = h("div", { class: "wire-body" });
  const toggle = () => {
    if (details.open) opened.add(entry.seq);
    else opened.delete(entry.seq);
    if (details.open) fill(shown, bodyOf(current()));
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
      h("span", { class: "wire-words" }, words(entry), answerLine(entry)),
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

/** The second line: how the app answered a payload, or why something was refused. */
function answerLine({ direction, ok, ms, body }) {
  if (!ok) return problems(body).map((text) => h("span", { class: "wire-answer" }, text));
  if (direction !== "to_app" || typeof ms !== "number") return null;
  return h("span", { class: "wire-answer" }, icon("back"), ` ack${ackWords(body?.ack)}`);
}

function ackWords(ack) {
  if (!ack || !Object.keys(ack).length) return "";
  if (ack.response_action) return `, ${ack.response_action}`;
  if (ack.options) return `, ${ack.options.length} options`;
  if (ack.option_groups) return `, ${ack.option_groups.length} groups of options`;
  return ack.text ? `, “${String(ack.text).slice(0, 80)}”` : ", with an answer";
}

/** The error, and the sentences that Slack gives with it. */
function problems(body) {
  const answer = body?.answer ?? body;
  const messages = answer?.response_metadata?.messages ?? answer?.messages ?? [];
  return [answer?.error, ...(Array.isArray(messages) ? messages : [])].filter((each) => typeof each === "string");
}

/** The payload and, apart from it, how it was answered; each as JSON to copy. */
function bodyOf({ direction, body }) {
  if (direction !== "to_app" || !body || !("ack" in body)) return jsonOf("JSON", body ?? null);
  const { ack, ...payload } = body;
  return [jsonOf("Payload", payload), jsonOf("Answer", ack ?? {})];
}

function jsonOf(label, value) {
  const text = JSON.stringify(value, null, 2);
  const copy = async ({ currentTarget: button }) => {
    await navigator.clipboard.writeText(text);
    fill(button, icon("check"), "Copied");
  };
  return h(
    "div",
    { class: "wire-json" },
    h(
      "div",
      { class: "wire-json-head" },
      h("span", {}, label),
      h(
        "button",
        { type: "button", class: "button bare", "aria-label": `Copy ${label}`, on: { click: copy } },
        icon("copy"),
        "Copy",
      ),
    ),
    h("pre", { tabindex: "0", "aria-label": label }, text),
  );
}

function duration(ms) {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}
