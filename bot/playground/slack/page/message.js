/* One message: who, when, the blocks or the text, and the shortcuts that it offers. */

import { appAvatar, avatar } from "./avatar.js";
import { h } from "./dom.js";
import { renderBlock } from "./blocks.js";
import { clockTime, dateOfTs, fullDate } from "./dates.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { showProblem } from "./problem.js";
import { FormState } from "./state.js";

/** `context` is {act, directory, channel, shortcuts}; `follows` says that the author stands above already. */
export function renderMessage(message, follows, context) {
  const author = authorOf(message, context.directory);
  const date = dateOfTs(message.ts);
  const problem = h("div", { class: "message-problem", role: "alert" });
  const surface = messageSurface(message, context, (text) => showProblem(problem, text));
  const isPrivate = message.ephemeral || message.client;
  const isReply = isThreadReply(message);
  return h(
    "article",
    {
      class: `message${follows ? " follows" : ""}${isPrivate ? " private" : ""}${isReply ? " reply" : ""}`,
      role: "article",
      tabindex: "-1",
      dataset: { ts: message.ts },
      "aria-label": `${author.name}, ${clockTime(date)}`,
    },
    isPrivate ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
    h("div", { class: "message-side" }, follows ? timeOf(date) : author.avatar()),
    h("div", { class: "message-main" }, follows ? null : head(author, date), content(message, surface), problem),
    toolbar(message, context, surface),
  );
}

/** Whether a message is an answer in a thread. */
export function isThreadReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

function head(author, date) {
  const badge = author.isApp ? h("span", { class: "app-badge" }, "APP") : null;
  return h("div", { class: "message-head" }, h("span", { class: "author" }, author.name), badge, timeOf(date));
}

function timeOf(date) {
  return h("time", { class: "message-time", datetime: date.toISOString(), title: fullDate(date) }, clockTime(date));
}

function authorOf(message, directory) {
  if (message.is_bot) return { name: message.username ?? directory.appName(), isApp: true, avatar: appAvatar };
  const person = directory.people().find((each) => each.id === message.user);
  const name = person?.name ?? message.username ?? (message.client ? "Slack" : message.user) ?? "Somebody";
  return { name, isApp: false, avatar: () => avatar(person ?? { initials: name.slice(0, 1).toUpperCase() }) };
}

function content(message, surface) {
  const { names } = surface.directory;
  const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
  if (!message.blocks?.length)
    return h("div", { class: "mrkdwn message-text" }, renderMrkdwn(message.text ?? "", names), edited);
  return h(
    "div",
    { class: "blocks" },
    message.blocks.map((block) => renderBlock(block, surface)),
    edited,
  );
}

function messageSurface(message, { act, directory, channel }, failed) {
  const state = new FormState();
  state.follow(message.blocks);
  const details = (blockId, actionId) => ({ channel, ts: message.ts, block_id: blockId, action_id: actionId });
  return {
    directory,
    state,
    press: (blockId, actionId, value) => {
      failed("");
      return act("press", { ...details(blockId, actionId), ...(value === undefined ? {} : { value }) });
    },
    options: (blockId, actionId, query) => act("options", { ...details(blockId, actionId), query }),
    changed: () => undefined,
    failed,
  };
}

function toolbar(message, { act, channel, shortcuts }, surface) {
  if (!shortcuts.length || message.client || message.ephemeral) return null;
  const entries = shortcuts.map(({ callback_id: id, name, description }) => ({
    label: name,
    description,
    choose: async () => {
      const answer = await act("shortcut", { callback_id: id, channel, ts: message.ts });
      if (!answer.ok) surface.failed(answer.message ?? `That did not work: ${answer.error}`);
    },
  }));
  return h(
    "div",
    { class: "message-tools" },
    menuButton({ label: "Message shortcuts", attributes: { dataset: { field: "shortcuts" } }, entries }),
  );
}
