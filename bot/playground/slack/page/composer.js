/* Where the person writes: messages, slash commands and the list of commands. */

import { fill, h, nextId } from "./dom.js";
import { icon } from "./icons.js";
import { showProblem } from "./problem.js";

const MAX_HEIGHT = 180;

export class Composer {
  #input = document.getElementById("composer");
  #menu = document.getElementById("commands");
  #notice = document.getElementById("composer-notice");
  #act;
  #snapshot = null;
  #channel = null;
  #drafts = new Map();
  #entries = [];
  #active = 0;
  #dismissed = "";

  constructor(act) {
    this.#act = act;
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#showMenu([]));
    this.#input.addEventListener("focus", () => this.#typed());
    this.#menu.addEventListener("mousedown", (event) => event.preventDefault());
    document.getElementById("composer-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    document.getElementById("composer-slash").addEventListener("click", () => this.#startCommand());
  }

  show(snapshot, channel) {
    const place = `${snapshot.me} ${channel.id}`;
    const moved = this.#channel && place !== this.#place;
    if (moved) this.#drafts.set(this.#place, this.#input.value);
    this.#snapshot = snapshot;
    this.#channel = channel;
    if (moved) {
      this.#input.value = this.#drafts.get(place) ?? "";
      this.#say("");
      this.#typed();
    }
    const target = channel.kind === "dm" ? channel.name : `#${channel.name}`;
    const example = snapshot.suggestions[0];
    this.#input.placeholder = example ? `Message ${target}, or try ${example}` : `Message ${target}`;
  }

  /** Send a text as if the person had typed it. */
  sendText(text) {
    this.#input.value = text;
    return this.send();
  }

  async send() {
    const text = this.#input.value.trim();
    if (!text || !this.#channel) return;
    this.#input.value = "";
    this.#input.focus();
    this.#say("");
    this.#typed();
    const kind = text.startsWith("/") ? "command" : "message";
    const answer = await this.#act(kind, { channel: this.#channel.id, text });
    const isTold = kind === "command" && answer.error !== "unreachable"; // A failed command gets a line from the server.
    if (answer.ok || isTold) return;
    if (!this.#input.value) this.#input.value = text;
    this.#say(answer.message ?? `That did not work: ${answer.error}`);
  }

  get #place() {
    return `${this.#snapshot.me} ${this.#channel.id}`;
  }

  #startCommand() {
    if (!this.#input.value.startsWith("/")) this.#input.value = `/${this.#input.value}`;
    this.#dismissed = "";
    this.#input.focus();
    this.#typed();
  }

  #typed() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, MAX_HEIGHT)}px`;
    const text = this.#input.value;
    if (text !== this.#dismissed) this.#dismissed = "";
    const wanted = this.#snapshot && text.startsWith("/") && !this.#dismissed && document.activeElement === this.#input;
    this.#showMenu(wanted ? this.#matching(text) : []);
  }

  /** Commands that begin with what is typed; once a blank follows, the hint of that command stays. */
  #matching(text) {
    const [word, rest] = [text.split(/\s/, 1)[0], /\s/.test(text)];
    const commands = this.#snapshot.commands
      .filter(({ command }) => (rest ? command === word : command.startsWith(word)))
      .map(({ command, description, usage_hint: hint }) => ({
        label: command,
        hint,
        description,
        pick: () => this.#complete(command),
      }));
    if (rest) return commands;
    const wanted = word.slice(1).toLowerCase();
    const shortcuts = this.#snapshot.shortcuts
      .filter(({ type, name }) => type === "global" && name.toLowerCase().includes(wanted))
      .map((each) => ({
        label: each.name,
        description: each.description,
        isShortcut: true,
        pick: () => this.#runShortcut(each),
      }));
    return [...commands, ...shortcuts];
  }

  #showMenu(entries) {
    this.#entries = entries;
    this.#active = 0;
    this.#menu.hidden = !entries.length;
    fill(
      this.#menu,
      entries.map((entry) => this.#option(entry)),
    );
    this.#mark();
  }

  #option(entry) {
    return h(
      "div",
      { id: nextId("command"), class: "command", role: "option", on: { click: () => entry.pick() } },
      entry.isShortcut ? icon("bolt") : null,
      h("span", { class: "command-name" }, entry.label),
      entry.hint ? h("span", { class: "command-hint" }, ` ${entry.hint}`) : null,
      entry.description ? h("span", { class: "command-description" }, entry.description) : null,
    );
  }

  #mark() {
    [...this.#menu.children].forEach((node, index) =>
      node.setAttribute("aria-selected", String(index === this.#active)),
    );
    const node = this.#menu.children[this.#active];
    node?.scrollIntoView({ block: "nearest" });
    if (node) this.#input.setAttribute("aria-activedescendant", node.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #complete(command) {
    if (!/\s/.test(this.#input.value)) this.#input.value = `${command} `;
    this.#typed();
  }

  async #runShortcut({ callback_id: id }) {
    this.#input.value = "";
    this.#typed();
    const answer = await this.#act("shortcut", { callback_id: id });
    if (!answer.ok) this.#say(answer.message ?? `That did not work: ${answer.error}`);
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.#entries.length && this.#menuKey(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  /** Keys while the list is open; true when the list took the key. */
  #menuKey({ key, shiftKey }) {
    const entry = this.#entries[this.#active];
    const isTyped = this.#input.value.startsWith(entry.label);
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.#active = (this.#active + (key === "ArrowDown" ? 1 : -1) + this.#entries.length) % this.#entries.length;
      this.#mark();
    } else if (key === "Escape") {
      this.#dismissed = this.#input.value;
      this.#showMenu([]);
    } else if ((key === "Enter" || key === "Tab") && !shiftKey && !isTyped) {
      entry.pick();
    } else {
      return false;
    }
    return true;
  }

  #say(text) {
    showProblem(this.#notice, text);
  }
}
