/* What may go wrong: ready-made troubles as buttons, and single ones for one place. */

import { fill, h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

/** The ready-made troubles as buttons; the one that is on is pressed. */
export function presets({ presets: all }, change) {
  return all.map((preset) => ({
    key: preset.name,
    signature: JSON.stringify(preset),
    render: () =>
      h(
        "li",
        { class: `preset-${preset.name}` },
        troubleButton(preset, () => change("preset", { name: preset.name })),
      ),
  }));
}

/** A large button with a hint; `is_active` is left out where it does something once. */
export function troubleButton({ name, label, hint, note, is_active: isActive }, act) {
  const press = async ({ currentTarget: button }) => {
    button.setAttribute("aria-busy", "true");
    await act();
    button.removeAttribute("aria-busy");
  };
  const mark = note ? h("span", { class: "preset-note" }, note) : isActive ? icon("check") : null;
  return h(
    "button",
    {
      type: "button",
      class: "button preset",
      "aria-pressed": isActive === undefined ? null : String(isActive),
      dataset: { field: name },
      on: { click: press },
    },
    h("span", { class: "preset-label" }, label, mark),
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
  return singleFaults(state).map(({ name, label, planned: faults }) =>
    plannedRow({ key: name, label, words: faults.map(faultWords).join(", then ") }, () =>
      change("clear", { endpoint: name }),
    ),
  );
}

/** One thing that is planned. */
export function plannedRow({ key, label, words }, takeAway) {
  const render = () =>
    h(
      "li",
      { class: "panel-row" },
      h("span", { class: "panel-name" }, label, h("small", {}, words)),
      h(
        "button",
        {
          type: "button",
          class: "button bare",
          "aria-label": `Take away: ${label}`,
          dataset: { field: key },
          on: { click: takeAway },
        },
        icon("close"),
      ),
    );
  return { key, signature: JSON.stringify([label, words]), render };
}

/** "Answer 429, 2 more". */
export function faultWords({ label, times }) {
  return times === null ? label : `${label}, ${times} more`;
}

/** The form that plans one trouble for one place. */
export class FaultForm {
  #form;
  #isFilled = false;

  /** `plan(place, {fault, times, seconds})` is called when it is sent. */
  constructor(form, plan) {
    this.#form = form;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      plan(form.elements.place.value, this.#asked());
    });
    form.elements.fault.addEventListener("change", () => this.#followFault());
  }

  /** Offer the places and faults; they do not change afterwards. */
  show(places, faults, usual) {
    if (this.#isFilled) return;
    this.#isFilled = true;
    fill(this.#form.elements.place, places.map(option));
    fill(this.#form.elements.fault, faults.map(option));
    if (places.some(({ name }) => name === usual)) this.#form.elements.place.value = usual;
    this.#followFault();
  }

  #asked() {
    const { fault, times, seconds } = this.#form.elements;
    const asked = { fault: fault.value, times: times.value ? times.valueAsNumber : null };
    return seconds.disabled ? asked : { ...asked, seconds: seconds.valueAsNumber };
  }

  /** Only some faults take seconds; some of them say how many are usual. */
  #followFault() {
    const { fault, seconds } = this.#form.elements;
    const { takesSeconds, seconds: usual } = fault.selectedOptions[0]?.dataset ?? {};
    seconds.disabled = takesSeconds !== "true";
    seconds.closest("label").hidden = seconds.disabled;
    if (usual) seconds.value = usual;
  }
}

function option({ name, label, takes_seconds: takesSeconds, seconds }) {
  const usual = seconds ? { seconds: String(seconds) } : {};
  return h("option", { value: name, dataset: { takesSeconds: String(Boolean(takesSeconds)), ...usual } }, label);
}
