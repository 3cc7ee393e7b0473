/* What is filled in: one state object per element, in the form that Slack submits. */

/** Element type → [field of the state, field of the element that holds the initial value, empty value]. */
const SHAPES = {
  plain_text_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  static_select: ["selected_option", "initial_option", null],
  external_select: ["selected_option", "initial_option", null],
  radio_buttons: ["selected_option", "initial_option", null],
  users_select: ["selected_user", "initial_user", null],
  channels_select: ["selected_channel", "initial_channel", null],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  checkboxes: ["selected_options", "initial_options", []],
  multi_users_select: ["selected_users", "initial_users", []],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
  rich_text_input: ["rich_text_value", "initial_value", null],
  file_input: ["files", "initial_files", []],
};

/** Whether elements of this type hold a value. */
export function isStateful(type) {
  return Object.hasOwn(SHAPES, type);
}

/** The state object of an element that holds `value`. */
export function stateOf(type, value) {
  return { type, [SHAPES[type][0]]: value };
}

/** The value inside a state object. */
export function valueOf(state) {
  const [field, , empty] = SHAPES[state.type];
  return state[field] ?? empty;
}

/** What an element holds before anybody touches it. */
export function initialValue(element) {
  const [, initial, empty] = SHAPES[element.type];
  return element[initial] ?? empty;
}

/** Whether nothing is filled in. */
export function isEmptyValue(value) {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Every element of a list of blocks that holds a value, with its block. */
function statefulElements(blocks) {
  const found = [];
  for (const block of flattened(blocks ?? [])) {
    for (const element of elementsOf(block)) {
      if (isStateful(element.type)) found.push({ block, element });
    }
  }
  return found;
}

/** Blocks, and those inside containers. */
function flattened(blocks) {
  return blocks.flatMap((block) => [block, ...flattened(block.child_blocks ?? [])]);
}

function elementsOf(block) {
  if (block.type === "input") return block.element ? [block.element] : [];
  if (block.type === "section") return block.accessory ? [block.accessory] : [];
  return block.type === "actions" ? (block.elements ?? []) : [];
}

/** The values of one view or message, keyed by block_id and action_id. */
class FormState {
  #values = {};

  /** Follow new blocks: what keeps block_id, action_id and type keeps its value; the rest starts anew. */
  follow(blocks, seed = {}) {
    const next = {};
    for (const { block, element } of statefulElements(blocks)) {
      const kept = this.get(block.block_id, element.action_id) ?? seed?.[block.block_id]?.[element.action_id];
      const fits = kept?.type === element.type && stillOffered(element, valueOf(kept));
      next[block.block_id] ??= {};
      next[block.block_id][element.action_id] = fits ? kept : stateOf(element.type, initialValue(element));
    }
    this.#values = next;
  }

  get(blockId, actionId) {
    return this.#values[blockId]?.[actionId];
  }

  set(blockId, actionId, state) {
    this.#values[blockId] ??= {};
    this.#values[blockId][actionId] = state;
  }

  values() {
    return structuredClone(this.#values);
  }
}

/** The values of many views or messages, each by a name; what follows new blocks keeps what fits them. */
export class FormStates {
  #states = new Map();

  /** The state under a name, as its newest blocks have it; `seed` is what the server knows of it. */
  follow(name, blocks, seed) {
    const state = this.#states.get(name) ?? new FormState();
    this.#states.set(name, state);
    state.follow(blocks, seed);
    return state;
  }

  get(name) {
    return this.#states.get(name);
  }

  /** Forget every state but those under these names. */
  keepOnly(names) {
    for (const name of this.#states.keys()) if (!names.has(name)) this.#states.delete(name);
  }
}

/** A fixed list must still hold what was chosen from it; other elements keep anything. */
function stillOffered(element, value) {
  const groups = element.option_groups?.map((group) => group.options) ?? [element.options];
  const offered = groups.flat().filter(Boolean);
  if (!offered.length || value === null) return true;
  const values = new Set(offered.map((option) => option.value));
  return [value].flat().every((option) => values.has(option.value));
}
