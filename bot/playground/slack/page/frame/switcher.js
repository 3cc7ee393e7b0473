/* Ctrl+K: go to a channel, act as somebody, or open a panel, by typing a few letters. */

import { fill, h, nextId } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { openLayer } from "../modal/layer.js";

const MOST = 9;

export class Switcher {
  #jump = document.getElementById("jump");
  #places;
  #close = null;
  #entries = [];
  #active = 0;
  #input = null;
  #list = null;

  /** `places()` gives {label, hint, sign, go} for everything that one can go to. */
  constructor(places) {
    this.#places = places;
    this.#jump.addEventListener("click", () => this.open());
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      if (this.#jump.closest("[inert]")) return; // There is nowhere to go yet.
      if (this.#close) this.#dismiss();
      else if (!document.querySelector("#layers > *")) this.open();
    });
  }

  open() {
    const listId = nextId("places");
    this.#list = h("div", { id: listId, class: "switcher-list", role: "listbox", "aria-label": "Places" });
    this.#input = h("input", {
      class: "switcher-input",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      placeholder: "Where to? A channel, a person, a panel",
      "aria-label": "Jump to",
      "aria-expanded": "true",
      "aria-controls": listId,
      "aria-autocomplete": "list",
      on: { input: () => this.#find(), keydown: (event) => this.#key(event) },
    });
    const dialog = h(
      "div",
      { class: "dialog switcher", role: "dialog", "aria-modal": "true", "aria-label": "Jump to" },
      this.#input,
      this.#list,
    );
    const overlay = h(
      "div",
      {
        class: "overlay switcher-overlay",
        on: { pointerdown: (event) => event.target === overlay && this.#dismiss() },
      },
      dialog,
    );
    this.#close = openLayer(overlay, { escape: () => this.#dismiss() });
    this.#find();
    this.#input.focus();
  }

  #dismiss() {
    this.#close?.();
    this.#close = null;
  }

  #find() {
    const wanted = this.#input.value.trim().toLowerCase();
    const fits = ({ label }) =>
      label
        .toLowerCase()
        .split(/[\s-]+/)
        .some((word) => word.startsWith(wanted)) || label.toLowerCase().includes(wanted);
    this.#entries = this.#places().filter(fits).slice(0, MOST);
    this.#active = 0;
    const nothing = h(
      "div",
      { class: "switcher-none", role: "option", "aria-disabled": "true" },
      "Nothing is called that.",
    );
    fill(this.#list, this.#entries.length ? this.#entries.map((entry) => this.#option(entry)) : nothing);
    this.#mark();
  }

  #option(entry) {
    return h(
      "div",
      { id: nextId("place"), class: "completion", role: "option", on: { click: () => this.#go(entry) } },
      icon(entry.sign),
      h(
        "span",
        { class: "completion-words" },
        h("span", { class: "completion-name" }, entry.label),
        entry.hint ? h("span", { class: "completion-hint" }, ` ${entry.hint}`) : null,
      ),
    );
  }

  #mark() {
    [...this.#list.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === this.#active)));
    const node = this.#entries.length ? this.#list.children[this.#active] : null;
    node?.scrollIntoView({ block: "nearest" });
    if (node) this.#input.setAttribute("aria-activedescendant", node.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #go(entry) {
    this.#dismiss();
    entry.go();
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#entries.length) {
      event.preventDefault();
      this.#active = (this.#active + step + this.#entries.length) % this.#entries.length;
      this.#mark();
    } else if (event.key === "Enter" && this.#entries[this.#active]) {
      event.preventDefault();
      this.#go(this.#entries[this.#active]);
    }
  }
}
