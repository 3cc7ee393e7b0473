/* Which channels have news: what each person last saw here, kept as long as the tab lives. */

import { recall, remember } from "./place.js";

const KEY = "seen";

/** Sorts by time although seconds may gain a digit one day. */
function isLater(ts, other) {
  const [a, b] = [ts ?? "", other ?? ""];
  return a.length === b.length ? a > b : a.length > b.length;
}

export class Unread {
  #seen = JSON.parse(recall(KEY) ?? "{}");

  /** Take in a snapshot: what is on the screen is seen; a first look at the workspace counts as seen. */
  follow({ me, channels }, current) {
    this.#seen.start ??= channels.map((each) => each.latest ?? "").reduce((a, b) => (isLater(a, b) ? a : b), "");
    for (const { id, latest } of channels) {
      if (id === current && !document.hidden && latest) this.#seen[`${me} ${id}`] = latest;
    }
    remember(KEY, JSON.stringify(this.#seen));
  }

  /** Whether a channel has something newer than this person saw. */
  has({ me }, { id, latest }) {
    return Boolean(latest) && isLater(latest, this.#seen[`${me} ${id}`] ?? this.#seen.start);
  }
}
