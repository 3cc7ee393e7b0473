/* The left side: the workspace, whom to act as, and the channels. */

import { avatar } from "../dom/avatar.js";
import { signOf } from "../conversation/conversation.js";
import { fill, h, reconcile } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

export class Sidebar {
  #parts;
  #choose;

  /** `choose.person(id)` and `choose.channel(id)` are called for clicks. */
  constructor(choose) {
    this.#choose = choose;
    this.#parts = Object.fromEntries(
      ["workspace", "people", "channels", "apps"].map((id) => [id, document.getElementById(id)]),
    );
    document.getElementById("sidebar").addEventListener("keydown", moveWithArrows);
  }

  show(snapshot, current, unread) {
    const { workspace, people, channels, apps } = this.#parts;
    fill(workspace, snapshot.workspace);
    reconcile(
      people,
      snapshot.people.map((person) => this.#person(person, person.id === snapshot.me)),
    );
    const items = snapshot.channels.map((channel) => ({
      kind: channel.kind,
      ...this.#channel(channel, channel.id === current, unread.has(snapshot, channel)),
    }));
    reconcile(
      channels,
      items.filter((item) => item.kind !== "dm"),
    );
    reconcile(
      apps,
      items.filter((item) => item.kind === "dm"),
    );
  }

  #person(person, isMe) {
    const render = () =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "person",
            "aria-pressed": String(isMe),
            dataset: { field: person.id },
            on: { click: () => this.#choose.person(person.id) },
          },
          avatar(person),
          h(
            "span",
            { class: "person-words" },
            h("span", { class: "person-name" }, person.name),
            " ",
            h("span", { class: "person-title" }, person.title),
          ),
          isMe ? icon("check") : null,
        ),
      );
    return { key: person.id, signature: JSON.stringify([person, isMe]), render };
  }

  #channel(channel, isCurrent, isUnread) {
    const render = () =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: `channel${isUnread ? " unread" : ""}`,
            "aria-current": isCurrent ? "true" : null,
            "aria-description": isUnread ? "unread" : null,
            dataset: { field: channel.id },
            on: { click: () => this.#choose.channel(channel.id) },
          },
          icon(signOf(channel.kind)),
          h("span", { class: "channel-name" }, channel.name),
          isUnread ? h("span", { class: "unread-dot" }) : null,
        ),
      );
    return { key: channel.id, signature: JSON.stringify([channel.name, channel.kind, isCurrent, isUnread]), render };
  }
}

/** The arrow keys go from entry to entry, over the headings. */
function moveWithArrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.querySelectorAll("li button")];
  const at = buttons.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  buttons[(at + step + buttons.length) % buttons.length].focus();
}
