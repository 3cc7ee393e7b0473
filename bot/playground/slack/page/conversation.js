/* The messages of one channel, updated in place; the end stays in view when it was in view. */

import { h, reconcile } from "./dom.js";
import { dateOfTs, dayName } from "./dates.js";
import { icon } from "./icons.js";
import { isThreadReply, renderMessage } from "./message.js";

const SAME_AUTHOR_SECONDS = 300;
const NEAR_END = 48;

export class Conversation {
  #scroller = document.getElementById("conversation");
  #list = document.getElementById("messages");
  #newest = document.getElementById("to-newest");
  #act;
  #directory;
  #suggest;
  #shown = "";
  #atEnd = true;

  /** `suggest(text)` is called for a click on a suggestion. */
  constructor(act, directory, suggest) {
    this.#act = act;
    this.#directory = directory;
    this.#suggest = suggest;
    this.#scroller.addEventListener("scroll", () => this.#scrolled());
    this.#newest.addEventListener("click", () => this.#toEnd());
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(this.#list);
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(this.#scroller);
  }

  show(snapshot, channel) {
    const place = `${snapshot.me} ${channel.id}`;
    const moved = place !== this.#shown;
    const stay = this.#atEnd || moved;
    this.#shown = place;
    this.#list.setAttribute("aria-label", `Messages in ${channel.name}`);
    const messages = inThreads(snapshot.messages[channel.id] ?? []);
    const keyed = [this.#intro(snapshot, channel, messages.length === 0), ...this.#items(snapshot, channel, messages)];
    reconcile(
      this.#list,
      keyed.map((item) => ({ ...item, key: `${place} ${item.key}` })),
    );
    if (stay) this.#toEnd();
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#scrolled();
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    this.#newest.hidden = this.#atEnd;
  }

  #items(snapshot, channel, messages) {
    const shortcuts = snapshot.shortcuts.filter((each) => each.type === "message");
    const context = { act: this.#act, directory: this.#directory, channel: channel.id, shortcuts };
    const items = [];
    let day = "";
    let last = null;
    for (const message of messages) {
      const name = isThreadReply(message) ? day : dayName(dateOfTs(message.ts));
      if (name !== day) items.push({ key: `day ${name}`, signature: name, render: () => divider(name) });
      const follows = name === day && sameRun(last, message);
      items.push({
        key: message.ts,
        signature: JSON.stringify([message, follows, shortcuts]),
        render: () => renderMessage(message, follows, context),
      });
      day = name;
      last = message;
    }
    return items;
  }

  #intro(snapshot, channel, isEmpty) {
    const suggestions = isEmpty ? snapshot.suggestions : [];
    const { name, kind, topic } = channel;
    const chip = (text) =>
      h("button", { type: "button", class: "chip", on: { click: () => this.#suggest(text) } }, text);
    const render = () =>
      h(
        "div",
        { class: "intro" },
        h("h2", {}, icon(kind === "dm" ? "wrench" : kind === "private" ? "lock" : "hash"), name),
        h(
          "p",
          {},
          kind === "dm" ? `This is where ${name} and you talk.` : `This is the beginning of #${name}. ${topic ?? ""}`,
        ),
        channel.bot_is_member || kind === "dm"
          ? null
          : h("p", { class: "intro-note" }, `${snapshot.app.name} is not a member of this channel.`),
        suggestions.length
          ? h(
              "div",
              { class: "chips", role: "group", "aria-label": "Suggestions" },
              h("span", { class: "chips-label" }, "Try:"),
              suggestions.map(chip),
            )
          : null,
      );
    return {
      key: "intro",
      signature: JSON.stringify([channel.name, topic, channel.bot_is_member, suggestions]),
      render,
    };
  }
}

function divider(name) {
  return h("div", { class: "day", role: "separator", "aria-label": name }, h("span", {}, name));
}

/** Answers in threads go right under what they answer. */
function inThreads(messages) {
  const present = new Set(messages.map((message) => message.ts));
  const isNested = (message) => isThreadReply(message) && present.has(message.thread_ts);
  const replies = new Map();
  for (const message of messages.filter(isNested)) {
    replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
  }
  return messages
    .filter((message) => !isNested(message))
    .flatMap((message) => [message, ...(replies.get(message.ts) ?? [])]);
}

function sameRun(last, message) {
  if (
    !last ||
    last.user !== message.user ||
    last.username !== message.username ||
    isThreadReply(last) !== isThreadReply(message)
  )
    return false;
  if (last.ephemeral || message.ephemeral || last.client || message.client) return false;
  return Math.abs(Number(message.ts) - Number(last.ts)) < SAME_AUTHOR_SECONDS;
}
