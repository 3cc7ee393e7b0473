/* Every kind of select menu, single or multiple, as a combobox with type-ahead. */

import { debounce, fill, h } from "../dom/dom.js";
import { choicesFor } from "./choices.js";
import { icon } from "../dom/icons.js";
import { Listbox } from "./listbox.js";
import { plainOf } from "../text/mrkdwn.js";
import { Popup } from "./popup.js";

const QUERY_DELAY = 200;

/** Render a select; `multi_…` types collect several options as tokens. */
export function renderSelect(field) {
  return new Select(field).node;
}

class Select {
  #field;
  #source;
  #multiple;
  #list;
  #popup;
  #input;
  #placeholder;
  #tokens;
  #clear;
  #request = 0;
  #ask = debounce((query) => this.#load(query), QUERY_DELAY);

  constructor(field) {
    this.#field = field;
    this.#source = choicesFor(field);
    this.#multiple = field.element.type.startsWith("multi_");
    const placeholder = plainOf(field.element.placeholder) || "Select an option";
    this.#placeholder = placeholder;
    this.#list = new Listbox(placeholder, (option) => this.#choose(option));
    this.#input = this.#comboboxInput(placeholder);
    this.#tokens = h("span", { class: "tokens" });
    this.#clear = h(
      "button",
      {
        type: "button",
        class: "select-clear",
        "aria-label": "Clear selection",
        on: { click: () => this.#change(null) },
      },
      icon("close"),
    );
    const box = h(
      "div",
      { class: "select-box", on: { click: () => this.#input.focus() } },
      this.#tokens,
      this.#input,
      this.#clear,
      icon("down"),
    );
    this.node = h("div", { class: `select${this.#multiple ? " select-multiple" : ""}` }, box, this.#list.node);
    this.#popup = new Popup(box, this.#list.node, () => this.#close());
    this.#showChosen();
  }

  #comboboxInput(placeholder) {
    return h("input", {
      type: "text",
      class: "select-input",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-haspopup": "listbox",
      "aria-controls": this.#list.list.id,
      ...this.#field.attributes(placeholder),
      on: {
        click: () => this.#open(),
        input: () => this.#typed(),
        keydown: (event) => this.#key(event),
        blur: () => this.#close(),
      },
    });
  }

  get #chosen() {
    const { value } = this.#field;
    return (this.#multiple ? value : [value]).filter((each) => each !== null).map((each) => this.#source.option(each));
  }

  #isChosen = (option) => this.#chosen.some((each) => each.value === option.value);

  #showChosen() {
    const chosen = this.#chosen;
    if (this.#multiple)
      fill(
        this.#tokens,
        chosen.map((option) => this.#token(option)),
      );
    this.#input.placeholder = this.#multiple && chosen.length ? "" : this.#placeholder;
    this.#input.value = this.#multiple || !chosen.length ? "" : chosen[0].label;
    const optional = this.#field.input !== null && !this.#field.input.required;
    this.#clear.hidden = this.#multiple || !optional || !chosen.length;
  }

  #token(option) {
    const remove = h(
      "button",
      { type: "button", "aria-label": `Remove ${option.label}`, on: { click: () => this.#toggle(option) } },
      icon("close"),
    );
    return h("span", { class: "token" }, option.label, remove);
  }

  #open() {
    if (this.#popup.isOpen) return;
    this.#input.select();
    this.#show();
    this.#query("", { now: true });
  }

  #show() {
    this.#popup.open();
    this.#input.setAttribute("aria-expanded", "true");
  }

  #close() {
    this.#request += 1;
    this.#ask.cancel();
    this.#popup.close();
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
    this.#showChosen();
  }

  #typed() {
    this.#show();
    this.#query(this.#input.value, { now: !this.#source.remote });
  }

  /** Ask for options; whatever was asked before is out of date from now on. */
  #query(query, { now }) {
    this.#request += 1;
    this.#ask.cancel();
    const { remote, minLength } = this.#source;
    if (query.trim().length < minLength) {
      this.#say(`Type ${minLength} or more characters to search`);
      return;
    }
    if (remote) this.#say("Searching…", { busy: true });
    if (now) this.#load(query);
    else this.#ask(query);
  }

  async #load(query) {
    this.#request += 1;
    const mine = this.#request;
    let groups = null;
    let failure = "";
    try {
      groups = await this.#source.load(query);
    } catch (error) {
      failure = error.message;
    }
    if (mine !== this.#request || !this.#popup.isOpen) return;
    if (groups) this.#list.show(groups, this.#isChosen);
    else this.#list.say(`Options could not be loaded: ${failure}`, { clear: true });
    this.#settle();
  }

  #say(text, { busy = false } = {}) {
    this.#list.say(text, { clear: true, busy });
    this.#settle();
  }

  #settle() {
    const id = this.#list.activeId;
    if (id) this.#input.setAttribute("aria-activedescendant", id);
    else this.#input.removeAttribute("aria-activedescendant");
    this.#popup.place();
  }

  #choose(option) {
    if (this.#multiple) this.#toggle(option);
    else this.#change(option.state);
  }

  #toggle(option) {
    const { value } = this.#field;
    const limit = this.#field.element.max_selected_items ?? Infinity;
    const kept = value.filter((each) => this.#source.option(each).value !== option.value);
    if (kept.length === value.length && value.length >= limit) this.#say(`You can choose at most ${limit}`);
    else this.#change(kept.length === value.length ? [...value, option.state] : kept);
  }

  async #change(value) {
    this.#close();
    if (this.#input.isConnected) this.#input.focus();
    await this.#field.change(value);
    this.#showChosen();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Backspace" && this.#multiple && !this.#input.value && this.#field.value.length) {
      this.#change(this.#field.value.slice(0, -1));
    } else if (["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
      event.preventDefault();
      this.#steer(event.key);
    } else if (event.key === "Escape" && this.#popup.isOpen) {
      event.preventDefault();
      this.#close();
    }
  }

  #steer(key) {
    if (!this.#popup.isOpen) {
      this.#open();
    } else if (key === "Enter") {
      if (this.#list.active) this.#choose(this.#list.active);
    } else {
      this.#list.move(key === "ArrowDown" ? 1 : -1);
      this.#settle();
    }
  }
}
