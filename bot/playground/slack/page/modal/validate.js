/* What Slack's own client checks before it submits a form. */

import { isEmptyValue } from "../elements/state.js";

const REQUIRED = "Please complete this required field.";

const CHECKS = {
  plain_text_input: lengthProblem,
  email_text_input: (value) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : "Please enter a valid email address.",
  url_text_input: (value) => (URL.canParse(value) ? null : "Please enter a valid URL."),
  number_input: numberProblem,
  file_input: (value, { max_files: most = 10 }) => (value.length > most ? `Please choose at most ${most} files.` : null),
};

/** Return {block_id: text} for every input block that cannot be submitted. */
export function formProblems(blocks, valueAt) {
  const problems = {};
  for (const block of blocks.filter((each) => each.type === "input" && each.element)) {
    const problem = problemOf(block, valueAt(block.block_id, block.element.action_id));
    if (problem) problems[block.block_id] = problem;
  }
  return problems;
}

function problemOf({ element, optional }, value) {
  if (value === undefined) return null;
  if (isEmptyValue(value)) return optional ? null : REQUIRED;
  return CHECKS[element.type]?.(value, element) ?? null;
}

function lengthProblem(value, { min_length: least = 0, max_length: most = Infinity }) {
  const length = [...value].length;
  if (length < least) return `Please enter at least ${counted(least)}.`;
  return length > most ? `Please enter at most ${counted(most)}.` : null;
}

function counted(length) {
  return length === 1 ? "1 character" : `${length} characters`;
}

function numberProblem(value, { is_decimal_allowed: decimals, min_value: least, max_value: most }) {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number)) return "Please enter a number.";
  if (!decimals && !Number.isInteger(number)) return "Please enter a whole number.";
  if (least !== undefined && number < Number(least)) return `Please enter ${least} or more.`;
  return most !== undefined && number > Number(most) ? `Please enter ${most} or less.` : null;
}
