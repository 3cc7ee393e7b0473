/* The drawer of the simulated Nexthink: how it is, what goes wrong with it, and how the tenant differs. */

import { fill, h, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { recall, remember } from "./place.js";
import { showProblem } from "./problem.js";
import { Simulation } from "./simulation.js";
import { absent, changed, devices, switches } from "./tenant.js";
import { FaultForm, planned, presets, singleFaults } from "./trouble.js";

const ROOM_FOR_BOTH = "(min-width: 1500px)";

export class Nexthink {
  #panel = byId("nexthink");
  #toggle = byId("nexthink-toggle");
  #problem = byId("nexthink-problem");
  #room = window.matchMedia(ROOM_FOR_BOTH);
  #neighbour;
  #simulation = new Simulation((state) => this.#show(state));
  #changed = [];
  #form = new FaultForm(byId("nexthink-form"), (...change) => this.#change(...change));

  /** `neighbour` is the other panel at this side: it gives way where there is no room, and comes back. */
  constructor(neighbour) {
    this.#neighbour = neighbour;
    this.#toggle.addEventListener("click", () => this.#open(this.#panel.hidden));
    this.#panel.addEventListener("keydown", (event) => this.#key(event));
    this.#room.addEventListener("change", () => this.#settle());
    byId("nexthink-close").addEventListener("click", () => this.#dismiss());
    byId("nexthink-revoke").addEventListener("click", () => this.#change("revoke_tokens"));
    byId("nexthink-usual").addEventListener("click", () => this.#backToUsual());
    for (const section of this.#panel.querySelectorAll("details")) keepOpen(section);
    this.#setOpen(recall("nexthink") === "open");
  }

  /** Close for the neighbour's sake, where there is no room for both. */
  giveWay() {
    if (!this.#room.matches && !this.#panel.hidden) this.#open(false);
  }

  #open(open) {
    remember("nexthink", open ? "open" : null);
    this.#setOpen(open);
    if (open) this.#panel.focus({ preventScroll: true });
  }

  #setOpen(open) {
    this.#panel.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    this.#simulation.watch({ closely: open });
    this.#settle();
  }

  #settle() {
    this.#neighbour.standBack(!this.#panel.hidden && !this.#room.matches);
  }

  #dismiss() {
    this.#open(false);
    this.#toggle.focus();
  }

  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.#dismiss();
  }

  #change = async (what, details) => {
    showProblem(this.#problem, await this.#simulation.change(what, details));
  };

  async #backToUsual() {
    for (const { name, default: value } of this.#changed) await this.#change("switch", { name, value });
    byId("nexthink-usual").closest("details").querySelector("summary").focus();
  }

  #show(state) {
    this.#toggle.hidden = false;
    showCondition(state.condition);
    fill(byId("nexthink-counts"), counts(state.counters));
    this.#form.show(state);
    this.#showLists(state);
    this.#changed = changed(state);
    byId("nexthink-usual").hidden = !this.#changed.length;
    note("switches", this.#changed.length, "changed");
    note("devices", absent(state).length, "offline");
    note("planned", singleFaults(state).length, "planned");
  }

  #showLists(state) {
    const lists = {
      presets: presets(state, this.#change),
      planned: planned(state, this.#change),
      switches: switches(state, this.#change),
      devices: devices(state, this.#change),
      executions: executions(state),
    };
    for (const [name, items] of Object.entries(lists)) reconcile(byId(`nexthink-${name}`), items);
  }
}

function byId(id) {
  return document.getElementById(id);
}

/** The lamps and the words beside them; the same words again are not read aloud again. */
function showCondition({ level, words }) {
  for (const node of document.querySelectorAll("[data-nexthink]")) {
    node.dataset.nexthink = level;
    const shown = node.querySelector(".nexthink-words");
    if (shown.textContent !== words) shown.textContent = words;
  }
}

function note(section, count, words) {
  byId(`${section}-note`).textContent = count ? `${count} ${words}` : "";
}

/** Keep a section open or closed for as long as this tab lives. */
function keepOpen(section) {
  const key = `nexthink.${section.id}`;
  const kept = recall(key);
  if (kept) section.open = kept === "open";
  section.addEventListener("toggle", () => remember(key, section.open ? "open" : "closed"));
}

function counts({ requests, starts, executions: runs, triggers }) {
  const things = { request: requests, start: starts, execution: runs };
  const words = Object.entries(things).map(([name, count]) => [count, count === 1 ? name : `${name}s`]);
  return [...words, [triggers, "resumed"]].map(([count, word]) => h("li", {}, h("b", {}, String(count)), ` ${word}`));
}

const ENDS = { success: "check", failure: "warning" };

function executions({ executions: started }) {
  if (!started.length) {
    return [{ key: "none", signature: "", render: () => h("li", { class: "panel-hint" }, "Nothing was started yet.") }];
  }
  return started.map((each) => ({
    key: each.uuid,
    signature: each.state,
    render: () =>
      h(
        "li",
        { class: "panel-row" },
        h("span", { class: "panel-name" }, each.workflow, h("small", {}, each.device ?? each.user ?? "no target")),
        h("span", { class: "panel-value" }, ENDS[each.state] ? icon(ENDS[each.state]) : null, each.state),
      ),
  }));
}
