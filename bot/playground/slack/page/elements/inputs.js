/* Text, number, date and time inputs, checkboxes and radio buttons. */

import { debounce, h, nextId } from "../dom/dom.js";
import { plainOf, renderText } from "../text/mrkdwn.js";

const TYPING_PAUSE = 300;
const PICKING_PAUSE = 500; // A date input reports each digit that is typed; only the last one counts.
const MAX_DATE = "9999-12-31";

/** A single-line or multi-line text input; with a `max_length` it counts what is left, as Slack does. */
export function renderTextInput(field) {
  const { element } = field;
  const types = { email_text_input: "email", url_text_input: "url" };
  const props = textProps(field);
  const input = element.multiline
    ? h("textarea", { ...props, rows: 4 })
    : h("input", { ...props, type: types[element.type] ?? "text" });
  return element.max_length ? counting(input, element.max_length) : input;
}

function counting(input, most) {
  const left = h("span", { class: "letters-left", "aria-hidden": "true" });
  const count = () => {
    const letters = most - [...input.value].length;
    left.textContent = String(letters);
    left.classList.toggle("too-many", letters < 0);
  };
  input.addEventListener("input", count);
  count();
  return h("div", { class: "counting" }, input, left);
}

/** A number input; the state keeps the number as text. */
export function renderNumberInput(field) {
  const inputmode = field.element.is_decimal_allowed ? "decimal" : "numeric";
  return h("input", { ...textProps(field), type: "text", inputmode });
}

function textProps(field) {
  const placeholder = plainOf(field.element.placeholder);
  const triggers = field.element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const sendLater = debounce(() => field.send(field.value), TYPING_PAUSE);
  const typed = ({ target }) => {
    field.keep(target.value === "" ? null : target.value);
    field.surface.changed(field.blockId);
    if (field.sendsChanges && triggers.includes("on_character_entered")) sendLater();
  };
  const key = (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    if (!field.sendsChanges || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    field.send(field.value);
  };
  return {
    class: "text-input",
    placeholder,
    autocomplete: "off",
    value: field.value ?? "",
    ...field.attributes(placeholder || "Text"),
    on: { input: typed, keydown: key },
  };
}

/** A date picker; the browser's own. */
export function renderDatepicker(field) {
  return picker(field, { type: "date", max: MAX_DATE, value: field.value ?? "" }, (text) => text);
}

/** A time picker; the browser's own. */
export function renderTimepicker(field) {
  return picker(field, { type: "time", value: field.value ?? "" }, (text) => text);
}

/** A date and time picker; the state holds Unix seconds. */
export function renderDatetimepicker(field) {
  const value = field.value === null ? "" : localIso(new Date(field.value * 1000));
  return picker(field, { type: "datetime-local", max: `${MAX_DATE}T23:59`, value }, (text) =>
    Math.floor(new Date(text).getTime() / 1000),
  );
}

function localIso(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function picker(field, props, read) {
  const changeLater = debounce((value) => field.change(value), PICKING_PAUSE);
  const picked = ({ target }) => {
    const value = target.value === "" ? null : read(target.value);
    if (field.sendsChanges) changeLater(value);
    else field.change(value);
  };
  const label = plainOf(field.element.placeholder) || props.type;
  return h("input", { class: "text-input picker", ...props, ...field.attributes(label), on: { change: picked } });
}

/** Checkboxes; any number of options. */
export function renderCheckboxes(field) {
  return choices(field, "checkbox", {
    isChosen: (option) => field.value.some((each) => each.value === option.value),
    next: (option, checked) => {
      const others = new Set(field.value.map((each) => each.value));
      if (checked) others.add(option.value);
      else others.delete(option.value);
      return field.element.options.filter((each) => others.has(each.value));
    },
  });
}

/** Radio buttons; one option. */
export function renderRadioButtons(field) {
  return choices(field, "radio", {
    isChosen: (option) => field.value?.value === option.value,
    next: (option) => option,
  });
}

function choices(field, type, { isChosen, next }) {
  const name = nextId(type);
  const boxes = [];
  const show = () =>
    boxes.forEach(({ box, option }) => {
      box.checked = isChosen(option);
    });
  const rows = (field.element.options ?? []).map((option) => {
    const change = async ({ target }) => {
      await field.change(next(option, target.checked));
      show();
    };
    const box = h("input", {
      type,
      name,
      checked: isChosen(option),
      dataset: { field: `${field.name} ${option.value}` },
      on: { change },
    });
    boxes.push({ box, option });
    return choiceRow(box, option, field.surface.directory.names);
  });
  const { input } = field;
  const role = type === "radio" ? "radiogroup" : "group";
  const required = input?.required && type === "radio" ? "true" : null;
  return h(
    "div",
    {
      class: "choices",
      role,
      "aria-labelledby": input?.labelId ?? null,
      "aria-describedby": input?.describedBy ?? null,
      "aria-required": required,
    },
    rows,
  );
}

function choiceRow(box, option, names) {
  const description =
    option.description && h("span", { class: "option-description" }, renderText(option.description, names));
  return h(
    "label",
    { class: "choice" },
    box,
    h("span", {}, h("span", {}, renderText(option.text, names)), description),
  );
}
