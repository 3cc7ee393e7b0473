/* The panel of the local Slack: its clock, its connections, and what goes wrong between it and the app. */

import { afterPress } from "../dom/press.js";
import { clockTimeWithSeconds, fullDate } from "../text/dates.js";
import { fill, h, nextId } from "../dom/dom.js";
import { Panel, counts } from "./panel.js";
import { showProblem } from "../dom/problem.js";
import { Simulation } from "./simulation.js";
import { FaultForm, faultWords, plannedRow, troubleButton } from "./trouble.js";

const USUAL_SECONDS = 5;

export class Slack {
  #panel = new Panel("slack");
  #simulation = new Simulation("/slack", "The local Slack", afterPress((state) => this.#show(state)));
  #form = new FaultForm(this.#panel.part("form"), (method, asked) => this.#change("fault", { method, ...asked }));
  #seconds = new Map();

  constructor() {
    this.#panel.part("reset").addEventListener("click", () => this.#change("reset"));
  }

  /** Follow closely while the panel is open. */
  watch(isShown) {
    this.#simulation.watch({ closely: isShown });
  }

  #change = async (what, details) => {
    showProblem(this.#panel.part("problem"), await this.#simulation.change(what, details));
  };

  #show(state) {
    const panel = this.#panel;
    panel.part("toggle").hidden = false;
    panel.showCondition(conditionOf(state));
    fill(panel.part("counts"), connection(state));
    showClock(state.clock);
    const methods = [...state.methods].sort().map((name) => ({ name, label: name }));
    this.#form.show(methods, state.faults, "chat.postMessage");
    panel.part("sockets-section").hidden = state.transport === "http" || !state.sockets.length;
    panel.showLists({
      jumps: this.#jumps(state),
      deliveries: widestLast(state.deliveries).map((each) => this.#delivery(each)),
      sockets: state.sockets.map((each) => this.#socket(each)),
      planned: state.planned.map((each) => this.#planned(each)),
    });
    panel.note("planned", state.planned.length, "planned");
  }

  #jumps({ jumps }) {
    return jumps.map(({ label, seconds }) => {
      const press = () => this.#change("clock", { seconds });
      const props = {
        type: "button",
        class: "button small",
        "aria-label": `Jump ${label} ahead`,
        dataset: { field: label },
      };
      return {
        key: label,
        signature: "",
        render: () => h("li", {}, h("button", { ...props, on: { click: press } }, `+ ${label}`)),
      };
    });
  }

  #delivery(delivery) {
    const { name, left, takes_seconds: takesSeconds } = delivery;
    const act = () => {
      const seconds = takesSeconds ? { seconds: this.#seconds.get(name) ?? USUAL_SECONDS } : {};
      return this.#change("delivery", { name, times: 1, ...seconds });
    };
    const shown = { ...delivery, is_active: left > 0, note: left > 0 ? `next ${left}` : "" };
    const render = () => h("li", {}, troubleButton(shown, act), takesSeconds ? this.#secondsOf(name) : null);
    return { key: name, signature: JSON.stringify(delivery), render };
  }

  /** How late a late delivery is. */
  #secondsOf(name) {
    const id = nextId("seconds");
    const input = h("input", {
      id,
      class: "small-input",
      type: "number",
      min: "0.1",
      max: "600",
      step: "0.1",
      value: String(this.#seconds.get(name) ?? USUAL_SECONDS),
      dataset: { field: `${name} seconds` },
      on: { input: () => input.validity.valid && input.value && this.#seconds.set(name, input.valueAsNumber) },
    });
    return h("span", { class: "preset-seconds" }, h("label", { for: id }, "Seconds"), input);
  }

  #socket(socket) {
    const act = () => this.#change("sockets", { name: socket.name });
    return {
      key: socket.name,
      signature: JSON.stringify(socket),
      render: () => h("li", {}, troubleButton(socket, act)),
    };
  }

  #planned({ id, method, label, times }) {
    return plannedRow({ key: id, label: method, words: faultWords({ label, times }) }, () =>
      this.#change("forget", { id }),
    );
  }
}

/** What is not as usual, in a few words. */
function conditionOf({ connections, planned, deliveries }) {
  const armed = deliveries.filter(({ left }) => left > 0);
  const count = planned.length + armed.length;
  if (!connections) return { level: "gone", words: "no connection" };
  if (!count) return { level: "normal", words: "normal" };
  return { level: "trouble", words: count === 1 ? "1 trouble planned" : `${count} troubles planned` };
}

function connection({ transport, connections, request_url: url }) {
  if (transport === "http") return [h("li", {}, "HTTP"), url ? h("li", {}, url) : null];
  return [h("li", {}, "Socket Mode"), ...counts([[connections, connections === 1 ? "connection" : "connections"]])];
}

function showClock({ now, ahead_seconds: ahead }) {
  const time = new Date(now);
  document.getElementById("clock-ahead").textContent = ahead ? `${inWords(ahead)} ahead` : "";
  const shown = fill(
    document.getElementById("clock-now"),
    h("time", { datetime: now, title: fullDate(time) }, ahead ? fullDate(time) : clockTimeWithSeconds(time)),
  );
  shown.classList.toggle("is-ahead", ahead > 0);
}

/** 29100 → "8 h 5 min". */
function inWords(seconds) {
  const units = [
    ["d", 86400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ];
  let rest = Math.round(seconds);
  const words = units.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count ? `${count} ${unit}` : "";
  });
  return words.filter(Boolean).slice(0, 2).join(" ");
}

/** What asks for seconds takes a row of its own. */
function widestLast(deliveries) {
  return [...deliveries].sort((a, b) => Number(a.takes_seconds) - Number(b.takes_seconds));
}
