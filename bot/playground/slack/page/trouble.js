/* What goes wrong with the simulated Nexthink: ready-made troubles, and single ones for an endpoint. */

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

/** The ready-made troubles as buttons; the one that is on is pressed. */
export function presets({ presets: all }, change) {
  return all.map((preset) => ({
    key: preset.name,
    signature: JSON.stringify(preset),
    render: () => h("li", { class: `preset-${preset.name}` }, presetButton(preset, change)),
  }));
}

function presetButton({ name, label, hint, is_active: isActive }, change) {
  const press = async ({ currentTarget: button }) => {
    button.setAttribute("aria-busy", "true");
    await change("preset", { name });
    button.removeAttribute("aria-busy");
  };
  return h(
    "button",
    {
      type: "button",
      class: "button preset",
      "aria-pressed": String(isActive),
      dataset: { field: name },
      on: { click: press },
    },
    h("span", { class: "preset-label" }, label, isActive ? icon("check") : null),
    " ",
    h("span", { class: "preset-hint" }, hint),
  );
}

/** The endpoints with something planned; a preset speaks for itself. */
export function singleFaults({ endpoints, presets: all }) {
  return all.some((preset) => preset.is_active) ? [] : endpoints.filter((endpoint) => endpoint.planned.length);
}

/** What is planned, with a button for each endpoint that takes it away. */
export function planned(state, change) {
  return singleFaults(state).map(({ name, label, planned: faults }) => ({
    key: name,
    signature: JSON.stringify(faults),
    render: () =>
      h(
        "li",
        { class: "panel-row" },
        h("span", { class: "panel-name" }, label, h("small", {}, faults.map(words).join(", then "))),
        h(
          "button",
          {
            type: "button",
            class: "button bare",
            "aria-label": `Take away: ${label}`,
            dataset: { field: name },
            on: { click: () => change("clear", { endpoint: name }) },
          },
          icon("close"),
        ),
      ),
  }));
}

function words({ label, times }) {
  return times === null ? label : `${label}, ${times} more`;
}

/** The form that plans one trouble for one endpoint. */
export class FaultForm {
  #form;
  #isFilled = false;

  constructor(form, change) {
    this.#form = form;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      change("fault", this.#asked());
    });
    form.elements.fault.addEventListener("change", () => this.#followFault());
  }

  /** Offer the endpoints and faults; they do not change afterwards. */
  show({ endpoints, faults }) {
    if (this.#isFilled) return;
    this.#isFilled = true;
    const { endpoint, fault } = this.#form.elements;
    const all = h("option", { value: "all" }, "Every endpoint");
    fill(endpoint, endpoints.map(option), all);
    fill(fault, faults.map(option));
    endpoint.value = "execute";
    this.#followFault();
  }

  #asked() {
    const { endpoint, fault, times, seconds } = this.#form.elements;
    const asked = { endpoint: endpoint.value, fault: fault.value, times: times.value ? times.valueAsNumber : null };
    return seconds.disabled ? asked : { ...asked, seconds: seconds.valueAsNumber };
  }

  /** Only a slow answer takes seconds. */
  #followFault() {
    const { fault, seconds } = this.#form.elements;
    const takesSeconds = fault.selectedOptions[0]?.dataset.takesSeconds === "true";
    seconds.disabled = !takesSeconds;
    seconds.closest("label").hidden = !takesSeconds;
  }
}

function option({ name, label, takes_seconds: takesSeconds }) {
  return h("option", { value: name, dataset: { takesSeconds: String(Boolean(takesSeconds)) } }, label);
}
