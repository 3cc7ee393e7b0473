/* What a person may mean while they type: commands, people, channels, emoji. */

import { emojiNames } from "../text/emoji.js";

const MOST = 8;
const TOKENS = [
  { pattern: /(?:^|\s)@([^\s@]{0,40})$/, find: people },
  { pattern: /(?:^|\s)#([^\s#]{0,40})$/, find: channels },
  { pattern: /(?:^|\s):([a-z0-9_+-]{2,40})$/, find: pictures },
];

/**
 * The entries for a text whose caret stands at its end: {label, hint, description, by, sign, insert | run}.
 * `from` is where the text that an entry replaces begins.
 */
export function completions(text, { snapshot, inThread, run }) {
  for (const { pattern, find } of TOKENS) {
    const match = pattern.exec(text);
    if (match) return { from: text.length - match[1].length - 1, entries: find(match[1].toLowerCase(), snapshot) };
  }
  if (!text.startsWith("/") || inThread) return { from: 0, entries: [] };
  return { from: 0, entries: commands(text, snapshot, run) };
}

/** Commands that begin with what is typed; once a blank follows, the hint of that command stays. */
function commands(text, snapshot, run) {
  const [word, hasMore] = [text.split(/\s/, 1)[0], /\s/.test(text)];
  const found = snapshot.commands
    .filter(({ command }) => (hasMore ? command === word : command.startsWith(word)))
    .map(({ command, usage_hint: hint, description, by }) => ({
      label: command,
      hint,
      description,
      by,
      insert: hasMore ? null : `${command} `,
    }));
  if (hasMore) return found;
  const wanted = word.slice(1).toLowerCase();
  const shortcuts = snapshot.shortcuts.filter(
    ({ type, name }) => type === "global" && name.toLowerCase().includes(wanted),
  );
  return [...found, ...shortcuts.map((each) => shortcutEntry(each, snapshot.app.name, run))];
}

function shortcutEntry(shortcut, by, run) {
  return { label: shortcut.name, description: shortcut.description, by, sign: "bolt", run: () => run(shortcut) };
}

function people(wanted, { people: all, app }) {
  const everybody = [...all, { id: app.bot_user_id, name: app.name, title: "App" }];
  return everybody
    .filter(({ name }) =>
      name
        .toLowerCase()
        .split(" ")
        .some((word) => word.startsWith(wanted)),
    )
    .slice(0, MOST)
    .map((person) => ({ label: person.name, hint: person.title, sign: "at", insert: `@${person.name} ` }));
}

function channels(wanted, { channels: all }) {
  return all
    .filter(({ kind, name }) => kind !== "dm" && name.includes(wanted))
    .slice(0, MOST)
    .map(({ kind, name, topic }) => ({
      label: name,
      hint: topic,
      sign: kind === "private" ? "lock" : "hash",
      insert: `#${name} `,
    }));
}

function pictures(wanted) {
  return emojiNames(wanted, MOST).map(([name, picture]) => ({ label: `:${name}:`, picture, insert: `:${name}: ` }));
}
