/* One element in one block: its value, and how its presses reach the app. */

import { initialValue, isStateful, stateOf, valueOf } from "./state.js";
import { confirmed } from "../modal/confirm.js";
import { failureOf } from "../dom/problem.js";

/** An element on a surface; surface.js says what that is. */
export class Field {
  /** `input` is set for the element of an input block: {id, labelId, describedBy, required, dispatches}. */
  constructor(surface, blockId, element, input = null) {
    this.surface = surface;
    this.blockId = blockId;
    this.element = element;
    this.input = input;
    if (isStateful(element.type) && !surface.state.get(blockId, element.action_id)) this.keep(initialValue(element));
  }

  /** The name by which focus finds this element again after a new drawing. */
  get name() {
    return `${this.blockId} ${this.element.action_id}`;
  }

  get value() {
    return valueOf(this.surface.state.get(this.blockId, this.element.action_id));
  }

  /** Elements of an input block send nothing before the submission, unless the block says so. */
  get sendsChanges() {
    return this.input === null || this.input.dispatches;
  }

  /** Keep a value without telling the app. */
  keep(value) {
    this.surface.state.set(this.blockId, this.element.action_id, stateOf(this.element.type, value));
  }

  /** Keep a value that the person gave, and tell the app where it wants to know. False: the person took it back. */
  async change(value) {
    if (this.sendsChanges && !(await confirmed(this.element.confirm, this.surface.directory.names))) return false;
    this.keep(value);
    this.surface.changed(this.blockId);
    if (this.sendsChanges) this.send(value);
    return true;
  }

  /** Press this element; a refusal is shown where it was pressed. */
  async send(value) {
    this.surface.failed("");
    const answer = await this.surface.press(this.blockId, this.element.action_id, value);
    if (!answer.ok) this.surface.failed(failureOf(answer));
    return answer;
  }

  options(query) {
    return this.surface.options(this.blockId, this.element.action_id, query);
  }

  /** The attributes that tie a control to its label, its hint and its error. */
  attributes(fallbackLabel) {
    const common = { dataset: { field: this.name } };
    if (!this.input) return { ...common, "aria-label": fallbackLabel };
    const { id, describedBy, required } = this.input;
    return { ...common, id, "aria-describedby": describedBy, "aria-required": required ? "true" : null };
  }
}
