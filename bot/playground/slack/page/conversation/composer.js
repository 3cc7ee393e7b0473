/* Where the person writes: messages, slash commands, and a list of what they may mean. */

import { completions } from "./completion.js";
import { fill, h, nextId } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { menuButton } from "../elements/menu.js";
import { failureOf, showProblem } from "../dom/problem.js";

const MAX_HEIGHT = 180;

export class Composer {
  #act;
  #options;
  #input;
  #menu;
  #notice = h("p", { class: "notice", role: "alert" });
  #tools = h("div", { class: "composer-tools" });
  #form;
  #closed = h("p", { class: "composer-closed", hidden: true });
  #snapshot = null;
  #channel = null;
  #threadTs = null;
  #drafts = new Map();
  #entries = [];
  #from = 0;
  #active = 0;
  #dismissed = "";
  #takesFocus = false;

  /** `options` are {id, label, inThread}. The nodes are put into `host`. */
  constructor(host, act, options) {
    this.#act = act;
    this.#options = options;
    const listId = `${options.id}-list`;
    this.#menu = h("div", {
      id: listId,
      class: "completions",
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.#input = h("textarea", {
      id: options.id,
      class: "composer-input",
      rows: "1",
      autocomplete: "off",
      "aria-label": options.label,
      "aria-autocomplete": "list",
      "aria-controls": listId,
      disabled: true,
    });
    this.#form = h("form", { class: "composer" }, this.#input, this.#tools);
    host.append(this.#menu, this.#form, this.#closed, this.#notice);
    this.#listen();
  }

  #listen() {
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#showMenu([]));
    this.#input.addEventListener("focus", () => this.#typed());
    this.#menu.addEventListener("mousedown", (event) => event.preventDefault());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  /** Write into this channel from now on, or into the thread of one of its messages. */
  show(snapshot, channel, threadTs = null) {
    const before = this.#place;
    [this.#snapshot, this.#channel, this.#threadTs] = [snapshot, channel, threadTs];
    if (before !== this.#place) this.#move(before);
    const target = channel.kind === "dm" ? channel.name : `#${channel.name}`;
    const example = snapshot.suggestions[0]?.text;
    const words = example ? `Message ${target}, or try ${example}` : `Message ${target}`;
    this.#input.placeholder = this.#options.inThread ? "Reply…" : words;
    this.#showClosed(channel.kind === "dm" && snapshot.app.is_read_only);
    this.#open();
    const signature = JSON.stringify(snapshot.shortcuts);
    if (this.#tools.dataset.for === signature) return;
    this.#tools.dataset.for = signature;
    fill(this.#tools, this.#buttons());
  }

  /** Take no text until there is a place again to send it to. */
  wait() {
    this.#takesFocus ||= document.activeElement === this.#input;
    this.#input.disabled = true;
  }

  /** Be ready to be typed into, at the latest with the next place. */
  focus() {
    this.#takesFocus = this.#input.disabled;
    this.#input.focus();
  }

  #open() {
    this.#input.disabled = false;
    if (this.#takesFocus && document.activeElement === document.body) this.focus();
    this.#takesFocus = false;
  }

  /** Send a text as if the person had typed it. */
  sendText(text) {
    this.#input.value = text;
    return this.send();
  }

  async send() {
    const text = this.#input.value.trim();
    if (!text || !this.#channel) return;
    const isCommand = text.startsWith("/");
    if (isCommand && this.#options.inThread) {
      this.#say(`\`${text.split(/\s/, 1)[0]}\` cannot be used in a thread. Slash commands work in the channel itself.`);
      return;
    }
    this.#input.value = "";
    this.#input.focus();
    this.#say("");
    this.#typed();
    const details = { channel: this.#channel.id, text, ...(this.#threadTs ? { thread_ts: this.#threadTs } : {}) };
    const answer = await this.#act(isCommand ? "command" : "message", details);
    const isTold = isCommand && answer.error !== "unreachable"; // A failed command gets a line from the server.
    if (answer.ok || isTold) return;
    if (!this.#input.value) this.#input.value = text;
    this.#sayFailure(answer);
  }

  get #place() {
    return this.#channel && `${this.#snapshot.me} ${this.#channel.id} ${this.#threadTs ?? ""}`;
  }

  #move(before) {
    if (before) this.#drafts.set(before, this.#input.value);
    this.#input.value = this.#drafts.get(this.#place) ?? "";
    this.#say("");
    this.#typed();
  }

  /** An app may have switched off that people write to it. */
  #showClosed(isClosed) {
    this.#form.hidden = isClosed;
    this.#closed.hidden = !isClosed;
    if (!isClosed) return;
    const command = this.#snapshot.commands.find(({ by }) => by !== "Slack")?.command;
    const hint = command ? [" Type ", h("code", {}, command), " in a channel."] : "";
    fill(this.#closed, "Sending messages to this app has been turned off.", hint);
  }

  #buttons() {
    const shortcuts = this.#snapshot.shortcuts.filter(({ type }) => type === "global");
    const entries = shortcuts.map((each) => ({
      label: each.name,
      description: each.description,
      choose: () => this.#runShortcut(each),
    }));
    const attributes = { class: "button bare", dataset: { field: "shortcuts" } };
    const menu = entries.length ? menuButton({ label: "Shortcuts", attributes, entries, sign: "bolt" }) : null;
    return [
      menu,
      this.#options.inThread ? null : this.#starter("slash", "Commands and shortcuts", "/"),
      this.#starter("at", "Mention somebody", "@"),
      this.#starter("smile", "Emoji", ":sm"),
      h(
        "span",
        { class: "composer-keys", "aria-hidden": "true" },
        h("kbd", {}, "Enter"),
        " sends, ",
        h("kbd", {}, "Shift"),
        " ",
        h("kbd", {}, "Enter"),
        " new line",
      ),
      h("button", { type: "submit", class: "button primary small send", "aria-label": "Send message" }, icon("send")),
    ];
  }

  #starter(sign, label, text) {
    const start = () => {
      const before = this.#input.value;
      if (text === "/") this.#input.value = before.startsWith("/") ? before : `/${before}`;
      else this.#input.value = `${before}${before && !/\s$/.test(before) ? " " : ""}${text}`;
      this.#dismissed = "";
      this.#input.focus();
      this.#typed();
    };
    return h(
      "button",
      { type: "button", class: "button bare", "aria-label": label, title: label, on: { click: start } },
      icon(sign),
    );
  }

  #typed() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, MAX_HEIGHT)}px`;
    if (this.#input.value !== this.#dismissed) this.#dismissed = "";
    const isWanted = this.#snapshot && !this.#dismissed && document.activeElement === this.#input;
    if (!isWanted) {
      this.#showMenu([]);
      return;
    }
    const text = this.#input.value.slice(0, this.#input.selectionEnd);
    const { from, entries } = completions(text, {
      snapshot: this.#snapshot,
      inThread: this.#options.inThread,
      run: (shortcut) => this.#runShortcut(shortcut),
    });
    this.#from = from;
    this.#showMenu(entries);
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
      { id: nextId("completion"), class: "completion", role: "option", on: { click: () => this.#pick(entry) } },
      entry.picture ? h("span", { class: "completion-picture" }, entry.picture) : null,
      entry.sign ? icon(entry.sign) : null,
      h(
        "span",
        { class: "completion-words" },
        h("span", { class: "completion-name" }, entry.label),
        entry.hint ? h("span", { class: "completion-hint" }, ` ${entry.hint}`) : null,
        entry.description ? h("span", { class: "completion-description" }, entry.description) : null,
      ),
      entry.by ? h("span", { class: "completion-by" }, entry.by) : null,
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

  #pick(entry) {
    if (entry.run) entry.run();
    if (!entry.insert) return;
    const end = this.#input.selectionEnd;
    this.#input.setRangeText(entry.insert, this.#from, end, "end");
    this.#typed();
  }

  async #runShortcut({ callback_id: id }) {
    if (this.#input.value.startsWith("/")) this.#input.value = "";
    this.#typed();
    const answer = await this.#act("shortcut", { callback_id: id });
    if (!answer.ok) this.#sayFailure(answer);
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
    const isTyped =
      !entry.run && (!entry.insert || this.#input.value.slice(this.#from).startsWith(entry.insert.trim()));
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.#active = (this.#active + (key === "ArrowDown" ? 1 : -1) + this.#entries.length) % this.#entries.length;
      this.#mark();
    } else if (key === "Escape") {
      this.#dismissed = this.#input.value;
      this.#showMenu([]);
    } else if ((key === "Enter" || key === "Tab") && !shiftKey && !isTyped) {
      this.#pick(entry);
    } else {
      return false;
    }
    return true;
  }

  #sayFailure(answer) {
    this.#say(failureOf(answer));
  }

  #say(text) {
    showProblem(this.#notice, text);
  }
}
