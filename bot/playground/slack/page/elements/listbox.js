/* The drop-down list of a combobox: groups, options, one of them active. */

import { fill, h, nextId } from "../dom/dom.js";

export class Listbox {
  #options = [];
  #active = -1;
  #choose;

  constructor(label, choose) {
    this.#choose = choose;
    this.list = h("div", { id: nextId("listbox"), class: "options", role: "listbox", "aria-label": label });
    this.note = h("div", { class: "options-note", role: "status" });
    this.node = h(
      "div",
      { class: "popup listbox", on: { mousedown: (event) => event.preventDefault() } },
      this.list,
      this.note,
    );
  }

  /** The id of the active option, for aria-activedescendant. */
  get activeId() {
    return this.#options[this.#active]?.node.id ?? null;
  }

  get active() {
    return this.#options[this.#active]?.option ?? null;
  }

  /** Show groups of options; the first one, or the chosen one, is active. */
  show(groups, isChosen) {
    this.#options = [];
    fill(
      this.list,
      groups.map((group) => this.#group(group, isChosen)),
    );
    this.say(this.#options.length ? "" : "No results");
    this.#activate(
      Math.max(
        0,
        this.#options.findIndex(({ option }) => isChosen(option)),
      ),
    );
  }

  /** Show a sentence in the place of options. */
  say(text, { clear = false, busy = false } = {}) {
    fill(this.note, busy ? h("span", { class: "spinner" }) : null, text);
    this.note.hidden = !text;
    if (!clear) return;
    this.#options = [];
    this.#active = -1;
    fill(this.list);
  }

  move(step) {
    const count = this.#options.length;
    if (count) this.#activate((this.#active + step + count) % count);
  }

  #activate(index) {
    this.#options[this.#active]?.node.classList.remove("active");
    this.#active = index;
    const node = this.#options[index]?.node;
    node?.classList.add("active");
    node?.scrollIntoView({ block: "nearest" });
  }

  #group({ label, options }, isChosen) {
    const nodes = options.map((option) => this.#option(option, isChosen(option)));
    if (!label) return nodes;
    const labelId = nextId("group");
    return h(
      "div",
      { role: "group", "aria-labelledby": labelId },
      h("div", { id: labelId, class: "options-label" }, label),
      nodes,
    );
  }

  #option(option, chosen) {
    const index = this.#options.length;
    const node = h(
      "div",
      {
        id: nextId("option"),
        class: "option",
        role: "option",
        "aria-selected": String(chosen),
        on: { click: () => this.#choose(option), pointermove: () => this.#active !== index && this.#activate(index) },
      },
      h("span", { class: "option-label" }, option.label),
      option.description ? h("span", { class: "option-description" }, option.description) : null,
    );
    this.#options.push({ option, node });
    return node;
  }
}
