/* How this tenant differs from others, and which of its devices are there. */

import { h, nextId } from "../dom/dom.js";

/** The open questions, each with the answers that a tenant may give. */
export function switches({ switches: all }, change) {
  return all.map((each) => ({
    key: each.name,
    signature: JSON.stringify(each.value),
    render: () => switchRow(each, change),
  }));
}

/** The switches that are not as usual. */
export function changed({ switches: all }) {
  return all.filter((each) => each.value !== each.default);
}

function switchRow({ name, label, hint, value, default: usual, allowed }, change) {
  const [id, hintId] = [nextId("switch"), nextId("hint")];
  const choose = ({ currentTarget }) => change("switch", { name, value: allowed[currentTarget.selectedIndex].value });
  return h(
    "li",
    { class: "switch" },
    h("label", { for: id }, label),
    h(
      "select",
      {
        id,
        class: `small-input${value === usual ? "" : " is-changed"}`,
        "aria-describedby": hintId,
        dataset: { field: name },
        on: { change: choose },
      },
      allowed.map((choice) => h("option", { selected: choice.value === value }, optionWords(choice, usual))),
    ),
    h("p", { id: hintId, class: "panel-hint" }, hint),
  );
}

function optionWords({ value, label }, usual) {
  return value === usual ? `${label} (usual)` : label;
}

/** The devices; one that is switched off answers no execution. */
export function devices({ devices: all }, change) {
  return all.map((device) => ({
    key: device.name,
    signature: String(device.is_online),
    render: () => deviceRow(device, change),
  }));
}

/** The devices that are offline. */
export function absent({ devices: all }) {
  return all.filter((device) => !device.is_online);
}

function deviceRow({ name, user, is_online: isOnline }, change) {
  const turn = () => change("device", { name, is_online: !isOnline });
  return h(
    "li",
    { class: "panel-row" },
    h("span", { class: "panel-name" }, name, h("small", {}, user)),
    h(
      "button",
      {
        type: "button",
        class: "device-switch",
        role: "switch",
        "aria-checked": String(isOnline),
        "aria-label": `${name} is online`,
        dataset: { field: name },
        on: { click: turn },
      },
      h("span", { "aria-hidden": "true" }, isOnline ? "online" : "offline"),
      h("span", { class: "device-track", "aria-hidden": "true" }),
    ),
  );
}
