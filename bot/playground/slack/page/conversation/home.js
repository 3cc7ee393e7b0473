/* The app's own page for this person: its tabs, and the Home view that it has published. */

import { renderBlock } from "../blocks/blocks.js";
import { fill, h, reconcile } from "../dom/dom.js";
import { failureOf, showProblem } from "../dom/problem.js";
import { FormStates } from "../elements/state.js";
import { surfaceOf } from "../blocks/surface.js";

export class Home {
  #tabs = document.getElementById("tabs");
  #tab = { home: document.getElementById("tab-home"), messages: document.getElementById("tab-messages") };
  #panel = document.getElementById("home");
  #notice = h("div", { class: "home-notice", role: "alert" });
  #body = h("div", { class: "home-body blocks" });
  #empty = h("p", { class: "home-empty" });
  #tools;
  #states = new FormStates();
  #opened = "";

  /** `tools` are {act, directory}; `choose(tab)` is called when a person presses one of the tabs. */
  constructor(tools, choose) {
    this.#tools = tools;
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
    const answer = await this.#tools.act("home", { tab });
    const isSilent = answer.ok || answer.error === "not_enabled" || tab !== "home";
    if (!isSilent && place === this.#opened) showProblem(this.#notice, failureOf(answer));
  }

  #draw({ home: view, me, app }) {
    this.#body.hidden = !view;
    this.#empty.hidden = Boolean(view);
    fill(this.#empty, `${app.name} has not published anything here yet.`);
    if (!view) return;
    const place = `${me} ${view.id}`;
    this.#states.keepOnly(new Set([place]));
    const surface = this.#surface(view, this.#states.follow(place, view.blocks, view.state?.values));
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
    const where = () => ({ view_id: view.id, values: state.values() });
    return surfaceOf(this.#tools, state, where, { failed: (text) => showProblem(this.#notice, text) });
  }
}

function mark(tab, isSelected) {
  tab.setAttribute("aria-selected", String(isSelected));
  tab.tabIndex = isSelected ? 0 : -1;
}
