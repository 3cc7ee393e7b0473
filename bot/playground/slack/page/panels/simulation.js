/* The way to something that can be made trouble: how it is, and what shall go wrong with it. */

const OFTEN = 1000;
const SELDOM = 4000;

export class Simulation {
  #base;
  #name;
  #onState;
  #pause = SELDOM;
  #timer = 0;
  #turn = 0;
  #changes = 0;

  /** `base` is its path, `name` what people call it; `onState(state)` gets every state, whoever caused it. */
  constructor(base, name, onState) {
    this.#base = base;
    this.#name = name;
    this.#onState = onState;
    document.addEventListener("visibilitychange", () => document.hidden || this.#look());
  }

  /** Follow it: closely while somebody looks at the panel, otherwise now and then. */
  watch({ closely }) {
    this.#pause = closely ? OFTEN : SELDOM;
    this.#look();
  }

  /** Change something. The answer is empty, or the sentence that says why not. */
  async change(what, details = {}) {
    this.#changes += 1;
    const turn = this.#nextTurn();
    try {
      const response = await fetch(`${this.#base}/${what}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(details),
      });
      const answer = await response.json();
      if (!answer.ok) return answer.message;
      this.#tell(answer, turn);
      return "";
    } catch {
      return `${this.#name} cannot be reached. Is the playground still running?`;
    } finally {
      this.#changes -= 1;
    }
  }

  async #look() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const isThere = this.#changes > 0 || (await this.#ask());
    clearTimeout(this.#timer);
    if (isThere) this.#timer = setTimeout(() => this.#look(), this.#pause);
  }

  /** Ask how it is; false where this page was served without it. */
  async #ask() {
    const turn = this.#nextTurn();
    try {
      const response = await fetch(`${this.#base}/state`);
      if (response.status === 404) return false;
      if (response.ok) this.#tell(await response.json(), turn);
    } catch {
      // The page itself says that the connection is lost.
    }
    return true;
  }

  #nextTurn() {
    this.#turn += 1;
    return this.#turn;
  }

  /** An answer that was overtaken by a later question is out of date. */
  #tell(state, turn) {
    if (turn === this.#turn) this.#onState(state);
  }
}
