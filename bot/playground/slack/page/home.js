/* The app's own page for this person: its tabs, and the Home view that it has published. */

import { renderBlock } from "./blocks.js";
import { fill, h, reconcile } from "./dom.js";
import { showProblem } from "./problem.js";
import { FormState } from "./state.js";

export class Home {
  #tabs = document.getElementById("tabs");
  #tab = { home: document.getElementById("tab-home"), messages: document.getElementById("tab-messages") };
  #panel = document.getElementById("home");
  #notice = h("div", { class: "home-notice", role: "alert" });
  #body = h("div", { class: "home-body blocks" });
  #empty = h("p", { class: "home-empty" });
  #act;
  #directory;
  #state = new FormState();
  #shown = "";
  #opened = "";

  /** `choose(tab)` is called when a person presses one of the tabs. */
  constructor({ act, directory }, choose) {
    this.#act = act;
    this.#directory = directory;
    fill(this.#panel, this.#notice, this.#empty, this.#body);
    for (const [name, tab] of Object.entries(this.#tab)) tab.addEventListener("click", () => choose(name));
    this.#tabs.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      const other = document.activeElement === this.#tab.home ? "messages" : "home";
      choose(other);
      this.#tab[other].focus();
    });
  }

  /** Show the tabs in the app's conversation; returns whether the Home tab is in front. */
  show(snapshot, channel, wanted) {
    const { app } = snapshot;
    const isApp = channel.kind === "dm";
    const isHome = isApp && app.home_tab && (wanted === "home" || !app.messages_tab);
    this.#tabs.hidden = !isApp;
    this.#tabs.setAttribute("aria-label", app.name);
    this.#tab.home.hidden = !app.home_tab;
    this.#tab.messages.hidden = !app.messages_tab;
    for (const [name, tab] of Object.entries(this.#tab)) mark(tab, (name === "home") === isHome);
    this.#panel.hidden = !isHome;
    if (isApp && app.home_tab) this.#tell(snapshot, isHome ? "home" : "messages");
    if (!isApp) this.#opened = "";
    if (isHome) this.#draw(snapshot);
    return isHome;
  }

  /** The app is told when somebody comes to one of its tabs. */
  async #tell(snapshot, tab) {
    const place = `${snapshot.me} ${tab}`;
    if (place === this.#opened) return;
    this.#opened = place;
    showProblem(this.#notice, "");
    const answer = await this.#act("home", { tab });
    const isSilent = answer.ok || answer.error === "not_enabled" || tab !== "home";
    if (!isSilent && place === this.#opened) showProblem(this.#notice, answer.message ?? answer.error);
  }

  #draw({ home: view, me, app }) {
    this.#body.hidden = !view;
    this.#empty.hidden = Boolean(view);
    fill(this.#empty, `${app.name} has not published anything here yet.`);
    if (!view) return;
    const place = `${me} ${view.id}`;
    if (place !== this.#shown) this.#state = new FormState();
    this.#shown = place;
    this.#state.follow(view.blocks, view.state?.values);
    const surface = this.#surface(view, this.#state);
    reconcile(
      this.#body,
      view.blocks.map((block, index) => ({
        key: `${place} ${block.block_id ?? index}`,
        signature: JSON.stringify(block),
        render: () => renderBlock(block, surface),
      })),
    );
  }

  #surface(view, state) {
    const details = (blockId, actionId) => ({
      view_id: view.id,
      block_id: blockId,
      action_id: actionId,
      values: state.values(),
    });
    return {
      directory: this.#directory,
      state,
      press: (blockId, actionId, value) =>
        this.#act("press", { ...details(blockId, actionId), ...(value === undefined ? {} : { value }) }),
      options: (blockId, actionId, query) => this.#act("options", { ...details(blockId, actionId), query }),
      changed: () => undefined,
      failed: (text) => showProblem(this.#notice, text),
    };
  }
}

function mark(tab, isSelected) {
  tab.setAttribute("aria-selected", String(isSelected));
  tab.tabIndex = isSelected ? 0 : -1;
}
