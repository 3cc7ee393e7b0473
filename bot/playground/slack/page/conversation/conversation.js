/* The messages of one channel, updated in place; the end stays in view when it was in view. */

import { h, reconcile } from "../dom/dom.js";
import { dateOfTs, dayName } from "../text/dates.js";
import { icon } from "../dom/icons.js";
import { isThreadReply, messageItem } from "./message.js";

const SAME_AUTHOR_SECONDS = 300;
const NEAR_END = 48;

export class Conversation {
  #scroller = document.getElementById("conversation");
  #list = document.getElementById("messages");
  #newest = document.getElementById("to-newest");
  #tools;
  #suggest;
  #shown = "";
  #atEnd = true;
  #size = "";

  /** `tools` are {act, directory, openThread, openBeside, deciderOf}; `suggest(text)` is called for a click on a suggestion. */
  constructor(tools, suggest) {
    this.#tools = tools;
    this.#suggest = suggest;
    this.#scroller.addEventListener("scroll", () => this.#scrolled());
    this.#newest.addEventListener("click", () => this.#toEnd());
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(this.#list);
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(this.#scroller);
  }

  /** Show a channel; hidden while the app's Home tab is in front. */
  show(snapshot, channel, isHidden) {
    this.#scroller.hidden = isHidden;
    const place = `${snapshot.me} ${channel.id}`;
    const moved = place !== this.#shown;
    const stay = this.#atEnd || moved;
    this.#shown = place;
    this.#list.setAttribute("aria-live", moved ? "off" : "polite"); // Another channel is no news to read aloud.
    this.#list.setAttribute("aria-label", `Messages in ${channel.name}`);
    const messages = snapshot.messages[channel.id] ?? [];
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
    const size = `${scrollHeight} ${clientHeight}`;
    const isPushed = size !== this.#size; // The room changed, so nobody has scrolled away.
    this.#size = size;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END || (this.#atEnd && isPushed);
    this.#newest.hidden = this.#atEnd;
  }

  #items(snapshot, channel, messages) {
    const shortcuts = snapshot.shortcuts.filter((each) => each.type === "message");
    const context = { ...this.#tools, channel: channel.id, shortcuts };
    const threads = repliesOf(messages);
    const items = [];
    let day = "";
    let last = null;
    for (const message of messages.filter((each) => !isNested(each, threads))) {
      const name = dayName(dateOfTs(message.ts));
      if (name !== day) items.push({ key: `day ${name}`, signature: name, render: () => divider(name) });
      const follows = name === day && sameRun(last, message);
      const replies = threads.get(message.ts) ?? [];
      items.push(messageItem(message, follows, { ...context, replies }));
      day = name;
      last = replies.length ? null : message;
    }
    return items;
  }

  #intro(snapshot, channel, isEmpty) {
    const suggestions = isEmpty && channel.kind !== "dm" ? snapshot.suggestions.map(({ text }) => text) : [];
    const { name, kind, topic } = channel;
    const chip = (text) =>
      h("button", { type: "button", class: "chip", on: { click: () => this.#suggest(text) } }, text);
    const render = () =>
      h(
        "div",
        { class: "intro" },
        h("h2", {}, icon(signOf(kind)), name),
        h(
          "p",
          {},
          kind === "dm" ? `This is where ${name} and you talk.` : `This is the beginning of #${name}. ${topic ?? ""}`,
        ),
        channel.bot_is_member || kind === "dm" ? null : absence(snapshot.app.name),
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

/** The icon of a kind of conversation. */
export function signOf(kind) {
  return { dm: "wrench", private: "lock" }[kind] ?? "hash";
}

/** Messages of one author within some minutes stand under one name. */
export function sameRun(last, message) {
  if (!last || last.user !== message.user || last.username !== message.username) return false;
  if (last.ephemeral || message.ephemeral || last.client || message.client) return false;
  return Math.abs(Number(message.ts) - Number(last.ts)) < SAME_AUTHOR_SECONDS;
}

function absence(appName) {
  return h(
    "p",
    { class: "intro-note" },
    `${appName} is not a member of this channel. `,
    h("code", {}, `/invite @${appName}`),
    " brings it in.",
  );
}

function divider(name) {
  return h("div", { class: "day", role: "separator", "aria-label": name }, h("span", {}, name));
}

/** The answers to each message that is there, oldest first. */
function repliesOf(messages) {
  const threads = new Map(messages.filter((each) => !isThreadReply(each)).map(({ ts }) => [ts, []]));
  for (const message of messages.filter(isThreadReply)) threads.get(message.thread_ts)?.push(message);
  return threads;
}

function isNested(message, threads) {
  return isThreadReply(message) && !message.broadcast && threads.has(message.thread_ts);
}
