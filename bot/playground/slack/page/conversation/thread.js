/* The thread at the right of a conversation: the message, its answers, and a box to answer. */

import { Composer } from "./composer.js";
import { sameRun } from "./conversation.js";
import { fill, h, reconcile } from "../dom/dom.js";
import { messageItem } from "./message.js";

const NEAR_END = 48;

export class Thread {
  #pane = document.getElementById("thread");
  #scroller = document.getElementById("thread-scroller");
  #list = document.getElementById("thread-messages");
  #tools;
  #composer;
  #ts = null;
  #place = "";
  #atEnd = true;

  /** `tools` are {act, directory, openBeside}. */
  constructor(tools) {
    this.#tools = tools;
    const options = { id: "thread-reply", label: "Reply", inThread: true };
    this.#composer = new Composer(document.getElementById("thread-composer"), tools.act, options);
    document.getElementById("thread-close").addEventListener("click", () => this.close());
    this.#scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
      this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    });
    this.#pane.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.close();
    });
  }

  /** Open the thread of a message of the channel on the screen. */
  open(ts, snapshot, channel) {
    this.#ts = ts;
    this.#atEnd = true;
    this.#place = placeOf(snapshot, channel);
    this.show(snapshot, channel);
    this.#composer.focus();
  }

  /** Follow the messages; a thread closes with its message, its channel or its person. */
  show(snapshot, channel) {
    const messages = snapshot.messages[channel.id] ?? [];
    const parent = messages.find(({ ts }) => ts === this.#ts);
    const isOpen = Boolean(parent) && this.#place === placeOf(snapshot, channel);
    this.#pane.hidden = !isOpen;
    if (!isOpen) {
      this.#ts = null;
      return;
    }
    fill(document.getElementById("thread-place"), channel.kind === "dm" ? channel.name : `#${channel.name}`);
    this.#composer.show(snapshot, channel, this.#ts);
    const replies = messages.filter(({ ts, thread_ts: thread }) => thread === this.#ts && ts !== this.#ts);
    reconcile(this.#list, this.#items(snapshot, channel, parent, replies));
    if (this.#atEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  close() {
    const opener = document.querySelector(`#messages [data-ts="${CSS.escape(this.#ts ?? "")}"]`);
    this.#ts = null;
    this.#pane.hidden = true;
    (
      opener?.querySelector("[data-field='thread'], [data-field='reply']") ?? document.getElementById("composer")
    ).focus();
  }

  #items(snapshot, channel, parent, replies) {
    const shortcuts = snapshot.shortcuts.filter(({ type }) => type === "message");
    const context = { ...this.#tools, channel: channel.id, shortcuts };
    const item = (message, follows) => {
      const drawn = messageItem(message, follows, context);
      return { ...drawn, key: `${this.#place} ${drawn.key}` };
    };
    const words = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
    const rule = {
      key: "rule",
      signature: words,
      render: () => h("div", { class: "thread-rule" }, h("span", {}, words)),
    };
    const answers = replies.map((reply, at) => item(reply, sameRun(replies[at - 1], reply)));
    return [item(parent, false), ...(replies.length ? [rule] : []), ...answers];
  }
}

function placeOf(snapshot, channel) {
  return `${snapshot.me} ${channel.id}`;
}
