/* One message: who, when, the blocks or the text, its thread, and what it offers. */

import { appAvatar, avatar } from "../dom/avatar.js";
import { renderAttachment } from "./attachment.js";
import { fill, h } from "../dom/dom.js";
import { renderBlock } from "../blocks/blocks.js";
import { clockTime, dateOfTs, fullDate, today } from "../text/dates.js";
import { emojiCharacter } from "../text/emoji.js";
import { icon } from "../dom/icons.js";
import { menuButton } from "../elements/menu.js";
import { renderMrkdwn } from "../text/mrkdwn.js";
import { failureOf, showProblem } from "../dom/problem.js";
import { FormStates } from "../elements/state.js";
import { surfaceOf } from "../blocks/surface.js";

const states = new FormStates(); // What is filled in outlives a new drawing of its message.

/** A message to reconcile: drawn again when anything on it changes but what is filled in. */
export function messageItem(message, follows, context) {
  const { values: _, ...drawn } = message;
  const { shortcuts, replies = [], deciderOf } = context;
  const around = [follows, shortcuts, replies.map(({ ts }) => ts), deciderOf?.(message), today()];
  return {
    key: message.ts,
    signature: JSON.stringify([drawn, around]),
    render: () => renderMessage(message, follows, context),
  };
}

/**
 * `context` is {act, directory, channel, shortcuts}, and where there is room for it
 * {replies, openThread, openBeside, deciderOf}.
 * `follows` says that the author stands above already.
 */
function renderMessage(message, follows, context) {
  const author = authorOf(message, context.directory);
  const date = dateOfTs(message.ts);
  const problem = h("div", { class: "message-problem", role: "alert" });
  const surface = messageSurface(message, context, (text) => showProblem(problem, text));
  const isPrivate = message.ephemeral || message.client;
  return h(
    "article",
    {
      class: `message${follows ? " follows" : ""}${isPrivate ? " private" : ""}`,
      tabindex: "-1",
      dataset: { ts: message.ts },
      "aria-label": `${author.name}, ${clockTime(date)}`,
    },
    isPrivate ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
    h("div", { class: "message-side" }, follows ? timeOf(date) : author.avatar()),
    h(
      "div",
      { class: "message-main" },
      follows ? null : head(author, date),
      content(message, surface),
      files(message),
      reactions(message),
      deciderBar(message, context),
      threadBar(message, context),
      problem,
    ),
    toolbar(message, context, surface),
  );
}

/** Whether a message is an answer in a thread. */
export function isThreadReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

/** The people other than the reader whom a message of the app names, as ids. */
function namedPeople(message, me, people) {
  if (!message.is_bot) return [];
  const words = JSON.stringify([message.text, message.blocks]);
  return people.filter(({ id }) => id !== me && words.includes(id)).map(({ id }) => id);
}

function head(author, date) {
  const badge = author.isApp ? h("span", { class: "app-badge" }, "APP") : null;
  return h("div", { class: "message-head" }, h("span", { class: "author" }, author.name), badge, timeOf(date));
}

function timeOf(date) {
  return h("time", { class: "message-time", datetime: date.toISOString(), title: fullDate(date) }, clockTime(date));
}

function authorOf(message, directory) {
  const isApp = message.is_bot || message.user === directory.appId();
  if (isApp) return { name: message.username || directory.appName(), isApp: true, avatar: appAvatar };
  const person = directory.people().find((each) => each.id === message.user);
  const name = person?.name ?? message.username ?? (message.client ? "Slack" : message.user) ?? "Somebody";
  return { name, isApp: false, avatar: () => avatar(person ?? { initials: name.slice(0, 1).toUpperCase() }) };
}

function content(message, surface) {
  const { names } = surface.directory;
  const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
  const attachments = (message.attachments ?? []).map((each) => renderAttachment(each, surface));
  const text = message.text || !attachments.length ? renderMrkdwn(message.text ?? "", names) : null;
  if (!message.blocks?.length) return [h("div", { class: "mrkdwn message-text" }, text, edited), attachments];
  return h(
    "div",
    { class: "blocks" },
    message.blocks.map((block) => renderBlock(block, surface)),
    attachments,
    edited,
  );
}

