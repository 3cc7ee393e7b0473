/* The panel of the simulated Nexthink: how it is, what goes wrong with it, and how the tenant differs. */

import { afterPress } from "../dom/press.js";
import { fill, h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { Panel, counts } from "./panel.js";
import { showProblem } from "../dom/problem.js";
import { Simulation } from "./simulation.js";
import { absent, changed, devices, switches } from "./tenant.js";
import { FaultForm, planned, presets, singleFaults } from "./trouble.js";

export class Nexthink {
  #panel = new Panel("nexthink");
  #simulation = new Simulation("/nexthink", "The simulated Nexthink", afterPress((state) => this.#show(state)));
  #changed = [];
  #form = new FaultForm(this.#panel.part("form"), (place, asked) =>
    this.#change("fault", { endpoint: place, ...asked }),
  );

  constructor() {
    this.#panel.part("revoke").addEventListener("click", () => this.#change("revoke_tokens"));
    this.#panel.part("usual").addEventListener("click", () => this.#backToUsual());
  }

  /** Follow closely while the panel is open. */
  watch(isShown) {
    this.#simulation.watch({ closely: isShown });
  }

  #change = async (what, details) => {
    showProblem(this.#panel.part("problem"), await this.#simulation.change(what, details));
  };

  async #backToUsual() {
    for (const { name, default: value } of this.#changed) await this.#change("switch", { name, value });
    this.#panel.part("tenant").querySelector("summary").focus();
  }

  #show(state) {
    const panel = this.#panel;
    panel.part("toggle").hidden = false;
    panel.showCondition(state.condition);
    fill(panel.part("counts"), counts(countsOf(state.counters)));
    this.#form.show([...state.endpoints, { name: "all", label: "Every endpoint" }], state.faults, "execute");
    panel.showLists({
      presets: presets(state, this.#change),
      planned: planned(state, this.#change),
      switches: switches(state, this.#change),
      devices: devices(state, this.#change),
      executions: executions(state),
    });
    this.#changed = changed(state);
    panel.part("usual").hidden = !this.#changed.length;
    panel.note("switches", this.#changed.length, "changed");
    panel.note("devices", absent(state).length, "offline");
    panel.note("planned", singleFaults(state).length, "planned");
  }
}

function countsOf({ requests, starts, executions: runs, triggers }) {
  const things = { request: requests, start: starts, execution: runs };
  const words = Object.entries(things).map(([name, count]) => [count, count === 1 ? name : `${name}s`]);
  return [...words, [triggers, "resumed"]];
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
