/* Where the options of a select come from: its own list, the people, the channels, or the app. */

import { plainOf } from "../text/mrkdwn.js";

const DEFAULT_MIN_QUERY_LENGTH = 3; // https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element

/**
 * A source is {remote, minLength, load(query), option(value)}: `load` gives a promise of groups
 * [{label, options}], `option` turns what the state holds into {value, label, description, state}.
 */
export function choicesFor(field) {
  const kind = field.element.type.replace(/^multi_/, "");
  return SOURCES[kind](field);
}

const SOURCES = {
  static_select: (field) => local(groupsOf(field.element), ownOption),
  external_select: remote,
  users_select: (field) => byId(field.surface.directory.people(), "@"),
  channels_select: (field) => byId(channelsOf(field, ["channel"]), "#"),
  conversations_select: (field) => byId(filteredConversations(field), "#"),
};

/** The names of a filter's `include`, and the kinds of conversation that they mean here. */
const INCLUDED = { public: "channel", private: "private", im: "dm" };

function channelsOf(field, kinds) {
  return field.surface.directory.channels().filter((each) => kinds.includes(each.kind));
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object */
function filteredConversations(field) {
  const { include = Object.keys(INCLUDED), exclude_bot_users: noBots = false } = field.element.filter ?? {};
  const kinds = include.map((name) => INCLUDED[name]).filter((kind) => !(noBots && kind === "dm"));
  return channelsOf(field, kinds);
}

function ownOption(option) {
  return { value: option.value, label: plainOf(option.text), description: plainOf(option.description), state: option };
}

/** Read `options` or `option_groups`, of an element or of an answer. */
function groupsOf({ options, option_groups: groups }) {
  if (groups) return groups.map((group) => ({ label: plainOf(group.label), options: group.options.map(ownOption) }));
  return [{ label: "", options: (options ?? []).map(ownOption) }];
}

function local(groups, option) {
  const load = (query) => Promise.resolve(filtered(groups, query));
  return { remote: false, minLength: 0, load, option };
}

function byId(entries, sign) {
  const options = entries.map(({ id, name, kind, title }) => ({
    value: id,
    label: kind === "dm" ? name : `${sign === "#" ? sign : ""}${name}`,
    description: title ?? "",
    state: id,
  }));
  const option = (id) =>
    options.find((each) => each.value === id) ?? { value: id, label: `${sign}${id}`, description: "", state: id };
  return local([{ label: "", options }], option);
}

function filtered(groups, query) {
  const wanted = query.trim().toLowerCase();
  return groups
    .map(({ label, options }) => ({
      label,
      options: options.filter((each) => each.label.toLowerCase().includes(wanted)),
    }))
    .filter((group) => group.options.length);
}

function remote(field) {
  const load = async (query) => {
    const answer = await field.options(query);
    if (!answer.ok) throw new Error(answer.message ?? answer.error);
    return groupsOf(answer).filter((group) => group.options.length);
  };
  return {
    remote: true,
    minLength: field.element.min_query_length ?? DEFAULT_MIN_QUERY_LENGTH,
    load,
    option: ownOption,
  };
}