/** Files that were shared with the message. */
function files(message) {
  if (!message.files?.length) return null;
  const sizes = (size) => (size < 1000 ? `${size} bytes` : `${Math.round(size / 1000)} KB`);
  const rows = message.files.map(({ name, size }) =>
    h("li", { class: "shared-file" }, h("b", {}, name), h("small", {}, sizes(size))),
  );
  return h("ul", { class: "shared-files", "aria-label": "Files" }, rows);
}

/** Reactions as Slack has them: {name, count, users}. */
function reactions(message) {
  if (!message.reactions?.length) return null;
  const chips = message.reactions.map(({ name, count, users }) =>
    h(
      "li",
      { class: "reaction", title: `:${name}:` },
      h("span", { "aria-hidden": "true" }, emojiCharacter(name) ?? `:${name}:`),
      h("span", { class: "hidden-words" }, `${name} `),
      String(count ?? users?.length ?? 1),
    ),
  );
  return h("ul", { class: "reactions", "aria-label": "Reactions" }, chips);
}

/** Where a message waits for somebody, the way to see it with their eyes. */
function deciderBar(message, { openBeside, deciderOf, directory }) {
  const decider = openBeside && deciderOf?.(message);
  if (!decider) return null;
  const words = `Side by side with ${firstName(decider, directory)}, who decides`;
  const props = { type: "button", class: "button small decider-bar", dataset: { field: "decider" } };
  return h("button", { ...props, on: { click: () => openBeside(decider) } }, icon("split"), words);
}

function firstName(id, directory) {
  return directory.names.user(id).split(" ")[0];
}

/** "3 replies", as a button that opens the thread. */
function threadBar(message, { replies = [], openThread, directory }) {
  if (!replies.length || !openThread) return null;
  const seen = new Map(replies.map((reply) => [reply.user, authorOf(reply, directory)]));
  const words = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return h(
    "button",
    { type: "button", class: "thread-bar", dataset: { field: "thread" }, on: { click: () => openThread(message.ts) } },
    h(
      "span",
      { class: "thread-faces", "aria-hidden": "true" },
      [...seen.values()].slice(0, 4).map((each) => each.avatar()),
    ),
    h("b", {}, words),
    h("span", { class: "thread-last" }, `Last reply ${clockTime(dateOfTs(replies.at(-1).ts))}`),
  );
}

function messageSurface(message, context, failed) {
  const { channel, directory } = context;
  const state = states.follow(`${directory.me()} ${channel} ${message.ts}`, message.blocks, message.values);
  const surface = surfaceOf(context, state, () => ({ channel, ts: message.ts }), { failed });
  const press = (...asked) => (failed(""), surface.press(...asked));
  return { ...surface, press };
}

function toolbar(message, context, surface) {
  if (message.client || message.ephemeral) return null;
  const tools = [
    besideButton(message, context),
    threadButton(message, context),
    shortcutMenu(message, context, surface),
  ];
  return tools.some(Boolean) ? fill(h("div", { class: "message-tools" }), tools) : null;
}

function toolButton(sign, label, field, press) {
  const props = { type: "button", class: "button icon-button", "aria-label": label, title: label, dataset: { field } };
  return h("button", { ...props, on: { click: press } }, icon(sign));
}

function threadButton(message, { openThread }) {
  return openThread ? toolButton("thread", "Reply in thread", "reply", () => openThread(message.ts)) : null;
}

/** A message that names somebody else has a way to see it with their eyes. */
function besideButton(message, { openBeside, directory }) {
  const [first] = openBeside ? namedPeople(message, directory.me(), directory.people()) : [];
  if (!first) return null;
  return toolButton("split", `Side by side with ${firstName(first, directory)}`, "beside", () => openBeside(first));
}

function shortcutMenu(message, { act, channel, shortcuts }, surface) {
  if (!shortcuts.length) return null;
  const entries = shortcuts.map(({ callback_id: id, name, description }) => ({
    label: name,
    description,
    choose: async () => {
      const answer = await act("shortcut", { callback_id: id, channel, ts: message.ts });
      if (!answer.ok) surface.failed(failureOf(answer));
    },
  }));
  return menuButton({ label: "Message shortcuts", attributes: { dataset: { field: "shortcuts" } }, entries });
}
