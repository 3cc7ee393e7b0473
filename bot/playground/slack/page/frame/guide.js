/* The first minute: three things to try, each one press, ticked off when they are done. */

import { h, reconcile } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { isEmbedded, recall, remember } from "./place.js";

const KEY = "guide";

export class Guide {
  #card = document.getElementById("guide");
  #toggle = document.getElementById("guide-toggle");
  #choose;
  #kept = { isOpen: true, since: null, done: [], ...JSON.parse(recall(KEY) ?? "{}") };
  #snapshot = null;

  /** `choose` holds {run(text), beside(personId), card(channelId)}. */
  constructor(choose) {
    this.#choose = choose;
    this.#toggle.addEventListener("click", () => this.#open(this.#card.hidden));
    document.getElementById("guide-close").addEventListener("click", () => {
      this.#open(false);
      this.#toggle.focus();
    });
  }

  /** Look what has been done; what was there before this tab does not count. */
  show(snapshot) {
    this.#snapshot = snapshot;
    const steps = snapshot.suggestions.filter(({ title }) => title);
    const all = messagesOf(snapshot);
    this.#kept.since ??= all.reduce((latest, { ts }) => Math.max(latest, Number(ts)), 0);
    const states = steps.map((step) => this.#stateOf(step, all));
    this.#kept.done = steps.filter((_, at) => states[at].isDone).map(({ text }) => text);
    remember(KEY, JSON.stringify(this.#kept));
    this.#toggle.hidden = !steps.length;
    this.#draw(steps, states);
  }

  #stateOf(step, all) {
    const cards = all.filter(({ ts, words }) => Number(ts) > this.#kept.since && words.includes(step.card));
    const isOver = cards.some(({ words }) => step.ends.some((end) => words.includes(end)));
    const mine = cards.find(({ kind }) => kind === "dm") ?? cards[0];
    const isDone = this.#kept.done.includes(step.text) || isOver;
    return { isDone, isRunning: !isDone && cards.length > 0, where: mine?.channel ?? null };
  }

  #open(isOpen) {
    this.#kept.isOpen = isOpen;
    this.show(this.#snapshot);
  }

  #draw(steps, states) {
    const isShown = this.#kept.isOpen && !isEmbedded && steps.length > 0;
    this.#card.hidden = !isShown;
    this.#toggle.setAttribute("aria-expanded", String(isShown));
    const count = states.filter(({ isDone }) => isDone).length;
    const words = count === steps.length ? "All done" : `${count} of ${steps.length} done`;
    const progress = document.getElementById("guide-progress");
    if (progress.textContent !== words) progress.textContent = words;
    reconcile(
      document.getElementById("guide-steps"),
      steps.map((step, at) => ({
        key: step.text,
        signature: JSON.stringify([step, states[at], this.#snapshot.me]),
        render: () => this.#step(step, states[at], at + 1),
      })),
    );
  }

  #step(step, state, number) {
    const mark = state.isDone ? icon("check") : String(number);
    const status = state.isDone ? "done" : state.isRunning ? "running" : "";
    return h(
      "li",
      { class: `guide-step ${status}` },
      h("span", { class: "guide-mark", "aria-hidden": "true" }, mark),
      h(
        "div",
        { class: "guide-words" },
        h("h3", {}, step.title, status ? h("span", { class: "hidden-words" }, ` (${status})`) : null),
        h("p", {}, step.hint),
        h("div", { class: "guide-buttons" }, this.#buttons(step, state)),
      ),
    );
  }

  #buttons(step, { isRunning, where }) {
    const press = (label, action, kind, field) =>
      h("button", { type: "button", class: kind, dataset: { field }, on: { click: action } }, label);
    const run = press(step.text, () => this.#choose.run(step.text), "chip", "run");
    const show = where && press("Show the card", () => this.#choose.card(where), "button small", "card");
    if (!isRunning) return [run, show];
    const decider = step.deciders.find((id) => id !== this.#snapshot.me);
    const person = this.#snapshot.people.find(({ id }) => id === decider);
    return [
      person
        ? press(
            `Approve as ${person.name.split(" ")[0]}`,
            () => this.#choose.beside(decider),
            "button small primary",
            "beside",
          )
        : null,
      show,
    ];
  }
}

/** Who decides about what a message tells, where it waits and the reader is not one of them. */
export function deciderOf(message, { me, suggestions }) {
  if (!message.is_bot) return null;
  const words = plainWords([message.text, message.blocks]);
  const step = suggestions.find(({ card, deciders }) => deciders?.length && words.includes(card));
  const isOver = !step || !/waiting/i.test(words) || step.ends.some((end) => words.includes(end));
  return isOver || step.deciders.includes(me) ? null : step.deciders[0];
}

/** Every message of the app that this person sees, as plain words. */
function messagesOf({ channels, messages }) {
  return channels.flatMap(({ id, kind }) =>
    (messages[id] ?? [])
      .filter((message) => message.is_bot)
      .map((message) => ({ ts: message.ts, channel: id, kind, words: plainWords([message.text, message.blocks]) })),
  );
}

function plainWords(content) {
  return JSON.stringify(content)
    .replace(/<@\w+>/g, "")
    .replace(/[*_`~]/g, "");
}
