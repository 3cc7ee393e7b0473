/* What the panels of trouble share: their lamp, their notes, and the sections that stay as they were left. */

import { h, reconcile } from "../dom/dom.js";
import { recall, remember } from "../frame/place.js";

export class Panel {
  #name;

  constructor(name) {
    this.#name = name;
    for (const section of this.part().querySelectorAll("details")) keepOpen(section);
  }

  /** A node of this panel by the rest of its id; without one the panel itself. */
  part(rest) {
    return document.getElementById(rest ? `${this.#name}-${rest}` : this.#name);
  }

  /** The lamps and the words beside them; the same words again are not read aloud again. */
  showCondition({ level, words }) {
    const now = this.part().querySelector(".panel-now");
    for (const node of [this.part("toggle"), now]) {
      node.dataset.level = level;
      const shown = node.querySelector(".condition");
      if (shown.textContent !== words) shown.textContent = words;
    }
  }

  /** "2 planned" beside the name of a section. */
  note(section, count, words) {
    this.part(`${section}-note`).textContent = count ? `${count} ${words}` : "";
  }

  /** Lists by the rest of their id, each with the items that it shall hold. */
  showLists(lists) {
    for (const [name, items] of Object.entries(lists)) reconcile(this.part(name), items);
  }
}

/** [count, word] pairs as small entries. */
export function counts(pairs) {
  return pairs.map(([count, word]) => h("li", {}, h("b", {}, String(count)), ` ${word}`));
}

function keepOpen(section) {
  const key = `section.${section.id}`;
  const kept = recall(key);
  if (kept) section.open = kept === "open";
  section.addEventListener("toggle", () => remember(key, section.open ? "open" : "closed"));
}
