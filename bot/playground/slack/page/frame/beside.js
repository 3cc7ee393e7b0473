/* A second person beside the first: the same page once more, in a frame of its own. */

import { avatar } from "../dom/avatar.js";
import { fill, h } from "../dom/dom.js";
import { addressOf, isEmbedded, recall, remember } from "./place.js";

export class Beside {
  #pane = document.getElementById("beside");
  #toggle = document.getElementById("beside-toggle");
  #choice = document.getElementById("beside-person");
  #onChange;
  #frame = null;
  #person = null;
  #snapshot = null;

  /** `onChange(isOpen)` is called when the second person comes or goes. */
  constructor(onChange) {
    this.#onChange = onChange;
    if (isEmbedded) return;
    this.#person = recall("second");
    this.#toggle.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    document.getElementById("beside-close").addEventListener("click", () => this.close());
    this.#choice.addEventListener("change", () => this.open(this.#choice.value));
  }

  get isOpen() {
    return Boolean(this.#frame);
  }

  /** Keep who can be chosen up to date; opens again what was open before a reload. */
  show(snapshot) {
    const isFirst = !this.#snapshot;
    this.#snapshot = snapshot;
    if (isEmbedded) return;
    if (isFirst && this.#person) this.open(this.#person);
    if (this.isOpen) this.#drawHeader();
  }

  /** Put a person at the right: who decides if nobody is named, in the channel where they are asked. */
  open(personId = this.#usual()) {
    const { people, suggestions } = this.#snapshot;
    if (isEmbedded || !people.some(({ id }) => id === personId)) return;
    this.#person = personId;
    remember("second", personId);
    const deciding = suggestions.find(({ deciders }) => deciders?.includes(personId));
    this.#go({ person: personId, channel: deciding?.decided_in });
    this.#drawHeader();
    this.#tell(true);
  }

  close() {
    this.#frame?.remove();
    this.#frame = null;
    this.#person = null;
    remember("second", null);
    this.#tell(false);
    this.#toggle.focus();
  }

  #usual() {
    const { me, people, suggestions } = this.#snapshot;
    const deciders = suggestions.flatMap((each) => each.deciders ?? []);
    return deciders.find((id) => id !== me) ?? people.find(({ id }) => id !== me)?.id;
  }

  #go(place) {
    const address = addressOf(place, { embedded: true });
    if (this.#frame) {
      this.#frame.contentWindow.location.hash = address;
      return;
    }
    this.#frame = h("iframe", { class: "beside-frame", src: `/${address}`, title: "The second person's Slack" });
    this.#pane.append(this.#frame);
  }

  #drawHeader() {
    const { people } = this.#snapshot;
    const signature = JSON.stringify([people, this.#person]);
    if (this.#choice.dataset.for === signature) return;
    this.#choice.dataset.for = signature;
    fill(
      this.#choice,
      people.map(({ id, name, title }) =>
        h("option", { value: id, selected: id === this.#person }, title ? `${name} · ${title}` : name),
      ),
    );
    this.#choice.value = this.#person;
    fill(document.getElementById("beside-avatar"), avatar(people.find(({ id }) => id === this.#person)));
  }

  #tell(isOpen) {
    this.#pane.hidden = !isOpen;
    this.#toggle.setAttribute("aria-expanded", String(isOpen));
    document.body.classList.toggle("split", isOpen);
    this.#onChange(isOpen);
  }
}
