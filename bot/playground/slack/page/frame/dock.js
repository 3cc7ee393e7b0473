/* The panels at the right side: which are open, and which give way where there is no room for all. */

import { recall, remember } from "./place.js";

const NARROW = "(max-width: 1099px)";
const ROOM_FOR_TWO = "(min-width: 1600px)";
const ROOM_BESIDE = "(min-width: 1800px)";

export class Dock {
  #slots = [];
  #drawer = null;
  #isSplit = false;
  #wasDrawer = false;
  #media = [NARROW, ROOM_FOR_TWO, ROOM_BESIDE].map((query) => window.matchMedia(query));

  constructor() {
    for (const media of this.#media) media.addEventListener("change", () => this.#settle());
  }

  /** Take in a panel by the name that its elements carry; `onShow(isShown)` is called whenever that changes. */
  add(name, { isDefault = false, onShow = () => undefined } = {}) {
    const [panel, toggle] = [name, `${name}-toggle`].map((id) => document.getElementById(id));
    const kept = recall(name);
    const slot = { name, panel, toggle, onShow, isWanted: kept ? kept === "open" : isDefault };
    this.#slots.push(slot);
    toggle.addEventListener("click", () => this.#turn(slot, panel.hidden));
    document.getElementById(`${name}-close`).addEventListener("click", () => this.#dismiss(slot));
    panel.addEventListener("keydown", (event) => this.#key(event, slot));
    this.#settle();
  }

  /** Two people side by side need the room of the panels. */
  split(isSplit) {
    this.#isSplit = isSplit;
    this.#settle();
  }

  /** Open a panel, as its button does. */
  open(name) {
    const slot = this.#slots.find((each) => each.name === name);
    if (slot.panel.hidden) this.#turn(slot, true);
  }

  get #isDrawer() {
    return this.#media[0].matches || (this.#isSplit && !this.#media[2].matches);
  }

  #turn(slot, isOpen) {
    if (this.#isDrawer) {
      this.#drawer = isOpen ? slot : null;
    } else {
      slot.isWanted = isOpen;
      remember(slot.name, isOpen ? "open" : "closed");
      this.#slots = [...this.#slots.filter((each) => each !== slot), slot]; // The newest comes last.
    }
    this.#settle();
    if (isOpen && slot.panel.hasAttribute("tabindex")) slot.panel.focus({ preventScroll: true });
  }

  #dismiss(slot) {
    this.#turn(slot, false);
    slot.toggle.focus();
  }

  #key(event, slot) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.#dismiss(slot);
  }

  #settle() {
    if (this.#isDrawer !== this.#wasDrawer) this.#drawer = null;
    this.#wasDrawer = this.#isDrawer;
    const room = this.#isSplit || !this.#media[1].matches ? 1 : 2;
    const wanted = this.#slots.filter((slot) => slot.isWanted).slice(-room);
    for (const slot of this.#slots) show(slot, this.#isDrawer ? slot === this.#drawer : wanted.includes(slot));
    document.body.classList.toggle("has-drawers", this.#isDrawer);
  }
}

function show({ panel, toggle, onShow }, isShown) {
  toggle.setAttribute("aria-expanded", String(isShown));
  if (panel.hidden !== isShown) return;
  panel.hidden = !isShown;
  onShow(isShown);
}
